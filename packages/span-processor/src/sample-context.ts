import type { Attributes, Context, Span, SpanKind } from '@opentelemetry/api';
import { isSpanContextValid, trace, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpanLike } from './span-processor-like.ts';

const kSampleContext: unique symbol = Symbol('flamespan.sampleContext');

/**
 * The record that the native sampler notes with each sample: which span was active, and the record of its local root.
 *
 * It must stay slim and must never lead to a context holder: the sampler keeps it alive through a native handle, so
 * a path back to the holder would be a cycle that no garbage collection sees.
 */
export class SampleContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
  /** Itself for a local root. */
  readonly root: SampleContext;
  /** Local roots only: what the endpoint is made of until the span ends, then undefined. */
  pending: PendingEndpoint | undefined;
  /** Local roots only: the final name, once `pending` is undefined. */
  endpoint: string | undefined;

  constructor(traceId: string, spanId: string, sampled: boolean, root: SampleContext | undefined) {
    this.traceId = traceId;
    this.spanId = spanId;
    this.sampled = sampled;
    this.root = root ?? this;
    this.pending = undefined;
    this.endpoint = undefined;
  }
}

/** The live sources of an endpoint's name while its local root is running. */
export interface PendingEndpoint {
  /** The span's own attribute object, which instrumentations go on filling. */
  readonly attributes: Attributes;
  readonly kind: SpanKind | undefined;
  /** Where routers note the route long before it becomes an attribute (`@opentelemetry/core`'s RPCMetadata). */
  rpcMetadata: { readonly route?: string } | undefined;
}

type Marked = { [kSampleContext]?: SampleContext };

/** The record of a span that a processor saw start, or that {@link sampleContextOf} made one for. */
export function knownSampleContext(span: object): SampleContext | undefined {
  return (span as Marked)[kSampleContext];
}

/** Makes the record of a span that has just started. Its parent, if it is in this process, leads to the local root. */
export function startSampleContext(span: Span, parentContext: Context): SampleContext {
  const known = knownSampleContext(span);
  if (known !== undefined) return known;
  const parent = trace.getSpan(parentContext);
  const root = parent === undefined ? undefined : sampleContextOf(parent)?.root;
  const record = mark(span, root);
  if (root === undefined) {
    const { attributes, kind } = span as unknown as Partial<ReadableSpanLike>;
    if (attributes !== undefined) record.pending = { attributes, kind, rpcMetadata: undefined };
  }
  return record;
}

/**
 * The record of any span of this process. Spans that started before the processor existed, or that the sampler does
 * not record, get theirs here and count as local roots. Remote and invalid spans have none.
 */
export function sampleContextOf(span: Span): SampleContext | undefined {
  const known = knownSampleContext(span);
  if (known !== undefined) return known;
  const spanContext = span.spanContext();
  if (spanContext.isRemote === true || !isSpanContextValid(spanContext)) return undefined;
  return mark(span, undefined);
}

function mark(span: Span, root: SampleContext | undefined): SampleContext {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const record = new SampleContext(traceId, spanId, (traceFlags & TraceFlags.SAMPLED) !== 0, root);
  (span as Marked)[kSampleContext] = record;
  return record;
}
