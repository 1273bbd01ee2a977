import { setTimeout } from 'node:timers/promises';
import { renderReport, startViewer, ViewerError, type RunningViewer } from '@flamespan/viewer';
import { startChild, type Child, type ExitStatus } from './child.ts';
import { DemoError } from './demo-error.ts';
import type { DemoOptions } from './options.ts';
import { isPortTaken } from './ports.ts';
import { createProgress } from './progress.ts';

const EXPORT_INTERVAL_MILLIS = 2000;
const START_DEADLINE_MILLIS = 60_000;
/** Longer than the example itself allows its shutdown to take. */
const FLUSH_DEADLINE_MILLIS = 20_000;
/** After an interruption nobody waits for telemetry. */
const INTERRUPTED_DEADLINE_MILLIS = 2000;
const PROGRESS_INTERVAL_MILLIS = 250;
const PLAIN_WIDTH = 100;

/**
 * Runs one demo to its end. Rejects with a {@link DemoError} when there is something to tell, and with the signal's
 * reason when it was interrupted before the report; either way nothing is left running.
 */
export async function runDemo(options: DemoOptions, interruption: AbortSignal): Promise<void> {
  if (options.appPort !== 0 && (await isPortTaken(options.appPort))) {
    throw new DemoError(`Port ${options.appPort}, where the ${options.demo.name} example would listen, is taken. Choose another one with --app-port, 0 for any.`);
  }
  const viewer = await openViewer(options.port);
  try {
    console.log(`Viewer listens for traces and profiles on ${viewer.url}`);
    const example = startExample(options, viewer.url);
    try {
      await loadExample(example, viewer, options, interruption);
      warnUnlessFlushed(await firstOf(interruption, [example.stop(FLUSH_DEADLINE_MILLIS)]), example);
    } finally {
      await example.stop(INTERRUPTED_DEADLINE_MILLIS);
    }
    printReport(viewer);
    requireLinkedSamples(viewer, example);
    if (!options.once) await serveOn(viewer, interruption);
  } finally {
    await viewer.close();
  }
}

async function openViewer(port: number): Promise<RunningViewer> {
  try {
    return await startViewer({ port });
  } catch (error) {
    if (error instanceof ViewerError && error.code === 'ERR_PORT_IN_USE') {
      throw new DemoError(`Port ${port}, where the viewer would listen, is taken, perhaps by a Collector. Choose another one with --port, 0 for any.`, { cause: error });
    }
    throw error;
  }
}

function startExample({ demo, appPort }: DemoOptions, endpoint: string): Child {
  return startChild({
    args: demo.serverArguments,
    directory: demo.directory,
    environment: {
      ...environmentWithoutOpenTelemetry(),
      PORT: String(appPort),
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      // The viewer takes traces and profiles.
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_LOG_LEVEL: 'warn',
      FLAMESPAN_EXPORT_INTERVAL_MILLIS: String(EXPORT_INTERVAL_MILLIS),
    },
  });
}

/** What the person has set for other services, such as a sampler or headers, would change what the demo shows. */
function environmentWithoutOpenTelemetry(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OTEL_')));
}

async function loadExample(example: Child, viewer: RunningViewer, { demo, seconds }: DemoOptions, interruption: AbortSignal): Promise<void> {
  const crashed = example.exited.then((status) => {
    throw new DemoError(`The ${demo.name} example ended with ${describeExit(status)}. Its last lines:\n${quoteLastLines(example)}`);
  });
  // It may well end when nobody waits for it any more.
  crashed.catch(() => undefined);
  const listening = await firstOf(interruption, [example.waitForLine(/listening on (\S+)/), crashed, rejectAfter(START_DEADLINE_MILLIS, () =>
    new DemoError(`The ${demo.name} example does not listen after ${START_DEADLINE_MILLIS / 1000} s. Its last lines:\n${quoteLastLines(example)}`))]);
  const url = listening[1] ?? '';
  console.log(`The ${demo.name} example listens on ${url}; sending it requests for ${seconds} s`);

  const load = startChild({ args: demo.loadArguments(url, seconds), directory: demo.directory, environment: process.env });
  const progressOver = showProgress(viewer, seconds, load.exited);
  try {
    const status = await firstOf(interruption, [load.exited, crashed]);
    if (status.code !== 0) console.error(`Not every request was answered as expected (the load generator ended with ${describeExit(status)}):\n${quoteLastLines(load)}`);
  } finally {
    await load.stop(INTERRUPTED_DEADLINE_MILLIS);
    await progressOver;
  }
  console.log(`\n${load.output()}\n`);
}

