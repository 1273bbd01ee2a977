import type { Profile } from '@flamespan/profile';
import { spanBytes } from './memory-size.ts';
import { ResourceTable } from './resource-table.ts';
import type { Span } from './span.ts';
import type { StoredProfile } from './stored-profile.ts';
import { indexProfile } from './stored-profile.ts';

/** Why a request was refused. */
export type RejectionReason =
  | 'body-too-large' | 'busy' | 'forbidden-host' | 'forbidden-origin' | 'internal-error' | 'malformed' | 'method-not-allowed' | 'not-found'
  | 'unsupported-content-encoding' | 'unsupported-content-type';

/** What the store holds now, and what it has done since it was created. */
export interface StoreStats {
  readonly traces: number;
  readonly spans: number;
  readonly profiles: number;
  /** Timed samples. */
  readonly samples: number;
  /** Of these, with a Link to a span. */
  readonly linkedSamples: number;
  /** Memory held, estimated, and its bound. */
  readonly bytes: number;
  readonly maxBytes: number;
  /** Dropped to stay within the bound, oldest first. */
  readonly evictedTraces: number;
  readonly evictedProfiles: number;
  /** Spans that came again and were left out. */
  readonly duplicateSpans: number;
  readonly rejectedRequests: Readonly<Partial<Record<RejectionReason, number>>>;
}

export interface StoredTrace {
  readonly traceId: string;
  /** By span id, in order of arrival. */
  readonly spans: ReadonlyMap<string, Span>;
}

/** The samples of one span in one profile: row `span` of its span table, see `samplesOf`. */
export interface SpanInProfile {
  readonly stored: StoredProfile;
  readonly span: number;
}

/** Traces and profiles in memory, bounded in bytes: the oldest go first. */
export interface Store {
  /** Spans with an id that their trace already has are left out. */
  addSpans(spans: readonly Span[]): void;
  addProfiles(profiles: readonly Profile[]): void;
  countRejectedRequest(reason: RejectionReason): void;
  stats(): StoreStats;
  /** Oldest first. */
  traces(): Iterable<StoredTrace>;
  trace(traceId: string): StoredTrace | undefined;
  /** Oldest first. */
  profiles(): Iterable<StoredProfile>;
  /** Where the samples of a span are; spans and profiles may come in any order. */
  samplesOfSpan(traceId: string, spanId: string): readonly SpanInProfile[];
  /** Grows whenever something arrives or goes. */
  readonly revision: number;
  /** Calls back after each growth of {@link revision}, once for a batch; ends with the function that it returns. */
  onChange(listener: () => void): () => void;
}

export interface StoreOptions {
  /** Bound on the memory held. @defaultValue 268 435 456 (256 MiB) */
  readonly maxBytes?: number;
}

export const DEFAULT_MAX_BYTES: number = 256 * 1024 * 1024;

export function createStore(options: StoreOptions = {}): Store {
  return new BoundedStore(options.maxBytes ?? DEFAULT_MAX_BYTES);
}

interface Trace extends StoredTrace {
  readonly spans: Map<string, Span>;
  /** Place in the order of arrival of traces and profiles. */
  readonly sequence: number;
  bytes: number;
}

interface Held {
  readonly stored: StoredProfile;
  readonly sequence: number;
  readonly bytes: number;
}

const TRACE_BYTES = 400;
/** A row of the index from spans to profiles: key, list, entry. */
const INDEX_ROW_BYTES = 300;
const NOTHING: readonly SpanInProfile[] = [];

class BoundedStore implements Store {
  readonly #maxBytes: number;
  readonly #traces = new Map<string, Trace>();
  readonly #profiles = new Map<number, Held>();
  readonly #spanIndex = new Map<string, SpanInProfile[]>();
  readonly #resources = new ResourceTable();
  readonly #rejected = new Map<RejectionReason, number>();
  #sequence = 0;
  #bytes = 0;
  #spans = 0;
  #samples = 0;
  #linkedSamples = 0;
  #evictedTraces = 0;
  #evictedProfiles = 0;
  #duplicateSpans = 0;
  #revision = 0;
  readonly #listeners = new Set<() => void>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  addSpans(spans: readonly Span[]): void {
    for (const span of spans) {
      const trace = this.#traceOf(span.traceId);
      if (trace.spans.has(span.spanId)) {
        this.#duplicateSpans++;
        continue;
      }
      const interned = this.#resources.intern(span.resource);
      const bytes = spanBytes(span) + interned.bytes;
      trace.spans.set(span.spanId, interned.resource === span.resource ? span : { ...span, resource: interned.resource });
      trace.bytes += bytes;
      this.#bytes += bytes;
      this.#spans++;
      // It would push out everything else before it goes.
      if (trace.bytes > this.#maxBytes) this.#evictTrace(trace);
    }
    this.#evict();
    this.#changed();
  }

