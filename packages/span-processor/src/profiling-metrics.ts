import type { Attributes, BatchObservableResult, Histogram, Meter, Observable } from '@opentelemetry/api';
import { metrics } from '@opentelemetry/api';
import type { EndpointUsage } from './endpoint-usage.ts';
import type { ProfilingStats } from './profiling-stats.ts';

const METER_NAME = '@flamespan/span-processor';

/** What the metrics say. */
interface Figures {
  readonly stats: ProfilingStats;
  /** Since the processor was created. */
  readonly endpoints: Iterable<readonly [endpoint: string, usage: EndpointUsage]>;
}

/** Where the figures come from when a reader collects them. */
export interface MetricsSource {
  read(): Figures;
}

interface Definition {
  readonly name: string;
  readonly kind: 'counter' | 'up-down-counter' | 'gauge';
  readonly unit: string;
  readonly description: string;
  readonly observe: (figures: Figures) => Iterable<readonly [value: number, attributes: Attributes]>;
}

/**
 * What is observed when a reader collects, cumulative, under the naming rules of OpenTelemetry's semantic conventions. README.md has
 * them as a table, which a test compares with what comes of this list and of {@link MetricsRecorder}.
 */
const METRICS: readonly Definition[] = [
  {
    name: 'flamespan.samples', kind: 'counter', unit: '{sample}',
    description: 'Samples taken, by whether a span was active',
    observe: ({ stats: { sampling } }) => [
      [sampling.samplesWithSpan, { 'flamespan.sample.has_span': true }],
      [sampling.samples - sampling.samplesWithSpan, { 'flamespan.sample.has_span': false }],
    ],
  },
  {
    name: 'flamespan.collections', kind: 'counter', unit: '{collection}',
    description: 'Collections of samples out of the native profiler',
    observe: ({ stats: { sampling } }) => [[sampling.collections, {}]],
  },
  {
    name: 'flamespan.collection.pause.time', kind: 'counter', unit: 's',
    description: 'Time the event loop stood still for collections',
    observe: ({ stats: { sampling } }) => [[sampling.pauseMillisTotal / 1_000, {}]],
  },
  {
    name: 'flamespan.samples.lost', kind: 'counter', unit: '{sample}',
    description: 'Samples that were due while others were collected, and so were not taken',
    observe: ({ stats: { sampling } }) => [[sampling.samplesLost, {}]],
  },
  {
    name: 'flamespan.sampling.interval', kind: 'gauge', unit: 's',
    description: 'Time between two samples; longer than was asked for while overheadBudget is exceeded',
    observe: ({ stats: { overhead } }) => [[overhead.samplingIntervalMicros / 1e6, {}]],
  },
  {
    name: 'flamespan.overhead.utilization', kind: 'gauge', unit: '1',
    description: 'Share of the time of the thread that collecting samples and encoding profiles take, to compare with overheadBudget',
    observe: ({ stats: { overhead } }) => [[overhead.utilization, {}]],
  },
  {
    name: 'flamespan.errors', kind: 'counter', unit: '{error}',
    description: 'Faults of the profiler that were kept away from the application',
    observe: ({ stats }) => [[stats.errors, {}]],
  },
  {
    name: 'flamespan.exports', kind: 'counter', unit: '{profile}',
    description: 'Profiles by what became of them; retried ones are tried again',
    observe: ({ stats: { queues } }) => queues.flatMap((queue) => [
      [queue.exported, { ...exporter(queue), 'flamespan.export.result': 'exported' }] as const,
      [queue.retried, { ...exporter(queue), 'flamespan.export.result': 'retried' }] as const,
      ...Object.entries(queue.dropped).map(([reason, count]) =>
        [count, { ...exporter(queue), 'flamespan.export.result': reason.replaceAll(' ', '_') }] as const),
    ]),
  },
  {
    name: 'flamespan.export.queue.length', kind: 'up-down-counter', unit: '{profile}',
    description: 'Profiles that wait for their exporter or are under way',
    observe: ({ stats: { queues } }) => queues.map((queue) => [queue.length, exporter(queue)] as const),
  },
  {
    name: 'flamespan.export.queue.size', kind: 'up-down-counter', unit: 'By',
    description: 'Memory held by profiles that wait for their exporter or are under way',
    observe: ({ stats: { queues } }) => queues.map((queue) => [queue.byteLength, exporter(queue)] as const),
  },
  {
    name: 'flamespan.endpoint.calls', kind: 'counter', unit: '{call}',
    description: 'Finished calls of an endpoint, sampled traces or not',
    observe: ({ endpoints }) => Array.from(endpoints, ([name, { calls }]) => [calls, { 'flamespan.endpoint': name }] as const),
  },
  {
    name: 'flamespan.endpoint.cpu.time', kind: 'counter', unit: 's',
    description: 'CPU time of the thread spent for an endpoint',
    observe: ({ endpoints }) =>
      Array.from(endpoints, ([name, { cpuNanos }]) => [Number(cpuNanos) / 1e9, { 'flamespan.endpoint': name }] as const),
  },
];

