import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess, type ChildProcess } from './child-process.ts';
import { waitUntilReady } from './readiness.ts';

const exampleDirectory: string = fileURLToPath(new URL('../../../examples/express', import.meta.url));

/** Twice as many as the load generator sends by itself: functions that take little time are met more often. */
const REQUESTS_PER_SECOND = 60;
const MOST_LOADS = 10;

export interface ExampleRun {
  readonly exitCode: number | null;
  readonly log: string;
}

/** Runs examples/express as a user would, under load, and lets it send its last profile. */
export async function runExpressExample(options: {
  readonly directory: string;
  readonly serviceName: string;
  /** Base URL for OTLP/HTTP. */
  readonly endpoint: string;
  /** How long the load generator runs, each time. */
  readonly seconds: number;
  readonly exportIntervalMillis: number;
  /**
   * Whether what has arrived is enough. Until then the load generator runs again, at most `MOST_LOADS` times in all:
   * which functions the few samples of one run meet is a matter of chance.
   */
  readonly isEnough: () => boolean;
}): Promise<ExampleRun> {
  const { directory, serviceName, endpoint, seconds, exportIntervalMillis, isEnough } = options;
  const app = await startProcess({
    name: 'the Express example',
    command: process.execPath,
    args: ['--conditions=@flamespan/source', '--import', './src/instrumentation.ts', 'src/server.ts'],
    cwd: exampleDirectory,
    env: {
      PORT: '0',
      OTEL_SERVICE_NAME: serviceName,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_LOG_LEVEL: 'warn',
      FLAMESPAN_EXPORT_INTERVAL_MILLIS: `${exportIntervalMillis}`,
    },
    logFile: join(directory, `${serviceName}.log`),
  });
  try {
    await waitUntilReady(app, 60_000, async () => (await urlOf(app)) !== undefined);
    const url = (await urlOf(app))!;
    let loads = 0;
    do await applyLoad(directory, serviceName, url, seconds);
    while (++loads < MOST_LOADS && !isEnough());
    await app.stop(20_000);
  } finally {
    await app.stop(0);
  }
  return { exitCode: (await app.exited).code, log: await app.log() };
}

async function urlOf(app: ChildProcess): Promise<string | undefined> {
  return /listening on (http:\S+)/.exec(await app.log())?.[1];
}

async function applyLoad(directory: string, serviceName: string, url: string, seconds: number): Promise<void> {
  const load = await startProcess({
    name: 'the load generator',
    command: process.execPath,
    args: ['src/load.ts', '--url', url, '--seconds', `${seconds}`, '--rate', `${REQUESTS_PER_SECOND}`],
    cwd: exampleDirectory,
    logFile: join(directory, `${serviceName}-load.log`),
  });
  try {
    const { code } = await load.exited;
    if (code !== 0) throw new Error(`The load generator ended with exit code ${code}. The end of its output:\n${await load.logTail(30)}`);
  } finally {
    await load.stop();
  }
}
