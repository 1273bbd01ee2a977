import { fileURLToPath } from 'node:url';
import { startChild } from './child.ts';
import { firstOf } from './first-of.ts';

const viewer = new URL('.', import.meta.resolve('@flamespan/viewer/package.json'));

/** Builds the viewer's page where it is not there or older than its sources. The demo goes on without: its report needs no page. */
export async function buildPage(interruption: AbortSignal): Promise<void> {
  const build = startChild({ args: [fileURLToPath(new URL('scripts/build-page.ts', viewer)), '--if-stale'], directory: viewer, environment: process.env });
  try {
    const { code } = await firstOf(interruption, [build.exited]);
    if (code === 0) process.stdout.write(build.output() === '' ? '' : `${build.output()}\n`);
    else console.error('The viewer\'s page could not be built; the report does without. To see why: npx -y pnpm@12.21.0 --filter @flamespan/viewer run build:page');
  } finally {
    await build.stop(0);
  }
}
