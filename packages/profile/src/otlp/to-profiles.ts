import type { InstrumentationScope, Resource } from '../attributes.ts';
import type { Profile, Thread } from '../profile.ts';
import { attributesOf } from './attribute-value.ts';
import { ATTR_ENDPOINT_CALLS, ATTR_THREAD_ID, ATTR_THREAD_NAME, WIRE_TYPES } from './conventions.ts';
import type { WireType } from './conventions.ts';
import { ProfileDecodeError } from './decode-error.ts';
import { ElementBudget, withDefaultLimits } from './decode-limits.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { DictionaryReader } from './dictionary-reader.ts';
import type { OtlpProfile, ProfilesData, ResourceProfiles, ScopeProfiles } from './messages.ts';
import { WindowCollector } from './window-collector.ts';

/** OTLP Profiles of a sample type that a {@link Profile} has no place for. */
export interface IgnoredSampleType {
  readonly sampleType: string;
  readonly sampleUnit: string;
  /** How many OTLP Profiles, with how many samples in all. */
  readonly profiles: number;
  readonly samples: number;
}

export interface DecodedProfiles {
  /** One for each resource, scope, thread and window, in the order received. */
  readonly profiles: readonly Profile[];
  /** What else there was, each sample type once. */
  readonly ignored: readonly IgnoredSampleType[];
}

/**
 * The inverse of `profilesDataFromProfile`, also for what other producers sent: references are resolved, inlined frames
 * become frames of their own, and line numbers that do not fit become 0.
 *
 * A Link names one span, so that all profiles come with the link scope `'span'` and without local roots.
 *
 * @throws {@link ProfileDecodeError} for an index outside of its table, an id of a wrong length, samples of an invalid
 * shape, and when `limits.maxElements` is exceeded.
 * @experimental OTLP profiles are `v1development`.
 */
export function profilesFromProfilesData(data: ProfilesData, limits?: DecodeLimits): DecodedProfiles {
  const budget = new ElementBudget(withDefaultLimits(limits).maxElements);
  const dictionary = new DictionaryReader(data);
  const ignored = new Map<string, IgnoredSampleType>();
  const profiles: Profile[] = [];
  for (const resourceProfiles of data.resourceProfiles) {
    const resource = resourceOf(resourceProfiles, dictionary);
    for (const scopeProfiles of resourceProfiles.scopeProfiles) {
      const windows = new Windows(dictionary, budget);
      for (const profile of scopeProfiles.profiles) {
        checkProfileId(profile);
        const type = wireTypeOf(profile, dictionary);
        if (type === undefined) addIgnored(ignored, profile, dictionary, budget);
        else windows.add(type, profile);
      }
      profiles.push(...windows.build(resource, scopeOf(scopeProfiles)));
    }
  }
  return { profiles, ignored: [...ignored.values()] };
}

interface Window {
  readonly collector: WindowCollector;
  readonly first: OtlpProfile;
  readonly thread: Thread;
}

/** The windows of one scope. */
class Windows {
  readonly #dictionary: DictionaryReader;
  readonly #budget: ElementBudget;
  readonly #all: Window[] = [];
  readonly #open = new Map<string, Window>();

  constructor(dictionary: DictionaryReader, budget: ElementBudget) {
    this.#dictionary = dictionary;
    this.#budget = budget;
  }

  add(type: WireType, profile: OtlpProfile): void {
    const thread = this.#threadOf(profile);
    this.#budget.charge(1, thread.name);
    const key = JSON.stringify([String(profile.timeUnixNano), String(profile.durationNano), thread.id, thread.name]);
    let window = this.#open.get(key);
    // A sample type comes once in a window, so the second one begins another.
    if (window === undefined || window.collector.has(type)) {
      window = { collector: new WindowCollector(this.#dictionary, this.#budget), first: profile, thread };
      this.#open.set(key, window);
      this.#all.push(window);
    }
    window.collector.add(type, profile);
    this.#addEndpointCalls(window.collector, profile);
  }

  build(resource: Resource, scope: InstrumentationScope): Profile[] {
    return this.#all.map(({ collector, first, thread }) => collector.build(first, resource, scope, thread));
  }

  #threadOf({ attributeIndices }: OtlpProfile): Thread {
    return {
      id: this.#dictionary.number(this.#dictionary.attribute(attributeIndices, ATTR_THREAD_ID)) ?? 0,
      name: this.#dictionary.stringAttribute(attributeIndices, ATTR_THREAD_NAME),
    };
  }

  #addEndpointCalls(collector: WindowCollector, { attributeIndices }: OtlpProfile): void {
    const calls = this.#dictionary.attribute(attributeIndices, ATTR_ENDPOINT_CALLS);
    if (calls?.case !== 'kvlistValue') return;
    for (const { key, keyStrindex, value } of calls.value.values) {
      const endpoint = key || this.#dictionary.string(keyStrindex);
      this.#budget.charge(1, endpoint);
      const count = this.#dictionary.number(value);
      if (count !== undefined) collector.addEndpointCalls(endpoint, count);
    }
  }
}

function resourceOf({ resource, schemaUrl }: ResourceProfiles, dictionary: DictionaryReader): Resource {
  const attributes = attributesOf(resource?.attributes ?? [], (index) => dictionary.string(index));
  return schemaUrl === '' ? { attributes } : { attributes, schemaUrl };
}

function scopeOf({ scope }: ScopeProfiles): InstrumentationScope {
  const name = scope?.name ?? '';
  return scope === undefined || scope.version === '' ? { name } : { name, version: scope.version };
}

function wireTypeOf({ sampleType }: OtlpProfile, dictionary: DictionaryReader): WireType | undefined {
  const { type, unit } = dictionary.valueType(sampleType);
  return WIRE_TYPES.find((known) => known.type === type && known.unit === unit);
}

function addIgnored(
  ignored: Map<string, IgnoredSampleType>, { sampleType, samples }: OtlpProfile, dictionary: DictionaryReader, budget: ElementBudget,
): void {
  const { type, unit } = dictionary.valueType(sampleType);
  budget.charge(1, type, unit);
  const key = JSON.stringify([type, unit]);
  const before = ignored.get(key);
  ignored.set(key, {
    sampleType: type,
    sampleUnit: unit,
    profiles: (before?.profiles ?? 0) + 1,
    samples: (before?.samples ?? 0) + samples.length,
  });
}

function checkProfileId({ profileId }: OtlpProfile): void {
  if (profileId.length === 0 || profileId.length === 16) return;
  throw new ProfileDecodeError('ERR_INVALID_ID', `a Profile has a profile_id of ${profileId.length} bytes, not 16`);
}
