import type { TestProject } from 'vitest/node';
import { createTemporaryDirectory } from '../../backends/src/temporary-directory.ts';
import { startDemo } from '../../demo/src/demo-process.ts';
import { runVersion } from './versioned-service.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the viewer that the demo serves, once its load is over. */
    readonly viewerUrl: string;
  }
}

const DEADLINE_MILLIS = 120_000;
const LOAD_SECONDS = '10';

/** Runs the demo, and beside it the two versions of another service, and leaves the viewer open. */
export default async function startViewer(project: TestProject): Promise<() => Promise<void>> {
  const directory = await createTemporaryDirectory('browser');
  const demo = await startDemo(directory.path, ['--seconds', LOAD_SECONDS]);
  const stop = async (): Promise<void> => {
    await demo.stop();
    await directory.remove();
  };
  try {
    const [, url = ''] = await waitForLog(demo, /(http:\/\/127\.0\.0\.1:\d+)/);
    await waitForLog(demo, /SLOWEST TRACE[^]*Ctrl-C/);
    for (const version of ['1.0.0', '2.0.0'] as const) await runVersion(version, url);
    project.provide('viewerUrl', url);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function waitForLog(demo: Awaited<ReturnType<typeof startDemo>>, pattern: RegExp): Promise<RegExpExecArray> {
  const deadline = performance.now() + DEADLINE_MILLIS;
  for (;;) {
    const log = await demo.log();
    const match = pattern.exec(log);
    if (match !== null) return match;
    if (!demo.running || performance.now() > deadline) throw new Error(`The demo did not say ${pattern.source}:\n${log}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
}
