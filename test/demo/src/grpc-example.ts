import { startChild } from '../../../examples/demo/src/child.ts';
import { DEMOS } from '../../../examples/demo/src/demos.ts';
import { startExample, type Example } from '../../../examples/demo/src/example.ts';

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

export interface GrpcExampleLoad {
  /** Where telemetry goes. */
  readonly endpoint: string;
  /** How long the load generator runs, each time. */
  readonly seconds: number;
  /** Called while it runs, each time, with the URL of the front. */
  readonly duringLoad: (url: string) => Promise<unknown>;
  /** Whether what has arrived is enough. Until then the load generator runs again, at most `MOST_LOADS` times in all. */
  isEnough(): boolean;
}

const MOST_LOADS = 6;

/** Runs both processes of examples/grpc as the demo does, under load, lets them send their last profiles and ends them. */
export async function runGrpcExample(load: GrpcExampleLoad): Promise<GrpcExampleRun> {
  const example = await startExample({ demo, port: 0, endpoint: load.endpoint }, new AbortController().signal);
  try {
    const complaints: string[] = [];
    const loadOutputs: string[] = [];
    do {
      const { code, output } = await loadOnce(example, load);
      if (code !== 0) complaints.push(`The load generator ended with exit code ${code}`);
      loadOutputs.push(output);
    } while (complaints.length === 0 && loadOutputs.length < MOST_LOADS && !load.isEnough());
    return { complaints: [...complaints, ...(await example.stop(SHUTDOWN_MILLIS))], log: example.quoteLastLines(), loadOutput: loadOutputs.join('\n') };
  } finally {
    await example.stop(0);
  }
}

async function loadOnce({ url, crashed }: Example, { seconds, duringLoad }: GrpcExampleLoad): Promise<{ code: number | null; output: string }> {
  const load = startChild({ args: demo.loadArguments(url, seconds), directory: demo.directory, environment: process.env });
  try {
    const [{ code }] = await Promise.race([Promise.all([load.exited, duringLoad(url)]), crashed]);
    return { code, output: load.output() };
  } finally {
    await load.stop(0);
  }
}
