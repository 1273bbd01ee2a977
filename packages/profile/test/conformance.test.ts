import { profilesDataFromProfile } from '@flamespan/profile';
import type { OtlpProfile, OtlpSample, ProfilesData, ProfilesDictionary } from '@flamespan/profile';
import { checkConformance, CONFORMANCE_RULES, profileFromStacks } from '@flamespan/profile/testing';
import { describe, expect, it } from 'vitest';

const conforming = profilesDataFromProfile(
  profileFromStacks(`
    main;handler;sort 3 @list GET /users/:id
    main;loop 1
    main;handler;parse 4 objects 2048 bytes
  `),
);

type Breach = (data: ProfilesData) => ProfilesData;

/** For each rule the breaches that it must find, each on its own. */
const BREACHES: Readonly<Record<string, Readonly<Record<string, Breach>>>> = {
  'structure-complete': {
    'nothing at all': (data) => ({ ...data, resourceProfiles: [] }),
    'no scopes': (data) => ({ ...data, resourceProfiles: data.resourceProfiles.map((rp) => ({ ...rp, scopeProfiles: [] })) }),
    'no profiles': (data) => withScope(data, () => []),
  },
  'sample-type-set': {
    'no sample type': (data) => withProfile(data, ({ sampleType: _sampleType, ...profile }) => profile),
    'no unit': (data) => withProfile(data, (profile) => ({ ...profile, sampleType: { typeStrindex: 1, unitStrindex: 0 } })),
  },
  'period-set': {
    'period 0': (data) => withProfile(data, (profile) => ({ ...profile, period: 0n })),
    'no period type': (data) => withProfile(data, ({ periodType: _periodType, ...profile }) => profile),
  },
  'window-set': {
    'no start': (data) => withProfile(data, (profile) => ({ ...profile, timeUnixNano: 0n })),
    'no duration': (data) => withProfile(data, (profile) => ({ ...profile, durationNano: 0n })),
  },
  'timestamp-in-window': {
    'the time is the end': (data) => withProfile(data, (profile) => ({ ...profile, timeUnixNano: profile.timeUnixNano + profile.durationNano })),
    'a sample at the end': (data) => withSample(data, (sample, profile) => ({ ...sample, timestampsUnixNano: [profile.timeUnixNano + profile.durationNano] })),
    'duration 0': (data) => withProfile(data, (profile) => ({ ...profile, durationNano: 0n })),
  },
  'sample-not-empty': {
    'neither value nor time': (data) => withSample(data, (sample) => ({ ...sample, values: [], timestampsUnixNano: [] })),
  },
  'sample-parallel': {
    'two values, one time': (data) => withSample(data, (sample) => ({ ...sample, values: [1n, 2n] })),
  },
  'sample-single': {
    'two of both': (data) => withSample(data, (sample) => ({
      ...sample, values: [1n, 2n], timestampsUnixNano: [...sample.timestampsUnixNano, ...sample.timestampsUnixNano],
    })),
    'two values alone': (data) => withSample(data, (sample) => ({ ...sample, values: [1n, 2n], timestampsUnixNano: [] })),
  },
  'sample-shape-uniform': {
    'one without a time': (data) => withSample(data, (sample) => ({ ...sample, timestampsUnixNano: [] })),
  },
  'aggregates-merged': {
    'a heap sample twice': (data) => withScope(data, (profiles) =>
      profiles.map((profile) => ({ ...profile, samples: [...profile.samples, profile.samples[0] as OtlpSample] }))),
  },
  'profile-id': {
    'too short': (data) => withProfile(data, (profile) => ({ ...profile, profileId: Uint8Array.of(1) })),
    'all zero': (data) => withProfile(data, (profile) => ({ ...profile, profileId: new Uint8Array(16) })),
  },
  'original-payload': {
    'without its format': (data) => withProfile(data, (profile) => ({ ...profile, originalPayload: Uint8Array.of(1) })),
    'format without payload': (data) => withProfile(data, (profile) => ({ ...profile, originalPayloadFormat: 'pprof' })),
    'unknown format': (data) => withProfile(data, (profile) => ({ ...profile, originalPayload: Uint8Array.of(1), originalPayloadFormat: 'gif' })),
  },
  'table-present': {
    'no dictionary': ({ resourceProfiles }) => ({ resourceProfiles }),
    'no links': (data) => withTable(data, 'linkTable', () => []),
    'no mappings': (data) => withTable(data, 'mappingTable', () => []),
  },
  'zero-entry': {
    'a first string': (data) => withTable(data, 'stringTable', ([, ...rest]) => ['x', ...rest]),
    'a first attribute with a value': (data) => withTable(data, 'attributeTable', ([first, ...rest]) => [{ ...first!, value: { case: undefined } }, ...rest]),
    'a first Link of zeros': (data) => withTable(data, 'linkTable', ([, ...rest]) => [{ traceId: new Uint8Array(16), spanId: new Uint8Array(8) }, ...rest]),
    'a first mapping': (data) => withTable(data, 'mappingTable', ([first]) => [{ ...first!, memoryLimit: 1n }]),
    'a first location': (data) => withTable(data, 'locationTable', ([first, ...rest]) => [{ ...first!, address: 1n }, ...rest]),
    'a first function': (data) => withTable(data, 'functionTable', ([first, ...rest]) => [{ ...first!, startLine: 1n }, ...rest]),
    'a first stack': (data) => withTable(data, 'stackTable', ([, ...rest]) => [{ locationIndices: [1] }, ...rest]),
  },
  'index-in-range': {
    'stack beyond the table': (data) => withSample(data, (sample) => ({ ...sample, stackIndex: 99 })),
    'link below 0': (data) => withSample(data, (sample) => ({ ...sample, linkIndex: -1 })),
    'sample attribute': (data) => withSample(data, (sample) => ({ ...sample, attributeIndices: [99] })),
    'profile attribute': (data) => withProfile(data, (profile) => ({ ...profile, attributeIndices: [99] })),
    'sample type': (data) => withProfile(data, (profile) => ({ ...profile, sampleType: { typeStrindex: 99, unitStrindex: 1 } })),
    'period unit': (data) => withProfile(data, (profile) => ({ ...profile, periodType: { typeStrindex: 1, unitStrindex: 99 } })),
    'location of a stack': (data) => withLast(data, 'stackTable', () => ({ locationIndices: [99] })),
    'mapping of a location': (data) => withLast(data, 'locationTable', (location) => ({ ...location, mappingIndex: 1 })),
    'function of a line': (data) => withLast(data, 'locationTable', (location) => ({ ...location, lines: [{ functionIndex: 99, line: 1n, column: 0n }] })),
    'attribute of a location': (data) => withLast(data, 'locationTable', (location) => ({ ...location, attributeIndices: [99] })),
    'name of a function': (data) => withLast(data, 'functionTable', (fn) => ({ ...fn, nameStrindex: 99 })),
    'system name': (data) => withLast(data, 'functionTable', (fn) => ({ ...fn, systemNameStrindex: 99 })),
    'file of a function': (data) => withLast(data, 'functionTable', (fn) => ({ ...fn, filenameStrindex: 99 })),
    'file of a mapping': (data) => withLast(data, 'mappingTable', (mapping) => ({ ...mapping, filenameStrindex: 99 })),
    'attribute of a mapping': (data) => withLast(data, 'mappingTable', (mapping) => ({ ...mapping, attributeIndices: [99] })),
    'key of an attribute': (data) => withLast(data, 'attributeTable', (attribute) => ({ ...attribute, keyStrindex: 99 })),
    'unit of an attribute': (data) => withLast(data, 'attributeTable', (attribute) => ({ ...attribute, unitStrindex: 99 })),
    'key of a resource attribute': (data) => withResourceAttribute(data, '', 99),
    'string in a list in an attribute': (data) => withLast(data, 'attributeTable', (attribute) => ({
      ...attribute, value: { case: 'arrayValue', value: { values: [{ case: 'stringValueStrindex', value: 99 }] } },
    })),
  },
  'no-duplicates': {
    strings: (data) => withTable(data, 'stringTable', (strings) => [...strings, strings[1] as string]),
    functions: (data) => withTable(data, 'functionTable', (functions) => [...functions, functions[1]!]),
    locations: (data) => withTable(data, 'locationTable', (locations) => [...locations, locations[1]!]),
    stacks: (data) => withTable(data, 'stackTable', (stacks) => [...stacks, stacks[1]!]),
    links: (data) => withTable(data, 'linkTable', (links) => [...links, { ...links[1]!, traceId: links[1]!.traceId.slice() }]),
    attributes: (data) => withTable(data, 'attributeTable', (attributes) => [...attributes, attributes[1]!]),
    'mappings with attributes in another order': (data) => withTable(data, 'mappingTable', ([zero]) => [
      zero!, { ...zero!, memoryLimit: 1n, attributeIndices: [1, 2] }, { ...zero!, memoryLimit: 1n, attributeIndices: [2, 1] },
    ]),
  },
  'no-orphans': {
    string: (data) => withTable(data, 'stringTable', (strings) => [...strings, 'nobody']),
    function: (data) => withTable(data, 'functionTable', (functions) => [...functions, { ...functions[1]!, startLine: 77n }]),
    location: (data) => withTable(data, 'locationTable', (locations) => [...locations, { ...locations[1]!, address: 77n }]),
    stack: (data) => withTable(data, 'stackTable', (stacks) => [...stacks, { locationIndices: [1, 1] }]),
    link: (data) => withTable(data, 'linkTable', (links) => [...links, { traceId: new Uint8Array(16).fill(7), spanId: new Uint8Array(8).fill(7) }]),
    attribute: (data) => withTable(data, 'attributeTable', (attributes) => [...attributes, { ...attributes[1]!, unitStrindex: 1 }]),
    mapping: (data) => withTable(data, 'mappingTable', ([zero]) => [zero!, { ...zero!, memoryLimit: 1n }]),
    'string of a resource attribute only': (data) => withResourceAttribute(
      withTable(data, 'stringTable', (strings) => [...strings, 'nobody']), '', conforming.dictionary!.stringTable.length,
    ),
  },
  'attribute-keys-unique': {
    'of a sample': (data) => withSample(data, (sample) => ({ ...sample, attributeIndices: [...sample.attributeIndices, ...sample.attributeIndices] })),
    'of a profile': (data) => withProfile(data, (profile) => ({ ...profile, attributeIndices: [1, 1] })),
    'of a location': (data) => withLast(data, 'locationTable', (location) => ({ ...location, attributeIndices: [1, 1] })),
    'of a mapping': (data) => withLast(data, 'mappingTable', (mapping) => ({ ...mapping, attributeIndices: [1, 1] })),
    'of the resource': (data) => withResourceAttribute(data, 'service.name', 0),
  },
  'attributes-inline': {
    'a key by reference': (data) => withResourceAttribute(data, '', 1),
    'both forms': (data) => withResourceAttribute(data, 'both', 1),
  },
  'link-ids': {
    'short trace id': (data) => withLast(data, 'linkTable', (link) => ({ ...link, traceId: Uint8Array.of(1) })),
    'long span id': (data) => withLast(data, 'linkTable', (link) => ({ ...link, spanId: new Uint8Array(9).fill(1) })),
    'a zero span id': (data) => withLast(data, 'linkTable', (link) => ({ ...link, spanId: new Uint8Array(8) })),
  },
  'numbers-not-negative': {
    line: (data) => withLast(data, 'locationTable', (location) => ({ ...location, lines: [{ ...location.lines[0]!, line: -1n }] })),
    column: (data) => withLast(data, 'locationTable', (location) => ({ ...location, lines: [{ ...location.lines[0]!, column: -1n }] })),
    'start line': (data) => withLast(data, 'functionTable', (fn) => ({ ...fn, startLine: -1n })),
  },
  'function-named': {
    'a function of a line number': (data) => withLast(data, 'functionTable', (fn) => ({ ...fn, nameStrindex: 0, filenameStrindex: 0 })),
  },
  'mapping-range': {
    'an empty range': (data) => withTable(data, 'mappingTable', ([zero]) => [zero!, { ...zero!, memoryStart: 5n, memoryLimit: 5n }]),
  },
  'mapping-build-id': {
    'a mapping without one': (data) => withTable(data, 'mappingTable', ([zero]) => [zero!, { ...zero!, memoryLimit: 5n }]),
  },
};

