import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';

/** `@opentelemetry/core`'s key; the API makes equal descriptions equal keys, so core need not be imported. */
const SUPPRESS_TRACING_KEY = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

const OWN_CONTEXT = ROOT_CONTEXT.setValue(SUPPRESS_TRACING_KEY, true);

/**
 * Runs work of our own: outside of every span, so that no user's span is charged for it, and without tracing, so
 * that uploads create no spans. Everything that `work` starts asynchronously inherits this.
 */
export function runOwnWork<T>(work: () => T): T {
  return context.with(OWN_CONTEXT, work);
}
