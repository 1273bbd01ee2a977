import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
/** The package that applications install; its dependencies come with it. */
export const ENTRY = 'span-processor';

export type SdkMajor = 2 | 3;

/** An application's directory: the programs, and our packages as npm would have put them there. */
export interface InstalledApp {
  readonly sdkLine: URL;
  readonly httpServer: URL;
  readonly setUps: URL;
  /** Entry of a second copy of our packages. */
  readonly secondCopy: URL;
  remove(): Promise<void>;
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly publishConfig?: object;
}

/**
 * Installs below the package that has the SDK, so that our packages find its `@opentelemetry/api` and no other: in the
 * workspace they are linked, and would bring their own.
 */
export async function installApp(sdk: SdkMajor): Promise<InstalledApp> {
  const cache = join(REPOSITORY, 'test', 'compat', `sdk-${sdk}`, '.cache');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, 'app-'));
  const at = (...path: string[]): URL => pathToFileURL(join(directory, ...path));
  await installPackage(ENTRY, join(directory, 'node_modules'));
  await installPackage(ENTRY, join(directory, 'second', 'node_modules'));
  for (const path of ['accuracy/src', 'compat/programs', `compat/sdk-${sdk}/src`]) {
    await cp(join(REPOSITORY, 'test', path), join(directory, path), { recursive: true });
  }
  return {
    sdkLine: at('compat', `sdk-${sdk}`, 'src', 'sdk-line.ts'),
    httpServer: at('accuracy', 'src', 'programs', 'http-server.ts'),
    setUps: at('compat', 'programs', 'set-ups.ts'),
    secondCopy: at('second', 'node_modules', '@flamespan', ENTRY, 'dist', 'bundled', 'index.js'),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** What `pnpm publish` and `npm install` would make of it: the manifest as published, what {@link bundlePackages} has made, and its dependencies. */
async function installPackage(folder: string, nodeModules: string): Promise<void> {
  const source = join(REPOSITORY, 'packages', folder);
  const manifest = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as Manifest;
  const target = join(nodeModules, ...manifest.name.split('/'));
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'package.json'), JSON.stringify({ ...manifest, ...manifest.publishConfig }));
  await cp(join(source, 'dist', 'bundled'), join(target, 'dist', 'bundled'), { recursive: true });
  for (const [name, version] of Object.entries(manifest.dependencies ?? {})) {
    if (version.startsWith('workspace:')) await installPackage(name.split('/')[1] ?? name, nodeModules);
    else await link(await realpath(join(source, 'node_modules', name)), join(nodeModules, ...name.split('/')));
  }
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await rm(path, { force: true });
  await symlink(target, path);
}
