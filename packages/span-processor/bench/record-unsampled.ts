/**
 * What `recordUnsampled` costs for a request that the head sampler drops: start, one attribute and end of its root span,
 * with and without the wrapper, interleaved in processes of their own.
 *
 *     node --conditions=@flamespan/source packages/span-processor/bench/record-unsampled.ts
 */
import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { AlwaysOffSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace';
import type { ProfileExporter } from '@flamespan/profile';
import { ProfilingSpanProcessor, recordUnsampled } from '@flamespan/span-processor';
import { execFileSync } from 'node:child_process';

const ROUNDS = 5;
const REPETITIONS = 21;
const SPANS = 40_000;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function nanosPerSpan(wrapped: boolean): number {
  const sampler = new ParentBasedSampler({ root: new AlwaysOffSampler() });
  const exporter: ProfileExporter = { export: (_, done) => done({ code: 0 }), shutdown: () => Promise.resolve() };
  new NodeSDK({
    sampler: wrapped ? recordUnsampled(sampler) : sampler,
    spanProcessors: [new ProfilingSpanProcessor({ exporter })],
    autoDetectResources: false,
    instrumentations: [],
  }).start();
  const tracer = trace.getTracer('bench');
  const figures = Array.from({ length: REPETITIONS }, () => {
    const start = process.hrtime.bigint();
    for (let n = 0; n < SPANS; n++) {
      tracer.startActiveSpan('GET', { attributes: { 'http.request.method': 'GET' } }, (span) => {
        span.setAttribute('http.route', '/a');
        span.end();
      });
    }
    return Number(process.hrtime.bigint() - start) / SPANS;
  });
  return median(figures);
}

const [, program = '', mode] = process.argv;
if (mode !== undefined) {
  process.stdout.write(String(nanosPerSpan(mode === 'wrapped')));
  process.exit(0);
}
const run = (which: string): number =>
  Number(execFileSync(process.execPath, ['--conditions=@flamespan/source', program, which], { env: { ...process.env, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' } }));
const rounds = Array.from({ length: ROUNDS }, () => ({ dropped: run('plain'), recorded: run('wrapped') }));
for (const what of ['dropped', 'recorded'] as const) {
  const figures = rounds.map((round) => round[what]);
  console.log(`${what}: ${median(figures).toFixed(0)} ns a root span (${Math.min(...figures).toFixed(0)} to ${Math.max(...figures).toFixed(0)})`);
}
console.log(`recordUnsampled adds ${median(rounds.map(({ dropped, recorded }) => recorded - dropped)).toFixed(0)} ns (Node ${process.version})`);
