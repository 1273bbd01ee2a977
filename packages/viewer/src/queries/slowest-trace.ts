import type { Span } from '../store/span.ts';
import { endpointOfSpan } from '../store/span-endpoint.ts';
import type { Store } from '../store/store.ts';
import type { StoredTrace } from '../store/trace.ts';

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

function longestLocalRoot({ localRoots }: StoredTrace, options: SlowestTraceOptions, longerThanNanos: number): Span | undefined {
  return localRoots.find(({ span, service }) => span.durationNanos > longerThanNanos
    && (options.service === undefined || service === options.service)
    && (options.endpoint === undefined || endpointOfSpan(span) === options.endpoint))?.span;
}

function hasSamples(store: Store, { traceId, spans }: StoredTrace): boolean {
  for (const spanId of store.samplesOfTrace(traceId)?.spans.keys() ?? []) if (spans.has(spanId)) return true;
  return false;
}
