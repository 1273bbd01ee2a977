/**
 * Loaded before both applications:
 * `OTEL_SERVICE_NAME=shop-cart node --import ./src/instrumentation.ts src/server.ts`.
 */
import { register } from 'node:module';
import { OTLPProfileExporter } from '@flamespan/exporter-otlp-http';
import { ProfilingSpanProcessor } from '@flamespan/span-processor';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';

// ES modules are instrumented through this hook only. Without it there are no gRPC spans and no `http.route`.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const sdk = new NodeSDK({
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation(), new GrpcInstrumentation()],
  spanProcessors: [
    new ProfilingSpanProcessor({
      exporter: new OTLPProfileExporter(),
      exportIntervalMillis: Number(process.env.FLAMESPAN_EXPORT_INTERVAL_MILLIS ?? 60_000),
    }),
    new BatchSpanProcessor({ exporter: new OTLPTraceExporter() }),
  ],
});
sdk.start();

// On SIGTERM and SIGINT the application stops listening and answers what is under way. Only then is there nothing left
// to do, and the last spans and the last profile can be sent.
process.once('beforeExit', () => {
  sdk.shutdown().catch((error: unknown) => {
    console.error('telemetry was not sent completely:', error);
    process.exitCode = 1;
  });
});
