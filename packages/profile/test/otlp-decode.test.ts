import { decodeOtlp, encodeOtlp, profilesFromProfilesData, readProfilesData, writeProfilesData } from '@flamespan/profile';
import type { OtlpProfile, OtlpSample, Profile, ProfilesData, ProfilesDictionary } from '@flamespan/profile';
import { dumpProfile, profileFromStacks } from '@flamespan/profile/testing';
import { describe, expect, it } from 'vitest';

const START = 1_767_225_600_000_000_000n;
const TRACE = Uint8Array.from({ length: 16 }, (_, i) => 0xa0 + i);
const SPAN = Uint8Array.from({ length: 8 }, (_, i) => i);

const strings = [
  '', 'wall', 'cpu', 'nanoseconds', 'service.name', 'shop', 'endpoint', 'GET /', 'main', 'inlined', '/app/a.js',
  'profile.frame.type', 'v8js', 'samples', 'count', 'thread.id', 'process.tags', 'a.out',
];
const at = (text: string): number => strings.indexOf(text);

/** As a Collector re-emits it and other producers lay it out: a table order of their own, references, mappings. */
const dictionary: ProfilesDictionary = {
  stringTable: strings,
  mappingTable: [
    { memoryStart: 0n, memoryLimit: 0n, fileOffset: 0n, filenameStrindex: 0, attributeIndices: [] },
    { memoryStart: 1n, memoryLimit: 2n, fileOffset: 3n, filenameStrindex: at('a.out'), attributeIndices: [] },
  ],
  functionTable: [
    { nameStrindex: 0, systemNameStrindex: 0, filenameStrindex: 0, startLine: 0n },
    { nameStrindex: at('main'), systemNameStrindex: 0, filenameStrindex: at('/app/a.js'), startLine: 1n },
    { nameStrindex: 0, systemNameStrindex: at('inlined'), filenameStrindex: at('/app/a.js'), startLine: 2n ** 40n },
  ],
  locationTable: [
    { mappingIndex: 0, address: 0n, lines: [], attributeIndices: [] },
    {
      mappingIndex: 1,
      address: 2n ** 63n,
      lines: [{ functionIndex: 2, line: 2n ** 31n, column: -1n }, { functionIndex: 1, line: 2n ** 31n - 1n, column: 5n }],
      attributeIndices: [2],
    },
    { mappingIndex: 0, address: 0n, lines: [{ functionIndex: 1, line: 9n, column: 1n }], attributeIndices: [] },
  ],
  stackTable: [{ locationIndices: [] }, { locationIndices: [1, 2] }],
  linkTable: [
    { traceId: new Uint8Array(16), spanId: new Uint8Array(8) },
    { traceId: TRACE, spanId: SPAN },
  ],
  attributeTable: [
    { keyStrindex: 0, unitStrindex: 0 },
    { keyStrindex: at('endpoint'), value: { case: 'stringValueStrindex', value: at('GET /') }, unitStrindex: 0 },
    { keyStrindex: at('profile.frame.type'), value: { case: 'stringValueStrindex', value: at('v8js') }, unitStrindex: 0 },
    { keyStrindex: at('thread.id'), value: { case: 'intValue', value: 7n }, unitStrindex: 0 },
    { keyStrindex: at('thread.id'), value: { case: 'intValue', value: 8n }, unitStrindex: 0 },
  ],
};

function sample(values: readonly bigint[], timestampsUnixNano: readonly bigint[] = [START + 1n], linkIndex = 1): OtlpSample {
  return { stackIndex: 1, attributeIndices: [1], linkIndex, values, timestampsUnixNano };
}

function otlpProfile(type: string, samples: readonly OtlpSample[], part: Partial<OtlpProfile> = {}): OtlpProfile {
  return {
    sampleType: { typeStrindex: at(type), unitStrindex: type === 'samples' ? at('count') : at('nanoseconds') },
    samples,
    timeUnixNano: START,
    durationNano: 10n,
    period: 0n,
    profileId: new Uint8Array(16).fill(3),
    droppedAttributesCount: 0,
    originalPayloadFormat: '',
    originalPayload: new Uint8Array(0),
    attributeIndices: [3],
    ...part,
  };
}

