/// <reference lib="es2024.string" />
import { hasValues } from '../has-values.ts';
import type { LabelSetIndex, Profile, SpanIndex } from '../profile.ts';
import { isSpanId, isTraceId } from '../span-ids.ts';
import { anyValueOf, keyValuesOf } from './attribute-value.ts';
import {
  ALLOC_OBJECTS, ALLOC_SPACE, ATTR_ENDPOINT, ATTR_ENDPOINT_CALLS, ATTR_THREAD_ID, ATTR_THREAD_NAME, CPU, INUSE_OBJECTS,
  INUSE_SPACE, WALL, WIRE_TYPES,
} from './conventions.ts';
import type { WireType } from './conventions.ts';
import { DictionaryBuilder } from './dictionary-builder.ts';
import type { DictionarySource } from './dictionary-builder.ts';
import { selectAttributes } from './encode-options.ts';
import type { OtlpEncodeOptions } from './encode-options.ts';
import { EMPTY_LIST } from './message-schema.ts';
import type { OtlpProfile, OtlpSample, ProfilesData, ResourceProfiles, ScopeProfiles } from './messages.ts';
import { ProfileTables } from './profile-tables.ts';

const NO_BYTES = new Uint8Array(0);
/** Samples that are made from one place to interrupt the work to the next. All of their stacks may be new. */
const SAMPLES_OF_SLICE = 32;

/** A message whose samples and tables are made while they are read: the samples first, since they fill the tables. */
export interface ProfilesDataSource {
  readonly resourceProfiles: readonly Source<ResourceProfiles, 'scopeProfiles', Source<ScopeProfiles, 'profiles', ProfileSource>>[];
  readonly dictionary: DictionarySource;
}

/**
 * A sample is valid until the next one is asked for. undefined is no sample, but a place where the work may be
 * interrupted.
 */
type ProfileSource = Omit<OtlpProfile, 'samples'> & { readonly samples: Iterable<OtlpSample | undefined> };
type Source<T, K extends keyof T, V> = Omit<T, K> & { readonly [P in K]: readonly V[] };

/**
 * The profiles as one OTLP message with one dictionary: an OTLP Profile for each sample type of each profile that has
 * samples which are not zero. A profile without any is not there, unless it has calls per endpoint; what has neither
 * resource profiles nor anything else need not be sent.
 *
 * @experimental OTLP profiles are `v1development`.
 */
export function profilesDataFromProfile(profiles: Profile | readonly Profile[], options?: OtlpEncodeOptions): ProfilesData {
  const { resourceProfiles, dictionary } = profilesDataSource(profiles, options);
  return {
    resourceProfiles: resourceProfiles.map((resource) => ({
      ...resource,
      scopeProfiles: resource.scopeProfiles.map((scope) => ({
        ...scope,
        profiles: scope.profiles.map((profile) => ({ ...profile, samples: [...copies(profile.samples)] })),
      })),
    })),
    dictionary: {
      mappingTable: [...dictionary.mappingTable],
      locationTable: [...dictionary.locationTable],
      functionTable: [...dictionary.functionTable],
      linkTable: Array.from(dictionary.linkTable, ({ traceId, spanId }) => ({ traceId: traceId.slice(), spanId: spanId.slice() })),
      stringTable: [...dictionary.stringTable],
      attributeTable: [...dictionary.attributeTable],
      stackTable: Array.from(dictionary.stackTable, ({ locationIndices }) => ({ locationIndices: Array.from(locationIndices) })),
    },
  };
}

function* copies(samples: ProfileSource['samples']): Generator<OtlpSample> {
  for (const sample of samples) {
    if (sample !== undefined) yield { ...sample, values: [...sample.values], timestampsUnixNano: [...sample.timestampsUnixNano] };
  }
}

/**
 * Whether there is anything to send of the profile: samples that are not zero, or calls per endpoint.
 *
 * @experimental OTLP profiles are `v1development`.
 */
export function hasOtlpContent(profile: Profile): boolean {
  return profile.endpointCalls.size > 0 || presentTypes(profile).length > 0;
}

