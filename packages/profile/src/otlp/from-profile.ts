/// <reference lib="es2024.string" />
import type { LabelSetIndex, Profile, SpanIndex } from '../profile.ts';
import { isSpanId, isTraceId } from '../span-ids.ts';
import { anyValueOf, keyValuesOf } from './attribute-value.ts';
import {
  ALLOC_OBJECTS, ALLOC_SPACE, ATTR_ENDPOINT, ATTR_ENDPOINT_CALLS, ATTR_THREAD_ID, ATTR_THREAD_NAME, CPU, INUSE_OBJECTS,
  INUSE_SPACE, WALL, WIRE_TYPES,
} from './conventions.ts';
import type { WireType } from './conventions.ts';
import { DictionaryBuilder, ProfileTables } from './dictionary-builder.ts';
import { selectAttributes } from './encode-options.ts';
import type { OtlpEncodeOptions } from './encode-options.ts';
import { EMPTY_LIST } from './message-schema.ts';
import type {
  OtlpProfile, OtlpSample, OtlpValueType, ProfilesData, ResourceProfiles, ScopeProfiles,
} from './messages.ts';

const NO_BYTES = new Uint8Array(0);

/**
 * The profiles as one OTLP message with one dictionary: an OTLP Profile for each sample type of each profile that has
 * samples which are not zero. A profile without any is not there, unless it has calls per endpoint; what has neither
 * resource profiles nor anything else need not be sent.
 *
 * @experimental OTLP profiles are `v1development`.
 */
export function profilesDataFromProfile(
  profiles: Profile | readonly Profile[], options: OtlpEncodeOptions = {},
): ProfilesData {
  const dictionary = new DictionaryBuilder();
  const byResource = new Map<object, { profile: Profile; scopes: Map<string, ScopeProfilesDraft> }>();
  for (const profile of 'resource' in profiles ? [profiles] : profiles) {
    const written = new ProfileWriter(profile, dictionary, options.traceIdInLinks !== false).write();
    if (written.length === 0) continue;
    let group = byResource.get(profile.resource);
    if (group === undefined) byResource.set(profile.resource, (group = { profile, scopes: new Map() }));
    const scopeKey = JSON.stringify([profile.scope.name, profile.scope.version]);
    let draft = group.scopes.get(scopeKey);
    if (draft === undefined) group.scopes.set(scopeKey, (draft = { profile, profiles: [] }));
    draft.profiles.push(...written);
  }
  const resourceProfiles = Array.from(byResource.values(), ({ profile, scopes }): ResourceProfiles => ({
    resource: {
      attributes: keyValuesOf(selectAttributes(profile.resource.attributes, options.resourceAttributes)),
      droppedAttributesCount: 0,
      entityRefs: EMPTY_LIST,
    },
    scopeProfiles: Array.from(scopes.values(), scopeProfilesOf),
    schemaUrl: profile.resource.schemaUrl ?? '',
  }));
  return { resourceProfiles, dictionary: dictionary.build() };
}

interface ScopeProfilesDraft {
  readonly profile: Profile;
  readonly profiles: OtlpProfile[];
}

function scopeProfilesOf({ profile, profiles }: ScopeProfilesDraft): ScopeProfiles {
  const { name, version } = profile.scope;
  return {
    scope: { name, version: version ?? '', attributes: EMPTY_LIST, droppedAttributesCount: 0 },
    profiles,
    schemaUrl: '',
  };
}

/** What the samples of one span have in common. */
interface SpanReferences {
  readonly linkIndex: number;
  readonly attributeIndices: readonly number[];
}

class ProfileWriter {
  readonly #profile: Profile;
  readonly #dictionary: DictionaryBuilder;
  readonly #traceIdInLinks: boolean;
  readonly #tables: ProfileTables;
  readonly #spans: (SpanReferences | undefined)[] = [];
  readonly #labels: (readonly number[] | undefined)[] = [EMPTY_LIST];
  readonly #attributeIndices = new Map<string, readonly number[]>();

  constructor(profile: Profile, dictionary: DictionaryBuilder, traceIdInLinks: boolean) {
    this.#profile = profile;
    this.#traceIdInLinks = traceIdInLinks;
    this.#dictionary = dictionary;
    this.#tables = new ProfileTables(profile, dictionary);
  }

