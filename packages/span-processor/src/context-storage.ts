import type { Context, ContextManager } from '@opentelemetry/api';
import type { AsyncLocalStorage } from 'node:async_hooks';

/** What carries the active Context. */
export type ContextStorage = AsyncLocalStorage<Context>;

/** Where every copy of `@opentelemetry/api` 1.x registers what is global (`api/src/internal/global-utils.ts`). */
const kApiGlobals = Symbol.for('opentelemetry.js.api.1');

/**
 * The context manager that is registered now; undefined when there is none. It is read from the registry that the
 * API's copies share, since the API offers no way to ask for it.
 */
export function registeredContextManager(): ContextManager | undefined {
  return apiGlobals()?.context;
}

/** The API has no proxy for meters: instruments made before a MeterProvider is registered never report. */
export function isMeterProviderRegistered(): boolean {
  return apiGlobals()?.metrics !== undefined;
}

export function isTracerProviderRegistered(): boolean {
  return apiGlobals()?.trace !== undefined;
}

interface ApiGlobals {
  readonly context?: ContextManager;
  readonly metrics?: object;
  readonly trace?: object;
}

function apiGlobals(): ApiGlobals | undefined {
  return (globalThis as { [kApiGlobals]?: ApiGlobals })[kApiGlobals];
}

/** The storage inside `AsyncLocalStorageContextManager` (context-async-hooks 1.x to 3.x); undefined in other managers. */
export function contextStorageOf(manager: object): ContextStorage | undefined {
  const storage = (manager as { _asyncLocalStorage?: unknown })._asyncLocalStorage;
  const { enterWith, getStore, run } = (storage ?? {}) as Partial<ContextStorage>;
  const complete = typeof enterWith === 'function' && typeof getStore === 'function' && typeof run === 'function';
  return complete ? (storage as ContextStorage) : undefined;
}
