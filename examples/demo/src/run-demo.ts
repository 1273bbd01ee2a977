import { renderReport, slowestTrace, startViewer, type RunningViewer } from '@flamespan/viewer';
import { buildPage } from './build-page.ts';
import { describeExit, quoteLastLines, startChild } from './child.ts';
import { DemoError } from './demo-error.ts';
import { startExample, type Example } from './example.ts';
import { firstOf } from './first-of.ts';
import type { DemoOptions } from './options.ts';
import { isPortTaken } from './ports.ts';
import { createProgress } from './progress.ts';

/** Longer than an example's service itself allows its shutdown to take. */
const FLUSH_DEADLINE_MILLIS = 20_000;
/** After an interruption nobody waits for telemetry. */
const INTERRUPTED_DEADLINE_MILLIS = 2000;
const PROGRESS_INTERVAL_MILLIS = 250;
const PLAIN_WIDTH = 100;
/** Where OTLP/gRPC exporters send to. The demo does without where it is taken. */
const GRPC_PORT = 4317;

/**
 * Runs one demo to its end. Rejects with a {@link DemoError} when there is something to tell, and with the signal's
 * reason when it was interrupted before the report; either way nothing is left running.
 */
export async function runDemo(options: DemoOptions, interruption: AbortSignal): Promise<void> {
  if (options.appPort !== 0 && (await isPortTaken(options.appPort))) {
    throw new DemoError(`Port ${options.appPort}, where the ${options.demo.name} example would listen, is taken. Choose another one with --app-port, 0 for any.`);
  }
  if (options.port !== 0 && (await isPortTaken(options.port))) {
    throw new DemoError(`Port ${options.port}, where the viewer would listen, is taken, perhaps by a Collector. Choose another one with --port, 0 for any.`);
  }
  await buildPage(interruption);
  const viewer = await startViewer({ port: options.port, grpcPort: options.port === 0 ? 0 : GRPC_PORT });
  try {
    console.log(`The viewer shows in ${viewer.url} what arrives; it listens for traces and profiles there${viewer.grpcUrl === null ? '' : `, and over gRPC on ${viewer.grpcUrl}`}`);
    const example = await startExample({ demo: options.demo, port: options.appPort, endpoint: viewer.url }, interruption);
    try {
      await loadExample(example, viewer, options, interruption);
      const complaints = await firstOf(interruption, [example.stop(FLUSH_DEADLINE_MILLIS)]);
      for (const complaint of complaints) console.error(complaint);
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

async function loadExample(example: Example, viewer: RunningViewer, { demo, seconds }: DemoOptions, interruption: AbortSignal): Promise<void> {
  console.log(`The ${demo.name} example listens on ${example.url}; sending it requests for ${seconds} s`);
  const load = startChild({ args: demo.loadArguments(example.url, seconds), directory: demo.directory, environment: process.env });
  const progressOver = showProgress(viewer, seconds, load.exited);
  try {
    const status = await firstOf(interruption, [load.exited, example.crashed]);
    if (status.code !== 0) console.error(`Not every request was answered as expected (the load generator ended with ${describeExit(status)}):\n${quoteLastLines(load)}`);
  } finally {
    await load.stop(INTERRUPTED_DEADLINE_MILLIS);
    await progressOver;
  }
  console.log(`\n${load.output()}\n`);
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

function requireLinkedSamples(viewer: RunningViewer, example: Example): void {
  const { samples, linkedSamples, spans } = viewer.store.stats();
  if (linkedSamples > 0) return;
  const hint = samples > 0
    ? 'Samples without spans: is the ProfilingSpanProcessor in the list of span processors, and does the platform support labels (Linux or macOS, Node.js 22.15 or newer)?'
    : 'No samples at all: is OTEL_EXPORTER_OTLP_ENDPOINT reachable from the example, and does @datadog/pprof have a build for this platform?';
  throw new DemoError(`No sample was linked to a span (${samples} samples, ${spans} spans received). ${hint}\nThe last lines of the example.\n${example.quoteLastLines()}`);
}

async function serveOn(viewer: RunningViewer, interruption: AbortSignal): Promise<void> {
  const slowest = slowestTrace(viewer.store, { sampled: true });
  console.log(`
The example has ended, the viewer goes on listening on ${viewer.url}.
To look closer, open in a browser:
  ${viewer.url}/traces
${slowest === undefined ? '' : `  ${viewer.url}/trace/${slowest.traceId}   the slowest trace\n`}To send it a service of your own: OTEL_EXPORTER_OTLP_ENDPOINT=${viewer.url}
Ctrl-C ends it.`);
  if (interruption.aborted) return;
  await new Promise<void>((resolve) => interruption.addEventListener('abort', () => resolve(), { once: true }));
}
