import type { Summary } from '../queries/summary.ts';

/** What is missing, and what to set so that it comes. Empty when nothing is. */
export function emptyStateLines(summary: Summary, url: string): string[] {
  const { profiles, samples, linkedSamples, traces } = summary;
  if (traces === 0 && profiles === 0) {
    return [
      'Nothing has arrived yet. Point a service here and send it some requests:',
      '',
      `  OTEL_EXPORTER_OTLP_ENDPOINT=${url}`,
      '',
      'with these span processors:',
      '',
      ...SPAN_PROCESSORS,
      '',
      'Profiles are sent once a minute (exportIntervalMillis) and at shutdown().',
    ];
  }
  if (profiles === 0) {
    return [
      'Traces arrive, profiles do not. Add the profiling span processor:',
      '',
      ...SPAN_PROCESSORS,
      '',
      'Profiles are sent once a minute (exportIntervalMillis) and at shutdown().',
      'Where OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT is set, it must be',
      '',
      `  ${url}/v1development/profiles`,
    ];
  }
  if (traces === 0) {
    return [
      'Profiles arrive, traces do not. `spanProcessors` switches `traceExporter` off:',
      'name both processors.',
      '',
      ...SPAN_PROCESSORS,
    ];
  }
  if (samples === 0) {
    return ['Profiles arrive without timed samples. Let `profileTypes` include wall or cpu.'];
  }
  if (linkedSamples === 0) {
    return [
      'Profiles arrive, but no sample has a Link to a span. A span must be the active',
      'one while its code runs (startActiveSpan, context.with), and its trace must be',
      'sampled.',
    ];
  }
  return [];
}

const SPAN_PROCESSORS = [
  '  new NodeSDK({',
  '    spanProcessors: [',
  '      new ProfilingSpanProcessor({ exporter: new OTLPProfileExporter() }),',
  '      new BatchSpanProcessor({ exporter: new OTLPTraceExporter() }),',
  '    ],',
  '  }).start();',
] as const;