/** Settles as the first of the promises, or rejects with the reason of the interruption. */
async function firstOf<Value>(interruption: AbortSignal, promises: readonly Promise<Value>[]): Promise<Value> {
  const settled = new AbortController();
  const interrupted = new Promise<never>((_resolve, reject) => {
    const onAbort = (): void => reject(interruption.reason as Error);
    if (interruption.aborted) onAbort();
    else interruption.addEventListener('abort', onAbort, { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([interrupted, ...promises]);
  } finally {
    settled.abort();
  }
}

async function rejectAfter(delayMillis: number, createError: () => Error): Promise<never> {
  await setTimeout(delayMillis, undefined, { ref: false });
  throw createError();
}

async function showProgress(viewer: RunningViewer, seconds: number, loadExited: Promise<unknown>): Promise<void> {
  const progress = createProgress(process.stdout);
  const start = performance.now();
  const describe = (): string => {
    const { traces, samples, linkedSamples } = viewer.store.stats();
    const elapsed = Math.min(seconds, Math.floor((performance.now() - start) / 1000));
    return `${String(elapsed).padStart(String(seconds).length)}/${seconds} s   ${traces} traces   ${samples} samples, ${linkedSamples} linked to spans`;
  };
  const timer = setInterval(() => progress.update(describe()), PROGRESS_INTERVAL_MILLIS);
  await loadExited;
  clearInterval(timer);
  progress.finish(describe());
}

function printReport(viewer: RunningViewer): void {
  const { stdout } = process;
  console.log(renderReport(viewer.store, { width: stdout.isTTY ? stdout.columns : PLAIN_WIDTH, color: stdout.isTTY && stdout.hasColors() }));
}

function requireLinkedSamples(viewer: RunningViewer, example: Child): void {
  const { samples, linkedSamples, spans } = viewer.store.stats();
  if (linkedSamples > 0) return;
  const hint = samples > 0
    ? 'Samples without spans: is the ProfilingSpanProcessor in the list of span processors, and does the platform support labels (Linux or macOS, Node.js 22.15 or newer)?'
    : 'No samples at all: is OTEL_EXPORTER_OTLP_ENDPOINT reachable from the example, and does @datadog/pprof have a build for this platform?';
  throw new DemoError(`No sample was linked to a span (${samples} samples, ${spans} spans received). ${hint}\nThe last lines of the example:\n${quoteLastLines(example)}`);
}

function warnUnlessFlushed(status: ExitStatus, example: Child): void {
  if (status.code === 0) return;
  console.error(`The example did not end in order (${describeExit(status)}), so its last seconds may be missing. Its last lines:\n${quoteLastLines(example)}`);
}

async function serveOn(viewer: RunningViewer, interruption: AbortSignal): Promise<void> {
  console.log(`
The example has ended, the viewer goes on listening on ${viewer.url}.
To send it a service of your own: OTEL_EXPORTER_OTLP_ENDPOINT=${viewer.url}
Ctrl-C ends it.`);
  if (interruption.aborted) return;
  await new Promise<void>((resolve) => interruption.addEventListener('abort', () => resolve(), { once: true }));
}

function describeExit({ code, signal }: ExitStatus): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

function quoteLastLines(child: Child): string {
  return child.lastLines().map((line) => `  | ${line}`).join('\n') || '  | (no output)';
}