/** {@link profilesDataFromProfile} for encoders, which need no entry any more once it is written. */
export function profilesDataSource(profiles: Profile | readonly Profile[], options: OtlpEncodeOptions = {}): ProfilesDataSource {
  const sources = 'resource' in profiles ? [profiles] : profiles;
  const dictionary = new DictionaryBuilder(sources.reduce((most, { stacks }) => Math.max(most, stacks.length), 0));
  const byResource = new Map<object, { profile: Profile; scopes: Map<string, ScopeProfilesDraft> }>();
  for (const profile of sources) {
    const written = new ProfileWriter(profile, dictionary, options.traceIdInLinks !== false).write();
    if (written.length === 0) continue;
    let group = byResource.get(profile.resource);
    if (group === undefined) byResource.set(profile.resource, (group = { profile, scopes: new Map() }));
    const scopeKey = JSON.stringify([profile.scope.name, profile.scope.version]);
    let draft = group.scopes.get(scopeKey);
    if (draft === undefined) group.scopes.set(scopeKey, (draft = { profile, profiles: [] }));
    draft.profiles.push(...written);
  }
  const resourceProfiles = Array.from(byResource.values(), ({ profile, scopes }) => ({
    resource: {
      attributes: keyValuesOf(selectAttributes(profile.resource.attributes, options.resourceAttributes)),
      droppedAttributesCount: 0,
      entityRefs: EMPTY_LIST,
    },
    scopeProfiles: Array.from(scopes.values(), scopeProfilesOf),
    schemaUrl: profile.resource.schemaUrl ?? '',
  }));
  return { resourceProfiles, dictionary: dictionary.tables() };
}

interface ScopeProfilesDraft {
  readonly profile: Profile;
  readonly profiles: ProfileSource[];
}

function scopeProfilesOf({ profile, profiles }: ScopeProfilesDraft): Source<ScopeProfiles, 'profiles', ProfileSource> {
  const { name, version } = profile.scope;
  return {
    scope: { name, version: version ?? '', attributes: EMPTY_LIST, droppedAttributesCount: 0 },
    profiles,
    schemaUrl: '',
  };
}

class ProfileWriter {
  readonly #profile: Profile;
  readonly #dictionary: DictionaryBuilder;
  readonly #traceIdInLinks: boolean;
  readonly #tables: ProfileTables;
  /** Link index + 1 of each span; 0 = not yet known. */
  readonly #links: Int32Array;
  /** By endpoint and label set. */
  readonly #attributeIndices = new Map<number, readonly number[]>();

  constructor(profile: Profile, dictionary: DictionaryBuilder, traceIdInLinks: boolean) {
    this.#profile = profile;
    this.#traceIdInLinks = traceIdInLinks;
    this.#dictionary = dictionary;
    this.#tables = new ProfileTables(profile, dictionary);
    this.#links = new Int32Array(profile.spans.length);
  }

  write(): readonly ProfileSource[] {
    const profile = this.#profile;
    const present = presentTypes(profile);
    if (present.length > 0) return present.map((type, position) => this.#profileOf(type, position === 0, this.#samplesOf(type)));
    if (profile.endpointCalls.size === 0) return [];
    // The calls need one Profile to travel on, even where nothing was sampled.
    const type = WIRE_TYPES.find(({ profileType }) => profile.types.includes(profileType)) ?? WALL;
    return [this.#profileOf(type, true, EMPTY_LIST)];
  }

  #samplesOf(type: WireType): ProfileSource['samples'] {
    const values = valuesOf(this.#profile, type);
    return { [Symbol.iterator]: () => (type.profileType === 'heap' ? this.#heapSamples(values) : this.#timedSamples(values)) };
  }

  #profileOf(type: WireType, first: boolean, samples: ProfileSource['samples']): ProfileSource {
    const { startTimeUnixNano, durationNanos, samplingIntervalNanos, heapIntervalBytes } = this.#profile;
    return {
      sampleType: this.#dictionary.valueType(type.type, type.unit),
      samples,
      timeUnixNano: startTimeUnixNano,
      durationNano: durationNanos,
      periodType: this.#dictionary.valueType(type.periodType, type.periodUnit),
      period: type.profileType === 'heap' ? heapIntervalBytes : samplingIntervalNanos,
      profileId: NO_BYTES,
      droppedAttributesCount: 0,
      originalPayloadFormat: '',
      originalPayload: NO_BYTES,
      attributeIndices: this.#profileAttributes(first),
    };
  }

  /** The calls are on the window's first Profile only, so that nobody counts them twice. */
  #profileAttributes(first: boolean): readonly number[] {
    const { thread, endpointCalls } = this.#profile;
    const dictionary = this.#dictionary;
    const indices = [dictionary.attribute(ATTR_THREAD_ID, anyValueOf(thread.id), String(thread.id))];
    if (thread.name !== '') indices.push(dictionary.stringAttribute(ATTR_THREAD_NAME, thread.name));
    if (first && endpointCalls.size > 0) {
      const calls = new Map<string, number>();
      for (const [endpoint, count] of endpointCalls) {
        const key = endpoint.toWellFormed();
        calls.set(key, (calls.get(key) ?? 0) + count);
      }
      const value = anyValueOf(Object.fromEntries(calls));
      indices.push(dictionary.attribute(ATTR_ENDPOINT_CALLS, value, JSON.stringify([...calls])));
    }
    return indices;
  }

  *#timedSamples(values: BigInt64Array): Generator<OtlpSample | undefined> {
    const { length, stack, span, labelSet, timeUnixNano } = this.#profile.samples;
    const sample = { stackIndex: 0, attributeIndices: EMPTY_LIST as readonly number[], linkIndex: 0, values: [0n], timestampsUnixNano: [0n] };
    for (let i = 0; i < length; i++) {
      if (i % SAMPLES_OF_SLICE === 0) yield undefined;
      const value = values[i] as bigint;
      if (value === 0n) continue;
      sample.stackIndex = this.#tables.stack(stack[i] as number);
      sample.attributeIndices = this.#attributesOf(span[i] as number, labelSet[i] as number);
      sample.linkIndex = this.#linkOf(span[i] as number);
      sample.values[0] = value;
      sample.timestampsUnixNano[0] = timeUnixNano[i] as bigint;
      yield sample;
    }
  }

  /** Samples without a time are aggregates: one for each stack, also where two stacks are the same on the wire. */
  *#heapSamples(values: BigInt64Array): Generator<OtlpSample | undefined> {
    const { length, stack } = this.#profile.heapSamples;
    const sums = new Map<number, bigint>();
    for (let i = 0; i < length; i++) {
      if (i % SAMPLES_OF_SLICE === 0) yield undefined;
      const value = values[i] as bigint;
      if (value === 0n) continue;
      const stackIndex = this.#tables.stack(stack[i] as number);
      sums.set(stackIndex, (sums.get(stackIndex) ?? 0n) + value);
    }
    for (const [stackIndex, sum] of sums) {
      yield { stackIndex, attributeIndices: EMPTY_LIST, linkIndex: 0, values: [sum], timestampsUnixNano: EMPTY_LIST };
    }
  }

