/** Runs operations as it is asked to, and says what each took. */
import { createRequire } from 'node:module';
import type { ProcessSettings } from '../child-protocol.ts';
import type { OperationFigures, OperationRun } from '../operation-figures.ts';
import type { OpenTelemetryApi, OperationName } from './operations.ts';
import { createOperations } from './operations.ts';
import { serveCalls } from './serve-calls.ts';

const require = createRequire(import.meta.url);
const { variant } = JSON.parse(process.env['OVERHEAD_PROCESS'] ?? '{}') as ProcessSettings;
const BYTES_TIMES = 2_000;

async function apiOf(variant: string): Promise<OpenTelemetryApi> {
  if (variant.startsWith('dd-trace')) {
    const { TracerProvider } = require('dd-trace') as { TracerProvider: new () => { register(): void } };
    new TracerProvider().register();
    return createRequire(require.resolve('dd-trace'))('@opentelemetry/api') as OpenTelemetryApi;
  }
  if (variant.startsWith('splunk')) return createRequire(require.resolve('@splunk/otel'))('@opentelemetry/api') as OpenTelemetryApi;
  return import('@opentelemetry/api');
}

const api = await apiOf(variant);
const operations = createOperations(api);

function checkRecorded(): void {
  const recorded = api.trace.getTracer('operations').startActiveSpan('check', (span) => {
    const active = api.trace.getActiveSpan()?.spanContext().spanId === span.spanContext().spanId;
    const recording = span.isRecording();
    span.end();
    return active && recording;
  });
  if (!recorded) throw new Error(`${variant} does not record spans: its figures would mean nothing`);
}

async function run({ name, millis }: OperationRun): Promise<OperationFigures> {
  const operation = operations[name as OperationName];
  let times = 0;
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  let elapsedMillis = 0;
  do {
    const running = operation.run(operation.times);
    if (running !== undefined) await running;
    times += operation.times;
    elapsedMillis = performance.now() - start;
  } while (elapsedMillis < millis);
  const { user, system } = process.cpuUsage(cpuBefore);
  return { cpuNanos: ((user + system) * 1_000) / times, wallNanos: (elapsedMillis * 1e6) / times };
}

/** Needs a young generation that takes all of it. */
async function bytesPerOperation(name: OperationName): Promise<number> {
  (globalThis as unknown as { gc(): void }).gc();
  const before = process.memoryUsage().heapUsed;
  const running = operations[name].run(BYTES_TIMES);
  if (running !== undefined) await running;
  return (process.memoryUsage().heapUsed - before) / BYTES_TIMES;
}

checkRecorded();
serveCalls(undefined, { run, bytesPerOperation });
