import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { SdkLine } from '../../../accuracy/src/sdk-line.ts';

class DerivedContextManager extends AsyncLocalStorageContextManager {}

export const sdkLine: SdkLine = {
  startNodeSdk(spanProcessors) {
    const sdk = new NodeSDK({
      spanProcessors: spanProcessors as SpanProcessor[],
      instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()],
      autoDetectResources: false,
    });
    sdk.start();
    return sdk;
  },
  startNodeSdkFunction: undefined,
  createTracerProvider: (spanProcessors) => new NodeTracerProvider({ spanProcessors: spanProcessors as SpanProcessor[] }),
  createContextManager: () => new AsyncLocalStorageContextManager().enable(),
  createDerivedContextManager: () => new DerivedContextManager().enable(),
};
