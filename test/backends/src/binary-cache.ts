import { createHash } from 'node:crypto';
import { access, copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { withExclusiveLock } from './exclusive-lock.ts';
import { startProcess } from './child-process.ts';

export interface BinaryRecipe {
  /** Also the beginning of the cached file's name. */
  readonly name: string;
  /** What is built, for the progress line: `Pyroscope 1.21.0`. */
  readonly title: string;
  /** How long the first build takes, for the progress line. */
  readonly firstBuild: string;
  /** Files that are copied into the directory of the build. */
  readonly inputs: readonly string[];
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** What the command leaves, relative to the directory of the build. */
  readonly output: string;
}

/** Outside the checkout, so that a fresh clone does not build again. */
export function binaryCacheDirectory(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'flamespan', 'backends');
}

/** The path of the binary, built first if this machine has not built exactly this before. */
export async function cachedBinary(
  recipe: BinaryRecipe,
  goVersion: string,
  options: { readonly directory?: string; readonly log?: (line: string) => void } = {},
): Promise<string> {
  const { directory = binaryCacheDirectory(), log = console.log } = options;
  const binary = join(directory, `${recipe.name}-${await hashOf(recipe, goVersion)}`);
  if (await exists(binary)) return binary;

  await mkdir(directory, { recursive: true });
  return await withExclusiveLock(
    `${binary}.lock`,
    () => log(`Another process is building ${recipe.title}, waiting for it.`),
    async () => {
      if (!(await exists(binary))) await build(recipe, binary, log);
      return binary;
    },
  );
}

async function build(recipe: BinaryRecipe, binary: string, log: (line: string) => void): Promise<void> {
  const start = Date.now();
  log(`Building ${recipe.title} from source, ${recipe.firstBuild} the first time on a machine, into ${binary}`);
  const directory = `${binary}.building`; // the lock makes it ours, also what a crashed build left there
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  try {
    for (const input of recipe.inputs) await copyFile(input, join(directory, basename(input)));
    const [command, ...args] = recipe.command;
    const builder = await startProcess({ name: recipe.title, command, args, cwd: directory, env: recipe.env, logFile: join(directory, 'build.log') });
    const { code } = await builder.exited;
    if (code !== 0) throw new Error(`Building ${recipe.title} failed with exit code ${code}. The end of its output:\n${await builder.logTail(40)}`);
    // A rename is atomic: whoever finds the name finds the whole binary.
    await rename(join(directory, recipe.output), binary);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  log(`Built ${recipe.title} in ${Math.round((Date.now() - start) / 1000)} s.`);
}

async function hashOf(recipe: BinaryRecipe, goVersion: string): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([goVersion, process.platform, process.arch, recipe.command, recipe.env, recipe.output]));
  for (const input of recipe.inputs) {
    const content = await readFile(input);
    hash.update(JSON.stringify([basename(input), content.length])).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(() => true, () => false);
}
