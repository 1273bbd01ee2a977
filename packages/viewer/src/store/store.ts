import type { Profile, Resource } from '@flamespan/profile';
import type { InternedText } from './interned-texts.ts';
import { InternedTexts } from './interned-texts.ts';
import { spanBytes } from './memory-size.ts';
import { FINGERPRINT_BYTES, profileFingerprint } from './profile-fingerprint.ts';
import { ResourceTable } from './resource-table.ts';
import type { SpanInProfile, TraceSamples } from './sample-index.ts';
import { SampleIndex, sampleIndexBytes } from './sample-index.ts';
import type { Span } from './span.ts';
import type { StoredProfile } from './stored-profile.ts';
import { indexProfile } from './stored-profile.ts';
import type { StoredTrace } from './trace.ts';
import { Trace } from './trace.ts';

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
  /** Profiles that came again and were left out. */
  readonly duplicateProfiles: number;
  readonly rejectedRequests: Readonly<Partial<Record<RejectionReason, number>>>;
}

/** Traces and profiles in memory, bounded in bytes: the oldest go first. */
export interface Store {
  /** Spans with an id that their trace already has are left out. */
  addSpans(spans: readonly Span[]): void;
  /** A profile that is held already, the same in every sample, is left out: who gets no answer sends again. */
  addProfiles(profiles: readonly Profile[]): void;
  countRejectedRequest(reason: RejectionReason): void;
  stats(): StoreStats;
  /** Oldest first. */
  traces(): Iterable<StoredTrace>;
  trace(traceId: string): StoredTrace | undefined;
  /** Oldest first. */
  profiles(): Iterable<StoredProfile>;
  profile(id: number): StoredProfile | undefined;
  /** Oldest first; see `processIdentityOf`. */
  profilesOfProcess(process: string): readonly StoredProfile[];
  samplesOfTrace(traceId: string): TraceSamples | undefined;
  /** Resources of the spans held, with the number of spans. */
  spanResources(): ReadonlyMap<Resource, number>;
  /** Names of the spans held, once each, and the endpoints of their local roots, see `endpointKey`. */
  spanNames(): Iterable<InternedText>;
  endpointKeys(): Iterable<InternedText>;
  /** Where the samples of a span are; spans and profiles may come in any order. */
  samplesOfSpan(traceId: string, spanId: string): readonly SpanInProfile[];
  /** Grows whenever something arrives or goes. */
  readonly revision: number;
  /** Calls back after each growth of {@link revision}, once for a batch, until the function that it returns is called. A listener must not throw. */
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

interface Held {
  readonly stored: StoredProfile;
  readonly bytes: number;
  readonly fingerprint: string;
}

const NO_SAMPLES: readonly SpanInProfile[] = [];
const NO_PROFILES: readonly StoredProfile[] = [];

class BoundedStore implements Store {
  readonly #maxBytes: number;
  readonly #traces = new Map<string, Trace>();
  readonly #profiles = new Map<number, Held>();
  /** Of the profiles held. */
  readonly #fingerprints = new Set<string>();
  readonly #byProcess = new Map<string, StoredProfile[]>();
  readonly #sampleIndex = new SampleIndex();
  readonly #texts = { names: new InternedTexts(), endpoints: new InternedTexts() };
  readonly #spanResources = new Map<Resource, number>();
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
  #duplicateProfiles = 0;
  #revision = 0;
  readonly #listeners = new Set<() => void>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  addSpans(spans: readonly Span[]): void {
    const touched = new Set<Trace>();
    for (const span of spans) {
      const trace = this.#traceOf(span.traceId);
      if (trace.spans.has(span.spanId)) {
        this.#duplicateSpans++;
        continue;
      }
      touched.add(trace);
      const { resource, bytes } = this.#resources.intern(span.resource);
      const before = trace.bytes;
      trace.add(resource === span.resource ? span : { ...span, resource }, spanBytes(span) + bytes);
      this.#bytes += trace.bytes - before;
      this.#spans++;
      this.#spanResources.set(resource, (this.#spanResources.get(resource) ?? 0) + 1);
      // It would push out everything else before it goes.
      if (trace.bytes > this.#maxBytes) this.#evictTrace(trace);
    }
    for (const trace of touched) if (this.#traces.get(trace.traceId) === trace) trace.settle();
    this.#evict();
    this.#changed();
  }

  #traceOf(traceId: string): Trace {
    let trace = this.#traces.get(traceId);
    if (trace === undefined) {
      trace = new Trace(traceId, this.#sequence++, this.#texts);
      trace.samples = this.#sampleIndex.trace(traceId);
      this.#traces.set(traceId, trace);
      this.#bytes += trace.bytes;
    }
    return trace;
  }

  addProfiles(profiles: readonly Profile[]): void {
    for (const profile of profiles) {
      const fingerprint = profileFingerprint(profile);
      if (this.#fingerprints.has(fingerprint)) {
        this.#duplicateProfiles++;
        continue;
      }
      const stored = indexProfile(profile, this.#sequence++);
      const bytes = stored.bytes + sampleIndexBytes(stored) + FINGERPRINT_BYTES;
      if (bytes > this.#maxBytes) {
        this.#evictedProfiles++;
        continue;
      }
      this.#profiles.set(stored.id, { stored, bytes, fingerprint });
      this.#fingerprints.add(fingerprint);
      const ofProcess = this.#byProcess.get(stored.process);
      if (ofProcess === undefined) this.#byProcess.set(stored.process, [stored]);
      else ofProcess.push(stored);
      this.#bytes += bytes;
      this.#samples += profile.samples.length;
      this.#linkedSamples += stored.linkedSamples;
      this.#setSamples(this.#sampleIndex.add(stored));
    }
    this.#evict();
    this.#changed();
  }

  #heldBytes(): number {
    return this.#bytes + this.#texts.names.bytes + this.#texts.endpoints.bytes;
  }

  #evict(): void {
    while (this.#heldBytes() > this.#maxBytes) {
      const trace = first(this.#traces);
      const held = first(this.#profiles);
      if (trace !== undefined && (held === undefined || trace.sequence < held.stored.id)) this.#evictTrace(trace);
      else if (held !== undefined) this.#evictProfile(held);
      else return;
    }
  }

  #evictTrace(trace: Trace): void {
    this.#traces.delete(trace.traceId);
    trace.release();
    for (const { resource } of trace.spans.values()) {
      const others = (this.#spanResources.get(resource) ?? 0) - 1;
      if (others > 0) this.#spanResources.set(resource, others);
      else this.#spanResources.delete(resource);
    }
    this.#bytes -= trace.bytes;
    this.#spans -= trace.spans.size;
    this.#evictedTraces++;
  }

  #evictProfile({ stored, bytes, fingerprint }: Held): void {
    this.#profiles.delete(stored.id);
    this.#fingerprints.delete(fingerprint);
    const ofProcess = this.#byProcess.get(stored.process);
    // The oldest of all is the oldest of its process.
    ofProcess?.shift();
    if (ofProcess?.length === 0) this.#byProcess.delete(stored.process);
    this.#bytes -= bytes;
    this.#samples -= stored.profile.samples.length;
    this.#linkedSamples -= stored.linkedSamples;
    this.#evictedProfiles++;
    this.#setSamples(this.#sampleIndex.remove(stored));
  }

  #setSamples(traceIds: readonly string[]): void {
    for (const traceId of traceIds) {
      const trace = this.#traces.get(traceId);
      if (trace !== undefined) trace.samples = this.#sampleIndex.trace(traceId);
    }
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
      bytes: this.#heldBytes(),
      maxBytes: this.#maxBytes,
      evictedTraces: this.#evictedTraces,
      evictedProfiles: this.#evictedProfiles,
      duplicateSpans: this.#duplicateSpans,
      duplicateProfiles: this.#duplicateProfiles,
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

  profile(id: number): StoredProfile | undefined {
    return this.#profiles.get(id)?.stored;
  }

  profilesOfProcess(process: string): readonly StoredProfile[] {
    return this.#byProcess.get(process) ?? NO_PROFILES;
  }

  samplesOfTrace(traceId: string): TraceSamples | undefined {
    return this.#sampleIndex.trace(traceId);
  }

  samplesOfSpan(traceId: string, spanId: string): readonly SpanInProfile[] {
    return this.#sampleIndex.trace(traceId)?.spans.get(spanId) ?? NO_SAMPLES;
  }

  spanResources(): ReadonlyMap<Resource, number> {
    return this.#spanResources;
  }

  spanNames(): Iterable<InternedText> {
    return this.#texts.names;
  }

  endpointKeys(): Iterable<InternedText> {
    return this.#texts.endpoints;
  }
}

function first<V>(map: ReadonlyMap<unknown, V>): V | undefined {
  for (const value of map.values()) return value;
  return undefined;
}
