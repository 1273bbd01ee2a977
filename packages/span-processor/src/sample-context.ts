import type { Context, Span, SpanContext } from '@opentelemetry/api';
import { isSpanContextValid, trace, TraceFlags } from '@opentelemetry/api';
import type { EndpointSource } from '@flamespan/profile';
import { rpcEndpoint } from '@flamespan/profile';
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
  running: RunningRoot | undefined;
  /** Local roots only: the final name, once the span has ended. */
  endpoint: string | undefined;

  constructor(traceId: string, spanId: string, sampled: boolean, root: SampleContext | undefined) {
    this.traceId = traceId;
    this.spanId = spanId;
    this.sampled = sampled;
    this.root = root ?? this;
    this.running = undefined;
    this.endpoint = undefined;
  }
}

/** The live sources of a local root's endpoint. */
export interface RunningRoot {
  /** undefined for spans that the sampler does not record: they have no attributes, and nobody is told of their end. */
  readonly span: ReadableSpanLike | undefined;
  /** Where routers note the route long before it becomes an attribute (`@opentelemetry/core`'s RPCMetadata). */
  rpcMetadata: { readonly route?: string } | undefined;
}

/** Whether waiting for the root's end may still change its endpoint. */
export function mayBeRenamed({ span }: RunningRoot): boolean {
  return span !== undefined && rpcEndpoint(span.attributes) === undefined;
}

export function endpointSourceOf({ span, rpcMetadata }: RunningRoot, ended: boolean): EndpointSource {
  return {
    name: span?.name ?? '',
    kind: span?.kind,
    attributes: span?.attributes ?? {},
    route: rpcMetadata?.route,
    ended,
  };
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
  const root = parent === undefined ? undefined : sampleContextOf(parent, undefined)?.root;
  const record = mark(span, root);
  if (root === undefined) record.running = { span: span as unknown as ReadableSpanLike, rpcMetadata: undefined };
  return record;
}

/**
 * The record of any span of this process. Spans that started before the processor existed, or that the sampler does
 * not record, get theirs here: the root of `current`, the record that is active while the span's Context is entered,
 * is theirs if it is of the same trace; otherwise they count as local roots themselves.
 */
export function sampleContextOf(span: Span, current: SampleContext | undefined): SampleContext | undefined {
  const known = knownSampleContext(span);
  if (known !== undefined) return known;
  const spanContext = span.spanContext();
  if (spanContext.isRemote === true || !isSpanContextValid(spanContext)) return undefined;
  const root = current?.traceId === spanContext.traceId ? current.root : undefined;
  const record = mark(span, root);
  if (root === undefined && !hasLocalParent(span)) {
    record.running = { span: span.isRecording() ? (span as unknown as ReadableSpanLike) : undefined, rpcMetadata: undefined };
  }
  return record;
}

function hasLocalParent(span: Span): boolean {
  const { parentSpanContext } = span as { parentSpanContext?: SpanContext };
  return parentSpanContext !== undefined && parentSpanContext.isRemote !== true;
}

function mark(span: Span, root: SampleContext | undefined): SampleContext {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const record = new SampleContext(traceId, spanId, (traceFlags & TraceFlags.SAMPLED) !== 0, root);
  (span as Marked)[kSampleContext] = record;
  return record;
}
