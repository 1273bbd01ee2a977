import { metrics } from '@opentelemetry/api';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { setUp } from './support/set-up.ts';

afterEach(() => metrics.disable());

interface Observed {
  readonly unit: string;
  readonly points: { readonly value: unknown; readonly attributes: Record<string, unknown> }[];
}

function meterProvider(temporality = AggregationTemporality.CUMULATIVE): { collect(): Promise<Record<string, Observed>> } {
  const exporter = new InMemoryMetricExporter(temporality);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  return {
    async collect() {
      exporter.reset();
      await reader.forceFlush();
      const observed = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics).flatMap((scope) => scope.metrics);
      return Object.fromEntries(observed.map(({ descriptor, dataPoints }) =>
        [descriptor.name, { unit: descriptor.unit, points: dataPoints.map(({ value, attributes }) => ({ value, attributes })) }]));
    },
  };
}

test('samples, exports and endpoints are observed once a MeterProvider is there', async () => {
  await using scene = setUp();
  const { tracer, binding, processor, exporter } = scene;
  const meter = meterProvider();
  exporter.answers.push({ code: 1, retryable: true });
  for (let call = 0; call < 2; call++) {
    tracer.startActiveSpan('root', (root) => {
      binding.sample('main;handler', 250);
      root.setAttributes({ 'http.request.method': 'GET', 'http.route': '/a' });
      root.end();
    });
  }
  binding.sample('main;idle work', 10);
  await processor.forceFlush();
  const waiting = await meter.collect();
  expect(waiting['flamespan.export.queue.length']?.points).toMatchObject([{ value: 1, attributes: { 'flamespan.exporter.position': 0 } }]);
  expect(waiting['flamespan.export.queue.size']?.points[0]?.value).toBeGreaterThan(0);
  await processor.forceFlush();
  const observed = await meter.collect();
  expect(observed['flamespan.samples']).toEqual({
    unit: '{sample}',
    points: [
      { value: 2, attributes: { 'flamespan.sample.has_span': true } }, { value: 1, attributes: { 'flamespan.sample.has_span': false } },
    ],
  });
  expect(observed['flamespan.endpoint.calls']?.points).toEqual([{ value: 2, attributes: { 'flamespan.endpoint': 'GET /a' } }]);
  expect(observed['flamespan.endpoint.cpu.time']).toEqual({ unit: 's', points: [{ value: 0.5, attributes: { 'flamespan.endpoint': 'GET /a' } }] });
  expect(observed['flamespan.collections']?.points[0]?.value).toBeGreaterThanOrEqual(1);
  expect(observed['flamespan.collection.pause.time']?.points[0]?.value).toBeGreaterThanOrEqual(0);
  const results = Object.fromEntries((observed['flamespan.exports']?.points ?? []).map(({ value, attributes }) =>
    [attributes['flamespan.export.result'], value]));
  expect(results).toEqual({ exported: 1, retried: 1, refused: 0, queue_full: 0, too_old: 0, shut_down: 0 });
  expect(observed['flamespan.export.queue.length']?.points).toMatchObject([{ value: 0 }]);
});

test('the distributions of pauses and encoding times, the overhead and the sampling interval', async () => {
  const meter = meterProvider();
  await using scene = setUp({ samplingIntervalMicros: 20_000 });
  const { processor, exporter, binding } = scene;
  exporter.answers.push({ code: 0, encodeMillis: 4 }, { code: 1, encodeMillis: 7 });
  for (const leaf of ['one', 'two']) {
    binding.sample(`main;${leaf}`);
    await processor.forceFlush();
  }
  const observed = await meter.collect();
  expect(observed['flamespan.export.encode.duration']).toMatchObject({
    unit: 's', points: [{ value: { count: 2, min: 0.004, max: 0.007 }, attributes: { 'flamespan.exporter.position': 0 } }],
  });
  const [pauses] = observed['flamespan.collection.pause.duration']?.points ?? [];
  const { count, sum } = (pauses?.value ?? {}) as { count?: number; sum?: number };
  expect(count).toBeGreaterThanOrEqual(2);
  expect(sum).toBeCloseTo(processor.stats.sampling.pauseMillisTotal / 1_000, 6);
  expect(observed['flamespan.sampling.interval']?.points).toMatchObject([{ value: 0.02 }]);
  const { value } = observed['flamespan.overhead.utilization']?.points[0] ?? {};
  expect(value).toBeGreaterThan(0);
  expect(value).toBeLessThanOrEqual(1);
  expect(observed['flamespan.samples.lost']?.points).toMatchObject([{ value: 0 }]);
});

test('after shutdown nothing is observed any more', async () => {
  const meter = meterProvider(AggregationTemporality.DELTA);
  await using scene = setUp();
  expect(Object.keys(await meter.collect())).toContain('flamespan.samples');
  await scene.processor.shutdown();
  // The pause of the shutdown itself is the last.
  expect(Object.keys(await meter.collect())).toEqual(['flamespan.collection.pause.duration']);
  const after = await meter.collect();
  expect(Object.values(after).flatMap(({ points }) => points)).toEqual([]);
});

test.each(['createHistogram', 'removeBatchObservableCallback'])('a MeterProvider without %s keeps no profile from being exported', async (missing) => {
  meterProvider();
  const provider = metrics.getMeterProvider();
  const tried: string[] = [];
  metrics.disable();
  metrics.setGlobalMeterProvider({
    getMeter: (name) => {
      tried.push(name);
      const meter = provider.getMeter(name);
      return new Proxy(meter, { get: (target, key) => (key === missing ? undefined : Reflect.get(target, key)) });
    },
  });
  await using scene = setUp();
  for (const leaf of ['one', 'two']) {
    scene.binding.sample(`main;${leaf}`);
    await scene.processor.forceFlush();
  }
  expect(scene.exporter.profiles).toHaveLength(2);
  await expect(scene.processor.shutdown()).resolves.toBeUndefined();
  expect(tried).toEqual(['@flamespan/span-processor']);
  expect(scene.processor.stats.errors).toBe(1);
});

test('the README\'s table has every metric with its unit', async () => {
  const meter = meterProvider();
  await using scene = setUp();
  scene.exporter.answers.push({ code: 0, encodeMillis: 4 });
  scene.tracer.startActiveSpan('job', (span) => { scene.binding.sample('main;work'); span.end(); });
  await scene.processor.forceFlush();
  const observed = Object.entries(await meter.collect()).map(([name, { unit }]) => `${name} ${unit}`).sort();
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const documented = Array.from(readme.matchAll(/^\| `(flamespan\.[a-z.]+)` \| [a-z-]+ \| `([^`]+)` \|/gm), ([, name, unit]) => `${name} ${unit}`).sort();
  expect(documented).toEqual(observed);
});
