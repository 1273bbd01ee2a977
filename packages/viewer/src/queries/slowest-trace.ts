import { processIdentityOf, serviceNameOf } from '../store/process-identity.ts';
import type { Span } from '../store/span.ts';
import { endpointOfSpan } from './span-endpoint.ts';
import type { Store, StoredTrace } from '../store/store.ts';

export interface SlowestTraceOptions {
  /** Only calls of this endpoint, such as `GET /users/:id`. @defaultValue all */
  readonly endpoint?: string;
  /** Only calls of this `service.name`. @defaultValue all */
  readonly service?: string;
  /** Only traces that have a sample linked to one of their spans. @defaultValue false */
  readonly sampled?: boolean;
}

export interface SlowestTrace {
  readonly traceId: string;
  /** The call that makes the trace slow: the longest of its local root spans that match. */
  readonly localRoot: Span;
}

/**
 * The trace with the longest call. A call is a local root span: one whose parent is unknown here or in another
 * process. What it left running in the background does not make it longer.
 */
export function slowestTrace(store: Store, options: SlowestTraceOptions = {}): SlowestTrace | undefined {
  let slowest: SlowestTrace | undefined;
  for (const trace of store.traces()) {
    const localRoot = longestLocalRoot(trace, options, slowest?.localRoot.durationNanos ?? -1);
    if (localRoot === undefined || (options.sampled === true && !hasSamples(store, trace))) continue;
    slowest = { traceId: trace.traceId, localRoot };
  }
  return slowest;
}

function longestLocalRoot(trace: StoredTrace, options: SlowestTraceOptions, longerThanNanos: number): Span | undefined {
  let longest: Span | undefined;
  let nanos = longerThanNanos;
  for (const span of trace.spans.values()) {
    if (span.durationNanos <= nanos || !isLocalRoot(trace, span)) continue;
    if (options.service !== undefined && serviceNameOf(span.resource) !== options.service) continue;
    if (options.endpoint !== undefined && endpointOfSpan(span) !== options.endpoint) continue;
    longest = span;
    nanos = span.durationNanos;
  }
  return longest;
}

function isLocalRoot(trace: StoredTrace, span: Span): boolean {
  const parent = span.parentSpanId === '' ? undefined : trace.spans.get(span.parentSpanId);
  return parent === undefined || processIdentityOf(parent.resource) !== processIdentityOf(span.resource);
}

function hasSamples(store: Store, trace: StoredTrace): boolean {
  for (const spanId of trace.spans.keys()) {
    if (store.samplesOfSpan(trace.traceId, spanId).length > 0) return true;
  }
  return false;
}