function message(...profiles: readonly OtlpProfile[]): ProfilesData {
  const attributes = [
    { key: '', keyStrindex: at('service.name'), value: { case: 'stringValueStrindex', value: at('shop') } },
    { key: '', keyStrindex: at('process.tags'), value: { case: 'kvlistValue', value: { values: [{ key: '', keyStrindex: at('main'), value: { case: 'intValue', value: 2n ** 60n } }] } } },
  ] as const;
  return {
    resourceProfiles: [
      { resource: { attributes, droppedAttributesCount: 0, entityRefs: [] }, scopeProfiles: [{ profiles, schemaUrl: '' }], schemaUrl: 'https://example.org/1' },
    ],
    dictionary,
  };
}

function decode(...profiles: readonly OtlpProfile[]): readonly Profile[] {
  return profilesFromProfilesData(message(...profiles)).profiles;
}

function times(profile: Profile | undefined): [time: bigint, wall: bigint, cpu: bigint][] {
  const { timeUnixNano, wallNanos, cpuNanos } = profile!.samples;
  return Array.from(timeUnixNano, (time, i) => [time - START, wallNanos[i] as bigint, cpuNanos[i] as bigint]);
}

describe('profiles of other producers', () => {
  it('are decoded with references, inlined frames, links of any table order and large numbers', () => {
    const [profile] = decode(otlpProfile('wall', [sample([100n])]));
    expect(dumpProfile(profile as Profile)).toBe(
      [
        `window ${START} + 10`,
        'types wall',
        'period 0 ns, 0 bytes',
        'link scope span',
        'thread 7 ""',
        'scope "" ""',
        `resource {"process.tags": {"main": ${2n ** 60n}n}, "service.name": "shop"} "https://example.org/1"`,
        `${START + 1n} wall 100 cpu 0 "main"[/app/a.js:9:1 from 1];"main"[/app/a.js:2147483647:5 from 1 v8js];"inlined"[/app/a.js:0:0 from 0 v8js]` +
          ' @a0a1a2a3a4a5a6a7a8a9aaabacadaeaf/0001020304050607< "GET /"',
      ].join('\n'),
    );
  });

  it('mean the same after another round', () => {
    const once = decode(otlpProfile('wall', [sample([100n])]), otlpProfile('cpu', [sample([5n])]));
    expect(decodeOtlp(encodeOtlp(once)).profiles.map(dumpProfile)).toEqual(once.map(dumpProfile));
  });

  it('may leave out tables and dictionary where nothing refers to them', () => {
    const empty = { ...otlpProfile('wall', []), sampleType: { typeStrindex: 0, unitStrindex: 0 }, attributeIndices: [] };
    const { resourceProfiles } = message(empty);
    const bare = resourceProfiles.map(({ resource: _resource, ...rest }) => rest);
    expect(profilesFromProfilesData({ resourceProfiles: bare })).toEqual({
      profiles: [],
      ignored: [{ sampleType: '', sampleUnit: '', profiles: 1, samples: 0 }],
    });
  });

  it('take a Link of zeros as none', () => {
    const [profile] = decode(otlpProfile('wall', [sample([1n], [START], 0)]));
    expect(profile?.spans).toMatchObject({ length: 2, spanId: ['', ''], sampled: Uint8Array.of(0, 0) });
  });
});

describe('sample shapes', () => {
  it('one value and time, parallel arrays, times alone, values alone', () => {
    const samples = [
      sample([1n], [START + 1n]),
      sample([2n, 3n], [START + 2n, START + 3n]),
      sample([], [START + 4n, START + 5n]),
      sample([6n], []),
      sample([], []),
    ];
    expect(times(decode(otlpProfile('wall', samples))[0])).toEqual([
      [1n, 1n, 0n], [2n, 2n, 0n], [3n, 3n, 0n], [4n, 1n, 0n], [5n, 1n, 0n], [0n, 6n, 0n],
    ]);
  });

  it('wall and CPU of one stack, link, endpoint and time become one sample', () => {
    const wall = otlpProfile('wall', [sample([1n], [START]), sample([2n], [START + 1n]), sample([3n], [START + 1n]), sample([9n], [START], 0)]);
    const cpu = otlpProfile('cpu', [sample([20n], [START + 1n]), sample([10n], [START]), sample([40n], [START + 2n])]);
    expect(times(decode(wall, cpu)[0])).toEqual([[0n, 1n, 10n], [1n, 2n, 20n], [1n, 3n, 0n], [0n, 9n, 0n], [2n, 0n, 40n]]);
  });
});

