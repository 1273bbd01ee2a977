import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const CONFIGURATION = join(REPOSITORY, 'rolldown.config.ts');

/** Makes the files that packages publish, of these (names of their folders) and of those of ours that they import. */
export async function bundlePackages(names: readonly string[]): Promise<void> {
  const rolldown = join(createRequire(CONFIGURATION).resolve('rolldown/package.json'), '..', 'bin', 'cli.mjs');
  const bundled = new Set(names);
  // Grows while it is walked.
  for (const name of bundled) {
    const directory = join(REPOSITORY, 'packages', name);
    const { dependencies = {} } = createRequire(CONFIGURATION)(join(directory, 'package.json')) as { dependencies?: Readonly<Record<string, string>> };
    for (const dependency of Object.keys(dependencies)) if (dependency.startsWith('@flamespan/')) bundled.add(dependency.slice('@flamespan/'.length));
    await promisify(execFile)(process.execPath, [rolldown, '-c', CONFIGURATION, '--logLevel', 'warn'], { cwd: directory });
  }
}
