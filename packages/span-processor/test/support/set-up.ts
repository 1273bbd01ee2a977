import type { ContextManager } from '@opentelemetry/api';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ProfilingSpanProcessorOptions } from '@flamespan/span-processor';
import { ProfilingSpanProcessor } from '@flamespan/span-processor';
import type { CollectingExporter } from './collecting-exporter.ts';
import { createCollectingExporter } from './collecting-exporter.ts';
import type { FakeBinding } from './fake-binding.ts';
import { createFakeBinding } from './fake-binding.ts';

export interface SetUp extends AsyncDisposable {
  readonly processor: ProfilingSpanProcessor;
  readonly exporter: CollectingExporter;
  readonly binding: FakeBinding;
  readonly tracer: ReturnType<TracerProvider['getTracer']>;
}

export interface SetUpOptions extends Partial<ProfilingSpanProcessorOptions> {
  readonly sampler?: Sampler;
  readonly binding?: FakeBinding;
  /** @defaultValue OpenTelemetry's own */
  readonly contextManager?: ContextManager;
  /** Register the context manager only after the processor was made, as NodeSDK does. */
  readonly lateManager?: boolean;
}

/** A provider with the processor over a fake sampler, and OpenTelemetry's own context manager. */
export function setUp(options: SetUpOptions = {}): SetUp {
  const { sampler, binding = createFakeBinding(), lateManager = false, contextManager, ...processorOptions } = options;
  const exporter = createCollectingExporter();
  const register = (): void => {
    context.setGlobalContextManager(contextManager ?? new AsyncLocalStorageContextManager());
  };
  if (!lateManager) register();
  const processor = new ProfilingSpanProcessor({ exporter, ...processorOptions }, binding);
  if (lateManager) register();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop' }),
    spanProcessors: [processor satisfies SpanProcessor],
    ...(sampler === undefined ? {} : { sampler }),
  });
  trace.setGlobalTracerProvider(provider);
  return {
    processor,
    exporter,
    binding,
    tracer: provider.getTracer('test'),
    async [Symbol.asyncDispose]() {
      await provider.shutdown();
      trace.disable();
      context.disable();
    },
  };
}