describe('which OTLP Profiles belong together', () => {
  it('those of one window and thread', () => {
    const decoded = decode(
      otlpProfile('wall', [sample([1n])]),
      otlpProfile('cpu', [sample([1n])]),
      otlpProfile('cpu', [sample([1n])], { attributeIndices: [4] }),
      otlpProfile('cpu', [sample([1n])], { timeUnixNano: START - 1n }),
      otlpProfile('wall', [sample([1n])]),
    );
    expect(decoded.map(({ types, thread }) => [types, thread.id])).toEqual([
      [['wall', 'cpu'], 7], [['cpu'], 8], [['cpu'], 7], [['wall'], 7],
    ]);
  });

  it('not those of different resources or scopes', () => {
    const [one] = message(otlpProfile('wall', [sample([1n])])).resourceProfiles;
    const [scope] = one!.scopeProfiles;
    const named = { ...scope!, scope: { name: 'other', version: '2', attributes: [], droppedAttributesCount: 0 } };
    const resourceProfiles = [{ ...one!, scopeProfiles: [scope!, named] }, one!];
    expect(profilesFromProfilesData({ resourceProfiles, dictionary }).profiles.map(({ scope }) => scope)).toEqual([
      { name: '' }, { name: 'other', version: '2' }, { name: '' },
    ]);
  });

  it('other sample types are reported', () => {
    const data = message(
      otlpProfile('samples', [sample([1n]), sample([1n])]), otlpProfile('wall', [sample([1n])]), otlpProfile('samples', [sample([1n])]),
    );
    const { profiles, ignored } = profilesFromProfilesData(data);
    expect(profiles).toHaveLength(1);
    expect(ignored).toEqual([{ sampleType: 'samples', sampleUnit: 'count', profiles: 2, samples: 3 }]);
  });

  it('a window that two requests carried is one Profile in each', () => {
    const profile = profileFromStacks('main 2\nmain 1 objects 5 bytes');
    const { resourceProfiles: [first], dictionary: tables } = readProfilesData(encodeOtlp(profile));
    const [scope] = first!.scopeProfiles;
    const parts = scope!.profiles.map((part) => writeProfilesData({
      resourceProfiles: [{ ...first!, scopeProfiles: [{ ...scope!, profiles: [part] }] }], dictionary: tables!,
    }));
    expect(parts.flatMap((part) => decodeOtlp(part).profiles.map(({ types }) => types))).toEqual([
      ['wall'], ['cpu'], ['heap'], ['heap'],
    ]);
  });
});

describe('what a decoded message keeps', () => {
  it('of the input bytes: nothing', () => {
    const bytes = writeProfilesData(message(otlpProfile('wall', [sample([1n])])));
    const decoded = readProfilesData(bytes);
    const before = structuredClone(decoded);
    bytes.fill(0xff);
    expect(decoded).toEqual(before);
  });

  it('whether a message that says nothing is there', () => {
    const present: ProfilesData = {
      resourceProfiles: [
        { resource: { attributes: [{ key: 'k', keyStrindex: 0, value: { case: undefined } }, { key: 'l', keyStrindex: 0 }], droppedAttributesCount: 0, entityRefs: [] }, scopeProfiles: [], schemaUrl: '' },
        { resource: { attributes: [], droppedAttributesCount: 0, entityRefs: [] }, scopeProfiles: [], schemaUrl: '' },
        { scopeProfiles: [], schemaUrl: '' },
      ],
      dictionary: { mappingTable: [], locationTable: [], functionTable: [], linkTable: [], stringTable: [], attributeTable: [], stackTable: [] },
    };
    expect(readProfilesData(writeProfilesData(present))).toStrictEqual({
      ...present,
      resourceProfiles: [
        {
          ...present.resourceProfiles[0]!,
          resource: {
            ...present.resourceProfiles[0]!.resource!,
            attributes: [{ key: 'k', keyStrindex: 0, value: { case: undefined, value: undefined } }, { key: 'l', keyStrindex: 0 }],
          },
        },
        ...present.resourceProfiles.slice(1),
      ],
    });
    expect(readProfilesData(new Uint8Array(0))).toStrictEqual({ resourceProfiles: [] });
  });
});
