/** The set-up of a user, with `diag` and the ended spans kept for the test. */
import { register } from 'node:module';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { OTLPProfileExporter } from '@flamespan/exporter-otlp-http';
import { ProfilingSpanProcessor } from '@flamespan/span-processor';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { AppReport, AppSettings, EndedSpan, LoggedMessage } from './messages.ts';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const logged: LoggedMessage[] = [];
const at = (level: LoggedMessage['level']) => (...parts: unknown[]): void => {
  logged.push({ level, text: parts.map(String).join(' ') });
};
diag.setLogger({ error: at('error'), warn: at('warn'), info: at('info'), debug: () => {}, verbose: () => {} }, { logLevel: DiagLogLevel.INFO });

const spans: EndedSpan[] = [];
const recorder: SpanProcessor = {
  onStart: () => {},
  onEnd: (span) => {
    const { traceId, spanId } = span.spanContext();
    spans.push({ traceId, spanId, name: span.name, kind: span.kind });
  },
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

const settings = JSON.parse(process.env['DELIVERY_APP'] ?? '') as AppSettings;
const processor = new ProfilingSpanProcessor({ ...settings.processor, exporter: new OTLPProfileExporter(settings.exporter) });
const sdk = new NodeSDK({
  serviceName: 'delivery-app',
  autoDetectResources: false,
  instrumentations: [new HttpInstrumentation()],
  spanProcessors: [processor, recorder],
});
sdk.start();

process.on('message', (message) => {
  if (message === 'report') process.send?.({ type: 'report', stats: processor.stats, logged, spans } satisfies AppReport);
});
process.once('SIGTERM', () => {
  void sdk.shutdown().then(() => process.exit());
});
