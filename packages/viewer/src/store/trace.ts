import type { InternedText, InternedTexts } from './interned-texts.ts';
import { isLocalRoot } from './local-root.ts';
import { momentOf } from './moment.ts';
import { serviceNameOf } from './process-identity.ts';
import type { TraceSamples } from './sample-index.ts';
import type { Span } from './span.ts';
import { endpointOfSpan } from './span-endpoint.ts';

/** A span that its process was called with. */
export interface LocalRoot {
  readonly span: Span;
  readonly service: string;
  /** Service and endpoint, see {@link endpointKey}. */
  readonly endpointKey: InternedText;
}

/** What is known of a trace without looking at its spans again. */
export interface StoredTrace {
  readonly traceId: string;
  /** By span id, in order of arrival. */
  readonly spans: ReadonlyMap<string, Span>;
  readonly errors: number;
  /** First start and last end, milliseconds since the Unix epoch. */
  readonly startMoment: number;
  readonly endMoment: number;
  readonly services: ReadonlySet<string>;
  /** Of its spans, once each. */
  readonly names: readonly InternedText[];
  /** The longest first; never empty. Where parents form a circle, the span that came first stands for one. */
  readonly localRoots: readonly LocalRoot[];
  /** Of the longest local root. */
  readonly durationNanos: number;
  /** As `samplesOfTrace`: those linked to its spans, arrived or not. */
  readonly samples: TraceSamples | undefined;
}

/** Where the texts of all traces are. */
export interface TraceTexts {
  readonly names: InternedTexts;
  readonly endpoints: InternedTexts;
}

const SEPARATOR = '\u0000';

export function endpointKey(service: string, endpoint: string): string {
  return `${service}${SEPARATOR}${endpoint}`;
}

export function splitEndpointKey({ text }: InternedText): { readonly service: string; readonly endpoint: string } {
  const at = text.indexOf(SEPARATOR);
  return { service: text.slice(0, at), endpoint: text.slice(at + 1) };
}

const TRACE_BYTES = 900;
const NAME_BYTES = 48;
const ROOT_BYTES = 80;
/** Up to so many a list is looked through faster than a set. */
const FEW_NAMES = 16;
/** So few are looked through with each batch. */
const FEW_ROOTS = 64;
const ERROR = 2;

/** A trace as its spans arrive, children often before their parents. */
export class Trace implements StoredTrace {
  readonly traceId: string;
  readonly spans: Map<string, Span> = new Map();
  /** Place in the order of arrival of traces and profiles. */
  readonly sequence: number;
  bytes: number = TRACE_BYTES;
  samples: TraceSamples | undefined;
  errors = 0;
  startMoment: number = Infinity;
  endMoment: number = -Infinity;
  readonly services: Set<string> = new Set();
  readonly names: InternedText[] = [];
  /** Of the names, where they are many. */
  #nameSet: Set<InternedText> | undefined;
  readonly #texts: TraceTexts;
  /** Every local root is among them; more where a parent came later. */
  #candidates: Span[] = [];
  #localRoots: readonly LocalRoot[] = [];
  #durationNanos = 0;
  #stale = false;

  constructor(traceId: string, sequence: number, texts: TraceTexts) {
    this.traceId = traceId;
    this.sequence = sequence;
    this.#texts = texts;
  }

  /** A span whose id is new here. */
  add(span: Span, bytes: number): void {
    this.bytes += bytes;
    const name = this.#texts.names.acquire(span.name);
    if (this.#nameSet?.has(name) ?? this.names.includes(name)) {
      this.#texts.names.release(name);
    } else {
      this.names.push(name);
      this.#nameSet?.add(name);
      if (this.names.length === FEW_NAMES) this.#nameSet = new Set(this.names);
      this.bytes += NAME_BYTES;
    }
    this.services.add(serviceNameOf(span.resource));
    if (span.status.code === ERROR) this.errors++;
    this.startMoment = Math.min(this.startMoment, momentOf(span.startTimeUnixNano));
    this.endMoment = Math.max(this.endMoment, momentOf(span.endTimeUnixNano));
    if (isLocalRoot(this.spans, span)) {
      this.#candidates.push(span);
      this.bytes += ROOT_BYTES;
    }
    this.spans.set(span.spanId, span);
    this.#stale = true;
  }

  get localRoots(): readonly LocalRoot[] {
    if (this.#stale) this.#findLocalRoots();
    return this.#localRoots;
  }

  get durationNanos(): number {
    if (this.#stale) this.#findLocalRoots();
    return this.#durationNanos;
  }

  /** After a batch of spans. Does no more work than the batch was, however the spans of a trace are spread. */
  settle(): void {
    if (this.#stale && (this.#candidates.length <= FEW_ROOTS || this.#candidates.length > 2 * this.#localRoots.length)) this.#findLocalRoots();
  }

  #findLocalRoots(): void {
    this.#stale = false;
    this.#candidates = this.#candidates.filter((span) => isLocalRoot(this.spans, span));
    const spans = this.#candidates.length > 0 ? this.#candidates.slice() : [...this.spans.values()].slice(0, 1);
    const before = this.#localRoots;
    this.#localRoots = spans.sort((a, b) => b.durationNanos - a.durationNanos).map((span): LocalRoot => {
      const service = serviceNameOf(span.resource);
      return { span, service, endpointKey: this.#texts.endpoints.acquire(endpointKey(service, endpointOfSpan(span) ?? span.name)) };
    });
    this.#durationNanos = this.#localRoots[0]!.span.durationNanos;
    for (const root of before) this.#texts.endpoints.release(root.endpointKey);
  }

  /** When it goes. */
  release(): void {
    for (const name of this.names) this.#texts.names.release(name);
    for (const root of this.#localRoots) this.#texts.endpoints.release(root.endpointKey);
  }
}
