import type { ContextManager, TracerProvider } from '@opentelemetry/api';

/** One line of OpenTelemetry's SDK, as users set it up. Span processors differ in their types only. */
export interface SdkLine {
  /** `new NodeSDK(...).start()` with the HTTP and Express instrumentations. */
  startNodeSdk(spanProcessors: readonly object[]): RunningSdk;
  /** `startNodeSdk(...)`; SDK 3.x only. */
  readonly startNodeSdkFunction: ((spanProcessors: readonly object[]) => RunningSdk) | undefined;
  /** A tracer provider that is not registered. */
  createTracerProvider(spanProcessors: readonly object[]): TracerProvider & RunningSdk;
  /** The default one. */
  createContextManager(): ContextManager;
  /** A subclass of the default one. */
  createDerivedContextManager(): ContextManager;
}

export interface RunningSdk {
  shutdown(): Promise<unknown>;
}
