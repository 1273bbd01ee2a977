import type { Attributes, Context, Span, SpanContext } from '@opentelemetry/api';
import { INVALID_SPAN_CONTEXT, isSpanContextValid, trace, TraceFlags } from '@opentelemetry/api';
import type { EndpointSource } from '@flamespan/profile';
import { rpcEndpoint } from '@flamespan/profile';
import type { ReadableSpanLike } from './span-processor-like.ts';

const kSampleContext: unique symbol = Symbol('flamespan.sampleContext');

/**
 * The record that the native sampler notes with each sample: which span was active, and the record of its local root.
 *
 * It must stay slim and must never lead to a context holder: the sampler keeps it alive through a native handle, so
 * a path back to the holder would be a cycle that no garbage collection sees. That handle also carries every record
 * through one collection of the young generation, which costs more than to allocate it.
 */
export type SampleContext = RootSampleContext | InnerSampleContext;

/** The record of a local root. Holds its endpoint, or what that is made of until the span ends. */
export class RootSampleContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
  /** Itself, so that every record has one. */
  readonly root: RootSampleContext;
  /** The live source of the endpoint; undefined once the span has ended. */
  span: ReadableSpanLike | undefined;
  /** Where routers note the route long before it becomes an attribute (`@opentelemetry/core`'s RPCMetadata). */
  rpcMetadata: { readonly route?: string } | undefined;
  /** The final name, once the span has ended. */
  endpoint: string | undefined;

  constructor(spanContext: SpanContext, span: ReadableSpanLike | undefined) {
    this.traceId = spanContext.traceId;
    this.spanId = spanContext.spanId;
    this.sampled = (spanContext.traceFlags & TraceFlags.SAMPLED) !== 0;
    this.root = this;
    this.span = span;
    this.rpcMetadata = undefined;
    this.endpoint = undefined;
  }
}

/** The record of a span below a local root. */
class InnerSampleContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
  readonly root: RootSampleContext;

  constructor(spanContext: SpanContext, root: RootSampleContext) {
    this.traceId = spanContext.traceId;
    this.spanId = spanContext.spanId;
    this.sampled = (spanContext.traceFlags & TraceFlags.SAMPLED) !== 0;
    this.root = root;
  }
}

/** Stands for spans that the sampler does not record: they have no attributes, and nobody is told of their end. */
const UNRECORDED: ReadableSpanLike = Object.freeze({ name: '', attributes: Object.freeze({}), spanContext: () => INVALID_SPAN_CONTEXT });

/** Whether waiting for the root's end may still change its endpoint. */
export function mayBeRenamed({ span }: RootSampleContext): boolean {
  if (span === undefined || span === UNRECORDED) return false;
  try {
    return rpcEndpoint(attributesOf(span)) === undefined;
  } catch {
    // Naming it will tell.
    return false;
  }
}

/** @throws what the span's accessors throw */
export function endpointSourceOf(root: RootSampleContext, span: ReadableSpanLike, ended: boolean): EndpointSource {
  const { name }: { name: unknown } = span;
  return {
    name: typeof name === 'string' ? name : '',
    kind: span.kind,
    attributes: attributesOf(span),
    route: root.rpcMetadata?.route,
    ended,
  };
}

/** Spans of an API bridge, and objects that wrap a span, may have none. */
function attributesOf({ attributes }: Partial<ReadableSpanLike>): Attributes {
  return attributes ?? {};
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
  const root = parent === undefined || isPutInByHand(parent) ? undefined : sampleContextOf(parent, undefined)?.root;
  const spanContext = span.spanContext();
  return mark(span, root === undefined
    ? new RootSampleContext(spanContext, span as unknown as ReadableSpanLike)
    : new InnerSampleContext(spanContext, root));
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
  if (current?.traceId === spanContext.traceId) return mark(span, new InnerSampleContext(spanContext, current.root));
  return mark(span, new RootSampleContext(spanContext, hasLocalParent(span) ? undefined : sourceOf(span)));
}

/**
 * Whether a parent only stands for a span of another process, although it does not say that it is remote: a sampled
 * span of this process is an object of the SDK, which has attributes, or at least is recording, as those of API bridges.
 */
function isPutInByHand(parent: Span): boolean {
  return !('attributes' in parent) && !isRecording(parent) && (parent.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

function sourceOf(span: Span): ReadableSpanLike {
  return isRecording(span) ? (span as unknown as ReadableSpanLike) : UNRECORDED;
}

function isRecording(span: Partial<Span>): boolean {
  return span.isRecording?.() === true;
}

function hasLocalParent(span: Span): boolean {
  const { parentSpanContext } = span as { parentSpanContext?: SpanContext };
  return parentSpanContext !== undefined && parentSpanContext.isRemote !== true;
}

function mark(span: Span, record: SampleContext): SampleContext {
  (span as Marked)[kSampleContext] = record;
  return record;
}
