import { processIdentityOf } from './process-identity.ts';
import type { Span } from './span.ts';

/** Whether a span's parent is unknown here or in another process: the span is where its process was called. */
export function isLocalRoot(spans: ReadonlyMap<string, Span>, span: Span): boolean {
  const parent = span.parentSpanId === '' ? undefined : spans.get(span.parentSpanId);
  return parent === undefined || (parent.resource !== span.resource && processIdentityOf(parent.resource) !== processIdentityOf(span.resource));
}