  #traceOf(traceId: string): Trace {
    let trace = this.#traces.get(traceId);
    if (trace === undefined) {
      trace = { traceId, spans: new Map(), sequence: this.#sequence++, bytes: TRACE_BYTES };
      this.#traces.set(traceId, trace);
      this.#bytes += trace.bytes;
    }
    return trace;
  }

  addProfiles(profiles: readonly Profile[]): void {
    for (const profile of profiles) {
      const stored = indexProfile(profile);
      const bytes = stored.bytes + profile.spans.length * INDEX_ROW_BYTES;
      if (bytes > this.#maxBytes) {
        this.#evictedProfiles++;
        continue;
      }
      this.#profiles.set(this.#sequence, { stored, sequence: this.#sequence, bytes });
      this.#sequence++;
      this.#bytes += bytes;
      this.#samples += profile.samples.length;
      this.#linkedSamples += stored.linkedSamples;
      forEachSampledSpan(stored, (key, span) => {
        const places = this.#spanIndex.get(key);
        if (places === undefined) this.#spanIndex.set(key, [{ stored, span }]);
        else places.push({ stored, span });
      });
    }
    this.#evict();
    this.#changed();
  }

  #evict(): void {
    while (this.#bytes > this.#maxBytes) {
      const trace = first(this.#traces);
      const held = first(this.#profiles);
      if (trace !== undefined && (held === undefined || trace.sequence < held.sequence)) this.#evictTrace(trace);
      else if (held !== undefined) this.#evictProfile(held);
      else return;
    }
  }

  #evictTrace(trace: Trace): void {
    this.#traces.delete(trace.traceId);
    this.#bytes -= trace.bytes;
    this.#spans -= trace.spans.size;
    this.#evictedTraces++;
  }

  #evictProfile({ stored, sequence, bytes }: Held): void {
    this.#profiles.delete(sequence);
    this.#bytes -= bytes;
    this.#samples -= stored.profile.samples.length;
    this.#linkedSamples -= stored.linkedSamples;
    this.#evictedProfiles++;
    forEachSampledSpan(stored, (key) => {
      const places = this.#spanIndex.get(key);
      if (places === undefined) return;
      // Profiles go in the order in which they came, so it is the first.
      if (places.length === 1) this.#spanIndex.delete(key);
      else places.shift();
    });
  }

  countRejectedRequest(reason: RejectionReason): void {
    this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1);
  }

  get revision(): number {
    return this.#revision;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    this.#revision++;
    for (const listener of this.#listeners) listener();
  }

  stats(): StoreStats {
    return {
      traces: this.#traces.size,
      spans: this.#spans,
      profiles: this.#profiles.size,
      samples: this.#samples,
      linkedSamples: this.#linkedSamples,
      bytes: this.#bytes,
      maxBytes: this.#maxBytes,
      evictedTraces: this.#evictedTraces,
      evictedProfiles: this.#evictedProfiles,
      duplicateSpans: this.#duplicateSpans,
      rejectedRequests: Object.fromEntries(this.#rejected),
    };
  }

  traces(): Iterable<StoredTrace> {
    return this.#traces.values();
  }

  trace(traceId: string): StoredTrace | undefined {
    return this.#traces.get(traceId);
  }

  *profiles(): Iterable<StoredProfile> {
    for (const { stored } of this.#profiles.values()) yield stored;
  }

  samplesOfSpan(traceId: string, spanId: string): readonly SpanInProfile[] {
    return this.#spanIndex.get(traceId + spanId) ?? NOTHING;
  }
}

function first<V>(map: ReadonlyMap<unknown, V>): V | undefined {
  for (const value of map.values()) return value;
  return undefined;
}

function forEachSampledSpan({ profile, spanOffsets }: StoredProfile, visit: (key: string, span: number) => void): void {
  const { spans } = profile;
  for (let span = 1; span < spans.length; span++) {
    const spanId = spans.spanId[span]!;
    if (spanId !== '' && spanOffsets[span]! < spanOffsets[span + 1]!) visit(spans.traceId[span]! + spanId, span);
  }
}