/** Several exporters of one class are told apart by their place in the options. */
function exporter({ exporter: name, position }: Pick<ProfilingStats['queues'][number], 'exporter' | 'position'>): Attributes {
  return { 'flamespan.exporter': name, 'flamespan.exporter.position': position };
}

/** Around the 15 ms that no collection should take. */
const PAUSE_BOUNDARIES_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25];
const ENCODE_BOUNDARIES_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** The metrics that are registered. The distributions among them are recorded as they happen. */
export class MetricsRecorder {
  readonly #pauses: Histogram;
  readonly #encodes: Histogram;
  readonly #unobserve: () => void;

  /** Registers with the MeterProvider that is registered now. What is observed costs nothing until a reader collects it. */
  constructor(source: MetricsSource) {
    const meter = metrics.getMeter(METER_NAME);
    this.#pauses = meter.createHistogram('flamespan.collection.pause.duration', {
      unit: 's', description: 'Time for which the event loop stood still at once for a collection or what follows from it',
      advice: { explicitBucketBoundaries: PAUSE_BOUNDARIES_SECONDS },
    });
    this.#encodes = meter.createHistogram('flamespan.export.encode.duration', {
      unit: 's', description: 'Time of the thread that one export spent encoding, in all its slices',
      advice: { explicitBucketBoundaries: ENCODE_BOUNDARIES_SECONDS },
    });
    this.#unobserve = observeMetrics(meter, source);
  }

  recordPause(millis: number): void {
    this.#pauses.record(millis / 1_000);
  }

  recordEncode(millis: number, by: Parameters<typeof exporter>[0]): void {
    this.#encodes.record(millis / 1_000, exporter(by));
  }

  /** Nothing is observed any more. */
  stop(): void {
    this.#unobserve();
  }
}

function observeMetrics(meter: Meter, source: MetricsSource): () => void {
  const observed = METRICS.map((definition) => [definition, instrumentOf(meter, definition)] as const);
  const instruments = observed.map(([, instrument]) => instrument);
  const callback = (result: BatchObservableResult): void => {
    const figures = source.read();
    for (const [{ observe }, instrument] of observed) {
      for (const [value, attributes] of observe(figures)) result.observe(instrument, value, attributes);
    }
  };
  meter.addBatchObservableCallback(callback, instruments);
  return () => meter.removeBatchObservableCallback(callback, instruments);
}

function instrumentOf(meter: Meter, { name, kind, unit, description }: Definition): Observable {
  const options = { unit, description };
  if (kind === 'counter') return meter.createObservableCounter(name, options);
  return kind === 'gauge' ? meter.createObservableGauge(name, options) : meter.createObservableUpDownCounter(name, options);
}
