/** Loaded before the application. */
import { register } from 'node:module';
import { DatadogProfileExporter } from '@flamespan/exporter-datadog';
import { OTLPProfileExporter } from '@flamespan/exporter-otlp-http';
import { ProfilingSpanProcessor, recordUnsampled, withProfileLabels } from '@flamespan/span-processor';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import type { Sampler } from '@opentelemetry/sdk-trace';
import { installTracing } from './tracing.ts';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

/** Keeps every trace but those of `/dark`. */
const sampler: Sampler = {
  shouldSample(context, _traceId, _name, _kind, attributes) {
    const dark = trace.getSpanContext(context)?.traceFlags === 0 || attributes['url.path'] === '/dark' || attributes['http.target'] === '/dark';
    return { decision: dark ? SamplingDecision.NOT_RECORD : SamplingDecision.RECORD_AND_SAMPLED };
  },
  toString: () => 'NotInTheDark',
};

const sdk = new NodeSDK({
  sampler: recordUnsampled(sampler),
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()],
  spanProcessors: [
    new ProfilingSpanProcessor({
      exporter: [new DatadogProfileExporter(), new OTLPProfileExporter()],
      exportIntervalMillis: Number(process.env['EXPORT_INTERVAL_MILLIS']),
      endpointGraceMillis: 500,
    }),
  ],
});
sdk.start();

const tracer = trace.getTracer('app');
installTracing({
  inSpan: (name, work) =>
    tracer.startActiveSpan(name, (span) => {
      try {
        return work();
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    }),
  withLabels: withProfileLabels,
  drop() {
    // The sampler has said so.
  },
  stop: () => sdk.shutdown(),
});
