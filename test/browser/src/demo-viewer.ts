import { createTemporaryDirectory } from '../../backends/src/temporary-directory.ts';
import { startDemo } from '../../demo/src/demo-process.ts';
import { runVersion } from './versioned-service.ts';

const DEADLINE_MILLIS = 120_000;
/** So that the rarest of the functions looked for is sampled often enough, also on a machine that is faster. */
const LOAD_SECONDS = '20';

export interface DemoViewer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Runs the demo to the end of its load, and the two versions of the checkout service, and leaves the viewer open. */
export async function startDemoViewer(): Promise<DemoViewer> {
  const directory = await createTemporaryDirectory('browser');
  const demo = await startDemo(directory.path, ['--seconds', LOAD_SECONDS]);
  const stop = async (): Promise<void> => {
    await demo.stop();
    await directory.remove();
  };
  try {
    const [, url = ''] = await waitForLog(demo, /(http:\/\/127\.0\.0\.1:\d+)/);
    await waitForLog(demo, /SLOWEST TRACE[^]*Ctrl-C/);
    // At the same time: neither has the machine more for itself than the other.
    await Promise.all((['1.0.0', '2.0.0'] as const).map((version) => runVersion(version, url)));
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
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