  #attributesOf(span: SpanIndex, labelSet: LabelSetIndex): readonly number[] {
    const { spans, labelSets } = this.#profile;
    const endpoint = spans.endpoint[span] as number;
    const key = endpoint * labelSets.length + labelSet;
    let indices = this.#attributeIndices.get(key);
    if (indices === undefined) this.#attributeIndices.set(key, (indices = this.#createAttributes(endpoint, labelSet)));
    return indices;
  }

  /** Keys are unique within a sample, also where they are the same only on the wire; `endpoint` is not the user's. */
  #createAttributes(endpointString: number, labelSet: LabelSetIndex): readonly number[] {
    const { strings, labelSets } = this.#profile;
    const endpoint = strings[endpointString] as string;
    const indices = endpoint === '' ? [] : [this.#dictionary.stringAttribute(ATTR_ENDPOINT, endpoint)];
    const written = new Set(['', ATTR_ENDPOINT]);
    for (const [rawKey, value] of labelSets[labelSet] ?? []) {
      const key = rawKey.toWellFormed();
      if (!written.has(key)) indices.push(this.#dictionary.stringAttribute(key, value));
      written.add(key);
    }
    return indices;
  }

  #linkOf(span: SpanIndex): number {
    const known = this.#links[span] as number;
    if (known !== 0) return known - 1;
    const { spans, linkScope } = this.#profile;
    const traceId = spans.traceId[span] as string;
    const spanId = (linkScope === 'local-root' ? spans.localRootSpanId : spans.spanId)[span] as string;
    const linked = spans.sampled[span] === 1 && isTraceId(traceId) && isSpanId(spanId);
    const index = linked ? this.#dictionary.link(this.#traceIdInLinks ? traceId.toLowerCase() : '', spanId.toLowerCase()) : 0;
    this.#links[span] = index + 1;
    return index;
  }
}

/** The types that have samples which are not zero. */
function presentTypes(profile: Profile): WireType[] {
  return WIRE_TYPES.filter((type) => profile.types.includes(type.profileType) && hasValues(valuesOf(profile, type)));
}

function valuesOf({ samples, heapSamples }: Profile, type: WireType): BigInt64Array {
  switch (type) {
    case WALL:
      return samples.wallNanos;
    case CPU:
      return samples.cpuNanos;
    case INUSE_OBJECTS:
      return heapSamples.objects;
    case INUSE_SPACE:
      return heapSamples.bytes;
    case ALLOC_OBJECTS:
      return heapSamples.allocatedObjects;
    case ALLOC_SPACE:
      return heapSamples.allocatedBytes;
    default:
      throw new Error(`no samples are known for the wire type ${type.type}/${type.unit}`);
  }
}
