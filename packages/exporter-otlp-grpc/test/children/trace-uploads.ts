import { register } from 'node:module';
import { context, createContextKey, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
const spans = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }));
registerInstrumentations({ instrumentations: [new GrpcInstrumentation()] });

// Only now, as in an application that is loaded after its instrumentation.
const { OTLPProfileExporter } = await import('@flamespan/exporter-otlp-grpc');
const { profileFromStacks } = await import('@flamespan/profile/testing');

const url = process.argv[2] as string;
const suppressed = ROOT_CONTEXT.setValue(createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true);
const exportOnce = async (): Promise<void> => {
  const exporter = new OTLPProfileExporter({ url, compression: 'gzip' });
  for (let i = 0; i < 2; i++) {
    await new Promise<void>((resolve) => {
      exporter.export(profileFromStacks('main;handler 1'), ({ code, error }) => {
        if (code !== 0) console.log(error?.message);
        resolve();
      });
    });
  }
  await exporter.shutdown();
};

await context.with(suppressed, exportOnce);
console.log(`suppressed: ${spans.getFinishedSpans().length} spans`);
await context.with(ROOT_CONTEXT, exportOnce);
console.log(`not suppressed: ${spans.getFinishedSpans().length} spans`);
