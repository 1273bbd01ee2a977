/**
 * Builds what the viewer's server serves: the page into `dist/page`, and speedscope's static release, as it is, into
 * `dist/speedscope`. With `--if-stale` only what is not there or older than its sources, with `--only-speedscope` no page.
 */
import { cp, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const viewer = fileURLToPath(new URL('../', import.meta.url));
const speedscope = join(dirname(createRequire(import.meta.url).resolve('speedscope/package.json')), 'dist/release');
/** What the page is made of. */
const SOURCES = ['page', 'src/call-tree', 'src/api', 'package.json'].map((path) => join(viewer, path));
/** Not its example profile and schemas. */
const SPEEDSCOPE_FILES = new Set(['.html', '.js', '.css', '.png', '.ico', '.woff2', '.wasm', '.md']);

async function newest(path: string): Promise<number> {
  const { mtimeMs } = await stat(path);
  const entries = (await stat(path)).isDirectory() ? await readdir(path, { recursive: true, withFileTypes: true }) : [];
  const times = await Promise.all(entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules')).map(async (entry) => (await stat(join(entry.parentPath, entry.name))).mtimeMs));
  return times.reduce((latest, time) => Math.max(latest, time), mtimeMs);
}

const builtAt = (path: string): Promise<number> => stat(join(viewer, 'dist', path)).then(({ mtimeMs }) => mtimeMs, () => 0);

async function isPageStale(): Promise<boolean> {
  const built = await builtAt('page/index.html');
  return (await Promise.all(SOURCES.map(newest))).some((time) => time > built);
}

/** Fills a directory aside and puts it in the place of the old one: others may read that meanwhile, or build as well. */
async function replace(name: string, fill: (directory: string) => Promise<unknown>): Promise<void> {
  const target = join(viewer, 'dist', name);
  const aside = `${target}.${process.pid}`;
  await fill(aside);
  // To delete many files takes long enough for a reader to find none.
  const old = `${aside}.old`;
  await rename(target, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(aside, target).catch(async (error: NodeJS.ErrnoException) => {
    await rm(aside, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  await rm(old, { recursive: true, force: true });
}

const onlyStale = process.argv.includes('--if-stale');

if (!onlyStale || (await builtAt('speedscope/index.html')) === 0) {
  await replace('speedscope', async (directory) => {
    await cp(speedscope, directory, { recursive: true, filter: (source) => source === speedscope || SPEEDSCOPE_FILES.has(extname(source)) });
    await cp(join(speedscope, '../../LICENSE'), join(directory, 'LICENSE.md'));
  });
}
if (!process.argv.includes('--only-speedscope') && (!onlyStale || (await isPageStale()))) {
  const start = performance.now();
  const { build } = await import('vite');
  await replace('page', (outDir) => build({ configFile: join(viewer, 'page/vite.config.ts'), logLevel: 'warn', build: { outDir, emptyOutDir: true, license: { fileName: 'LICENSES.md' } } }));
  console.log(`Built the viewer's page in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
