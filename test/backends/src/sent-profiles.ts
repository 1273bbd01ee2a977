import type { OtlpProfile, ProfilesData, ProfilesDictionary } from '@flamespan/profile';

/** What sent messages hold of one profile type, in the terms of a backend's answers. */
export interface SentType {
  total: bigint;
  /** Sum of the values linked to each span, by the 16 hex digits of its id. */
  readonly totalBySpan: Map<string, bigint>;
}

/** Adds up sent messages by profile type, under the names that Pyroscope gives them (`wall:cpu:nanoseconds:wall:nanoseconds`). */
export function sumByType(messages: readonly ProfilesData[]): ReadonlyMap<string, SentType> {
  const types = new Map<string, SentType>();
  for (const message of messages) {
    const dictionary = message.dictionary!;
    const spanIds = dictionary.linkTable.map(({ spanId }) => Buffer.from(spanId).toString('hex'));
    for (const profile of profilesOf(message)) {
      const type = entry(types, typeName(profile, dictionary), () => ({ total: 0n, totalBySpan: new Map<string, bigint>() }));
      for (const { linkIndex, values } of profile.samples) {
        const value = values.reduce((sum, one) => sum + one, 0n);
        type.total += value;
        if (linkIndex === 0) continue;
        const spanId = spanIds[linkIndex]!;
        type.totalBySpan.set(spanId, (type.totalBySpan.get(spanId) ?? 0n) + value);
      }
    }
  }
  return types;
}

export function profilesOf({ resourceProfiles }: ProfilesData): readonly OtlpProfile[] {
  return resourceProfiles.flatMap(({ scopeProfiles }) => scopeProfiles.flatMap(({ profiles }) => profiles));
}

function typeName({ sampleType, periodType }: OtlpProfile, { stringTable }: ProfilesDictionary): string {
  const period = [stringTable[periodType!.typeStrindex], stringTable[periodType!.unitStrindex]];
  return [period[0], stringTable[sampleType!.typeStrindex], stringTable[sampleType!.unitStrindex], ...period].join(':');
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const created = create();
  map.set(key, created);
  return created;
}