describe('checkConformance', () => {
  it('finds nothing in a conforming message', () => {
    expect(checkConformance(conforming)).toEqual([]);
  });

  it('is shown to find breaches of every rule', () => {
    expect(Object.keys(BREACHES).sort()).toEqual(Object.keys(CONFORMANCE_RULES).sort());
  });

  describe.for(Object.entries(BREACHES))('%s', ([rule, breaches]) => {
    it.for(Object.entries(breaches))('finds %s', ([, breach]) => {
      expect(checkConformance(breach(conforming)).map((violation) => violation.rule)).toContain(rule);
    });
  });
});

function withScope(data: ProfilesData, change: (profiles: readonly OtlpProfile[]) => readonly OtlpProfile[]): ProfilesData {
  return {
    ...data,
    resourceProfiles: data.resourceProfiles.map((resourceProfiles) => ({
      ...resourceProfiles,
      scopeProfiles: resourceProfiles.scopeProfiles.map((scope) => ({ ...scope, profiles: change(scope.profiles) })),
    })),
  };
}

function withProfile(data: ProfilesData, change: (profile: OtlpProfile) => OtlpProfile): ProfilesData {
  return withScope(data, ([first, ...rest]) => [change(first as OtlpProfile), ...rest]);
}

function withSample(data: ProfilesData, change: (sample: OtlpSample, profile: OtlpProfile) => OtlpSample): ProfilesData {
  return withProfile(data, (profile) => {
    const [first, ...rest] = profile.samples;
    return { ...profile, samples: [change(first as OtlpSample, profile), ...rest] };
  });
}

type Tables = Omit<ProfilesDictionary, 'unknownFields'>;

function withTable<T extends keyof Tables>(data: ProfilesData, table: T, change: (entries: Tables[T]) => Tables[T]): ProfilesData {
  const dictionary = data.dictionary as ProfilesDictionary;
  return { ...data, dictionary: { ...dictionary, [table]: change(dictionary[table]) } };
}

function withLast<T extends keyof Tables>(data: ProfilesData, table: T, change: (entry: Tables[T][number]) => Tables[T][number]): ProfilesData {
  return withTable(data, table, (entries) => {
    const changed: unknown[] = [...entries];
    changed[changed.length - 1] = change(entries.at(-1) as Tables[T][number]);
    return changed as unknown as Tables[T];
  });
}

function withResourceAttribute(data: ProfilesData, key: string, keyStrindex: number): ProfilesData {
  return {
    ...data,
    resourceProfiles: data.resourceProfiles.map((resourceProfiles) => ({
      ...resourceProfiles,
      resource: {
        droppedAttributesCount: 0,
        entityRefs: [],
        attributes: [...(resourceProfiles.resource?.attributes ?? []), { key, keyStrindex, value: { case: 'boolValue', value: true } as const }],
      },
    })),
  };
}
