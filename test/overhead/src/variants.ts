export const VARIANT_NAMES = [
  'plain', 'ours', 'dd-trace', 'splunk', 'pyroscope', 'dd-trace-tracing', 'splunk-tracing',
  '@datadog/pprof',
] as const;
export type VariantName = (typeof VARIANT_NAMES)[number];

export interface Variant {
  readonly label: string;
  /** The same without profiling: what its figures are compared with. */
  readonly baseline?: VariantName;
  /** For the document. */
  readonly settings: string;
}

export const VARIANTS: Readonly<Record<VariantName, Variant>> = {
  plain: {
    label: 'plain OTel',
    settings: '`NodeSDK` with HTTP and Express instrumentation and a `BatchSpanProcessor` that sends OTLP (protobuf) to a local server; no profiling',
  },
  ours: {
    label: 'Flamespan',
    baseline: 'plain',
    settings: 'plain OTel and `ProfilingSpanProcessor` (its defaults: wall, CPU and heap at 99 Hz) with `OTLPProfileExporter`; the bundled packages, as users get them',
  },
  'dd-trace': {
    label: 'dd-trace',
    baseline: 'dd-trace-tracing',
    settings: '`profiling: true`, its defaults: wall, CPU and heap at 99 Hz, code hotspots, endpoints and timeline on; runtime telemetry and remote configuration off',
  },
  splunk: {
    label: '@splunk/otel',
    baseline: 'splunk-tracing',
    settings: '`start({ profiling: { memoryProfilingEnabled: true } })`, its defaults: call stacks at 1 Hz, memory; metrics and logs off',
  },
  pyroscope: {
    label: '@pyroscope/nodejs',
    baseline: 'plain',
    settings: 'plain OTel and `init({ wall: { collectCpuTime: true } })`: wall, CPU and heap at 100 Hz; it does not link samples to spans',
  },
  'dd-trace-tracing': { label: 'dd-trace, tracing only', settings: 'dd-trace without profiling, the baseline of dd-trace' },
  'splunk-tracing': { label: '@splunk/otel, tracing only', settings: '@splunk/otel without profiling, the baseline of @splunk/otel' },
  '@datadog/pprof': { label: '@datadog/pprof', settings: 'the native profiler that most of them use, with its own serialiser and encoder, and no tracing' },
};

/** What instruments an application: tracing with and without profiling. */
export const TRACING_VARIANTS: readonly VariantName[] = VARIANT_NAMES.filter((name) => name !== '@datadog/pprof');

/** The variants with the baselines that they are compared with. */
export function withBaselines(names: readonly VariantName[]): VariantName[] {
  const wanted = new Set(names.flatMap((name) => [VARIANTS[name].baseline ?? name, name]));
  return VARIANT_NAMES.filter((name) => wanted.has(name));
}
