import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = new URL('../../../', import.meta.url).pathname;
const own = new URL('../', import.meta.url).pathname;

export interface Consumer extends AsyncDisposable {
  /** Runs a program in the consumer's folder and returns what it prints. */
  node(fileName: string, source: string, ...flags: readonly string[]): Promise<string>;
  /** Starts a package's command as its `bin` names it. */
  start(packageName: string, command: string, ...args: readonly string[]): ChildProcess;
  /** Type-checks a program as a user's project would, without the workspace's source condition. */
  typecheck(fileName: string, source: string, compilerOptions: object): Promise<string>;
  manifest(packageName: string): Promise<Manifest>;
  /** Paths of the JavaScript files that a package publishes, as its `exports` would write them. */
  scripts(packageName: string): Promise<readonly string[]>;
  /** What is in these files: paths of sources, from the package's folder. */
  bundledSources(packageName: string): Promise<readonly string[]>;
}

export interface Manifest {
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
}

/**
 * A project outside of the workspace that has these packages as a registry would give them to it: packed, so that only
 * published files and published `exports` are there. Other dependencies are those that the workspace has installed.
 */
export async function createConsumer(packages: readonly string[]): Promise<Consumer> {
  await run(join(root, 'node_modules/.bin/tsc'), ['-b'], { cwd: root });
  const folder = await mkdtemp(join(tmpdir(), 'flamespan-consumer-'));
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, '@flamespan'), { recursive: true });
  for (const name of packages) await unpack(name, join(modules, '@flamespan', name), folder);
  const linked = new Set<string>();
  for (const place of [own, ...packages.map((name) => join(root, 'packages', name))]) {
    for (const name of await installed(join(place, 'node_modules'))) {
      if (linked.has(name) || name.startsWith('@flamespan/')) continue;
      linked.add(name);
      await mkdir(dirname(join(modules, name)), { recursive: true });
      await symlink(join(place, 'node_modules', name), join(modules, name));
    }
  }
  const write = async (fileName: string, source: string): Promise<void> => {
    await mkdir(dirname(join(folder, fileName)), { recursive: true });
    await writeFile(join(folder, fileName), source);
  };
  return {
    async node(fileName, source, ...flags) {
      await write(fileName, source);
      // NodeSDK sends metrics and logs unasked, and its shutdown waits for them.
      const env = { ...process.env, NODE_OPTIONS: '', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
      const { stdout } = await run(process.execPath, [...flags, join(folder, fileName)], { cwd: folder, env });
      return stdout;
    },
    start(packageName, command, ...args) {
      const directory = join(modules, '@flamespan', packageName);
      const { bin } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
      return spawn(process.execPath, [join(directory, bin?.[command] ?? ''), ...args], { cwd: folder, env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'inherit'] });
    },
    async typecheck(fileName, source, compilerOptions) {
      await write(fileName, source);
      await write('tsconfig.json', JSON.stringify({ compilerOptions: { noEmit: true, strict: true, types: ['node'], ...compilerOptions }, files: [fileName] }));
      const { stdout } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder]).catch((error: { stdout: string }) => error);
      return stdout;
    },
    async manifest(packageName) {
      return JSON.parse(await readFile(join(modules, '@flamespan', packageName, 'package.json'), 'utf8')) as Manifest;
    },
    async scripts(packageName) {
      const files = await readdir(join(modules, '@flamespan', packageName), { recursive: true });
      return files.filter((file) => /\.[cm]?js$/.test(file)).map((file) => `./${file}`);
    },
    async bundledSources(packageName) {
      const directory = join(modules, '@flamespan', packageName);
      const maps = (await readdir(directory, { recursive: true })).filter((file) => file.endsWith('.js.map'));
      const sources = await Promise.all(maps.map(async (map) => {
        const parsed = JSON.parse(await readFile(join(directory, map), 'utf8')) as { readonly sources: readonly string[] };
        return parsed.sources.map((source) => join(dirname(map), source));
      }));
      return sources.flat();
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function unpack(name: string, target: string, scratch: string): Promise<void> {
  const pnpm = process.env['npm_execpath'];
  const [command, ...args] = pnpm !== undefined && /pnpm/.test(pnpm) && !/\.c?js$/.test(pnpm) ? [pnpm] : ['npx', '-y', 'pnpm@12.21.0'];
  const packed = join(scratch, 'packed', name);
  await mkdir(packed, { recursive: true });
  await run(command, [...args, 'pack', '--pack-destination', packed], { cwd: join(root, 'packages', name) });
  const [tarball = ''] = await readdir(packed);
  await run('tar', ['-xzf', join(packed, tarball), '-C', packed]);
  await cp(join(packed, 'package'), target, { recursive: true });
}

/** Package names in a `node_modules` folder. */
async function installed(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder)) {
    if (entry.startsWith('.')) continue;
    if (!entry.startsWith('@')) names.push(entry);
    else for (const inner of await readdir(join(folder, entry))) names.push(`${entry}/${inner}`);
  }
  return names;
}