  write(): readonly OtlpProfile[] {
    const profile = this.#profile;
    const sampled = WIRE_TYPES.filter((type) => profile.types.includes(type.profileType));
    const drafts = sampled
      .map((type): [WireType, OtlpSample[]] => [type, this.#samplesOf(type)])
      .filter(([, samples]) => samples.length > 0);
    // The calls need one Profile to travel on, even where nothing was sampled.
    if (drafts.length === 0 && profile.endpointCalls.size > 0) drafts.push([sampled[0] ?? WALL, []]);
    return drafts.map(([type, samples], position) => this.#profileOf(type, samples, position === 0));
  }

  #profileOf(type: WireType, samples: readonly OtlpSample[], first: boolean): OtlpProfile {
    const { startTimeUnixNano, durationNanos, samplingIntervalNanos, heapIntervalBytes } = this.#profile;
    return {
      sampleType: this.#valueType(type.type, type.unit),
      samples,
      timeUnixNano: startTimeUnixNano,
      durationNano: durationNanos,
      periodType: this.#valueType(type.periodType, type.periodUnit),
      period: type.profileType === 'heap' ? heapIntervalBytes : samplingIntervalNanos,
      profileId: NO_BYTES,
      droppedAttributesCount: 0,
      originalPayloadFormat: '',
      originalPayload: NO_BYTES,
      attributeIndices: this.#profileAttributes(first),
    };
  }

  #valueType(type: string, unit: string): OtlpValueType {
    return this.#dictionary.valueType(type, unit);
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

  #samplesOf(type: WireType): OtlpSample[] {
    const { samples, heapSamples } = this.#profile;
    switch (type) {
      case WALL:
        return this.#timedSamples(samples.wallNanos);
      case CPU:
        return this.#timedSamples(samples.cpuNanos);
      case INUSE_OBJECTS:
        return this.#heapSamples(heapSamples.objects);
      case INUSE_SPACE:
        return this.#heapSamples(heapSamples.bytes);
      case ALLOC_OBJECTS:
        return this.#heapSamples(heapSamples.allocatedObjects);
      case ALLOC_SPACE:
        return this.#heapSamples(heapSamples.allocatedBytes);
      default:
        throw new Error(`no samples are known for the wire type ${type.type}/${type.unit}`);
    }
  }

  #timedSamples(values: BigInt64Array): OtlpSample[] {
    const { length, stack, span, labelSet, timeUnixNano } = this.#profile.samples;
    const written: OtlpSample[] = [];
    for (let i = 0; i < length; i++) {
      const value = values[i] as bigint;
      if (value === 0n) continue;
      const references = this.#spanReferences(span[i] as number);
      written.push({
        stackIndex: this.#tables.stack(stack[i] as number),
        attributeIndices: this.#sampleAttributes(span[i] as number, labelSet[i] as number),
        linkIndex: references.linkIndex,
        values: [value],
        timestampsUnixNano: [timeUnixNano[i] as bigint],
      });
    }
    return written;
  }

  /** Samples without a time are aggregates: one for each stack, also where two stacks are the same on the wire. */
  #heapSamples(values: BigInt64Array): OtlpSample[] {
    const { length, stack } = this.#profile.heapSamples;
    const sums = new Map<number, bigint>();
    for (let i = 0; i < length; i++) {
      const value = values[i] as bigint;
      if (value === 0n) continue;
      const stackIndex = this.#tables.stack(stack[i] as number);
      sums.set(stackIndex, (sums.get(stackIndex) ?? 0n) + value);
    }
    return Array.from(sums, ([stackIndex, sum]) => ({
      stackIndex, attributeIndices: EMPTY_LIST, linkIndex: 0, values: [sum], timestampsUnixNano: EMPTY_LIST,
    }));
  }

  /** One list for each pair of a span's endpoint and a label set. */
  #sampleAttributes(span: SpanIndex, labelSet: LabelSetIndex): readonly number[] {
    const { attributeIndices } = this.#spanReferences(span);
    if (labelSet === 0) return attributeIndices;
    const key = `${attributeIndices[0] ?? 0}/${labelSet}`;
    let indices = this.#attributeIndices.get(key);
    if (indices === undefined) {
      indices = [...attributeIndices, ...this.#labelAttributes(labelSet)];
      this.#attributeIndices.set(key, indices);
    }
    return indices;
  }

  #labelAttributes(labelSet: LabelSetIndex): readonly number[] {
    return (this.#labels[labelSet] ??= this.#createLabelAttributes(labelSet));
  }

  /** Keys are unique within a sample, also where they are the same only on the wire; `endpoint` is not the user's. */
  #createLabelAttributes(labelSet: LabelSetIndex): readonly number[] {
    const written = new Set(['', ATTR_ENDPOINT]);
    const indices: number[] = [];
    for (const [rawKey, value] of this.#profile.labelSets[labelSet] ?? []) {
      const key = rawKey.toWellFormed();
      if (!written.has(key)) indices.push(this.#dictionary.stringAttribute(key, value));
      written.add(key);
    }
    return indices;
  }

  #spanReferences(span: SpanIndex): SpanReferences {
    return (this.#spans[span] ??= this.#createSpanReferences(span));
  }

  #createSpanReferences(span: SpanIndex): SpanReferences {
    const { spans, strings, linkScope } = this.#profile;
    const endpoint = strings[spans.endpoint[span] as number] as string;
    const traceId = spans.traceId[span] as string;
    const spanId = (linkScope === 'local-root' ? spans.localRootSpanId : spans.spanId)[span] as string;
    const linked = spans.sampled[span] === 1 && isTraceId(traceId) && isSpanId(spanId);
    return {
      linkIndex: linked ? this.#dictionary.link(this.#traceIdInLinks ? traceId.toLowerCase() : '', spanId.toLowerCase()) : 0,
      attributeIndices: endpoint === '' ? EMPTY_LIST : [this.#dictionary.stringAttribute(ATTR_ENDPOINT, endpoint)],
    };
  }
}
