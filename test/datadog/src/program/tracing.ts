/** What the application asks of the tracer that it runs under. */
export interface Tracing {
  inSpan<T>(name: string, work: () => T): T;
  withLabels<T>(labels: Readonly<Record<string, string>>, work: () => T): T;
  /** Says that the active trace is not to be kept, where the sampler has not said so. */
  drop(): void;
  /** Sends what is left. */
  stop(): Promise<void>;
}

const KEY = Symbol.for('flamespan.test-datadog.tracing');

export function installTracing(tracing: Tracing): void {
  (globalThis as Record<symbol, unknown>)[KEY] = tracing;
}

export function installedTracing(): Tracing {
  return (globalThis as Record<symbol, unknown>)[KEY] as Tracing;
}
