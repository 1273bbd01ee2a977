import { startChild } from '../../../examples/demo/src/child.ts';
import { DEMOS } from '../../../examples/demo/src/demos.ts';
import { startExample } from '../../../examples/demo/src/example.ts';

const demo = DEMOS.find(({ name }) => name === 'grpc')!;
const SHUTDOWN_MILLIS = 20_000;

export interface GrpcExampleRun {
  /** What is wrong with how the processes ended, each with the last lines of its log. */
  readonly complaints: readonly string[];
  /** What the services printed last. */
  readonly log: string;
  /** What the load generator printed. */
  readonly loadOutput: string;
}

/**
 * Runs both processes of examples/grpc as the demo does, under load for `seconds`, lets them send their last profiles
 * and ends them. `duringLoad` gets the URL of the front.
 */
export async function runGrpcExample(endpoint: string, seconds: number, duringLoad: (url: string) => Promise<unknown>): Promise<GrpcExampleRun> {
  const example = await startExample({ demo, port: 0, endpoint }, new AbortController().signal);
  try {
    const load = startChild({ args: demo.loadArguments(example.url, seconds), directory: demo.directory, environment: process.env });
    try {
      const [{ code }] = await Promise.race([Promise.all([load.exited, duringLoad(example.url)]), example.crashed]);
      const complaints = code === 0 ? [] : [`The load generator ended with exit code ${code}`];
      return { complaints: [...complaints, ...(await example.stop(SHUTDOWN_MILLIS))], log: example.quoteLastLines(), loadOutput: load.output() };
    } finally {
      await load.stop(0);
    }
  } finally {
    await example.stop(0);
  }
}
