import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** Tracing as a service has it; the environment names the server. */
export function startNodeSdk(...processors: readonly SpanProcessor[]): void {
  new NodeSDK({
    serviceName: 'overhead',
    autoDetectResources: false,
    instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()],
    spanProcessors: [...processors, new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  }).start();
}
