import { decodeOtlp, encodeOtlp, profilesDataFromProfile, readProfilesData } from '@flamespan/profile';
import type { AttributeValue, OtlpProfile, Profile, ProfilesData } from '@flamespan/profile';
import { checkConformance, dumpProfile, otlpProjection, profileFromStacks, spanIdFor, traceIdFor } from '@flamespan/profile/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyProfile } from './support/profile-arbitrary.ts';

const STACKS = `
  main;handler;sort 3 @list GET /users/:id
  main;handler;query 2 @query<list GET /users/:id
  main;handler;hash 2 @!dark POST /users
  main;handler;read 2 wall @read GET /users/:id
  main;loop 1
  main;handler;parse 4 objects 2048 bytes
  main;load 1 objects 64 bytes
`;
const CALLS = { 'GET /users/:id': 7, 'POST /users': 2 };

describe('decode(encode(profile))', () => {
  it('is the projection that OTLP carries', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        expect(decodeOtlp(encodeOtlp(profile)).profiles.map(dumpProfile)).toEqual(projectionsOf([profile]));
      }),
      { numRuns: 500 },
    );
  });

  it('is the projection for several profiles in one message', () => {
    const differentWindows = fc.uniqueArray(anyProfile, { maxLength: 4, selector: (profile) => profile.startTimeUnixNano });
    fc.assert(
      fc.property(differentWindows, (profiles) => {
        const decoded = decodeOtlp(encodeOtlp(profiles));
        expect(decoded.profiles.map(dumpProfile).sort()).toEqual(projectionsOf(profiles).sort());
        expect(decoded.ignored).toEqual([]);
      }),
    );
  });

  it('changes nothing more the second time', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        const once = decodeOtlp(encodeOtlp(profile)).profiles;
        expect(decodeOtlp(encodeOtlp(once)).profiles.map(dumpProfile)).toEqual(once.map(dumpProfile));
      }),
    );
  });

  it('holds for a profile that says nothing awkward, except for local roots', () => {
    const profile = profileFromStacks('main;handler;sort 3 @list GET /users\nmain;load 2 objects 64 bytes');
    const [decoded] = decodeOtlp(encodeOtlp(profile)).profiles;
    expect(dumpProfile(decoded as Profile)).toBe(dumpProfile(profile).replaceAll(`<${spanIdFor('list')}`, '<'));
  });

  it('keeps two windows of the same time apart', () => {
    const profile = profileFromStacks('main 2');
    expect(decodeOtlp(encodeOtlp([profile, profile])).profiles.map(dumpProfile)).toEqual(projectionsOf([profile, profile]));
  });
});

describe('what is encoded', () => {
  it('has only the resource attributes that were asked for, and the service in any case', () => {
    const resource = { attributes: { 'service.name': 'shop', 'host.name': 'a', 'process.pid': 7 } };
    const attributesOf = (names: readonly string[] | undefined): unknown => {
      const options = names === undefined ? {} : { resourceAttributes: names };
      return decodeOtlp(encodeOtlp(profileFromStacks('main 1', { resource }), options)).profiles[0]?.resource.attributes;
    };
    expect(attributesOf(undefined)).toEqual(resource.attributes);
    expect(attributesOf(['host.name', 'absent'])).toEqual({ 'service.name': 'shop', 'host.name': 'a' });
    expect(attributesOf([])).toEqual({ 'service.name': 'shop' });
  });

  it('can leave the trace id out of Links, and samples keep their span', () => {
    const bytes = encodeOtlp(profileFromStacks('main 1 @list\nmain 1 @get<list'), { traceIdInLinks: false });
    expect(readProfilesData(bytes).dictionary?.linkTable.map(({ traceId, spanId }) => [traceId.length, spanId.length])).toEqual([[0, 0], [0, 8], [0, 8]]);
    const { spans } = decodeOtlp(bytes).profiles[0]!;
    expect(spans.spanId).toEqual(['', spanIdFor('list'), spanIdFor('get')]);
    expect(spans.traceId).toEqual(['', '', '']);
  });

  it('has the user\'s labels as sample attributes under their own keys, beside the endpoint', () => {
    const data = profilesDataFromProfile(profileFromStacks('main;handler 1 {tenant=acme,endpoint=mine} @list GET /users\nmain 1 {tenant=acme}'));
    const { attributeTable, stringTable } = data.dictionary!;
    const samples = data.resourceProfiles[0]!.scopeProfiles[0]!.profiles[0]!.samples;
    const attributes = samples.map(({ attributeIndices }) => attributeIndices.map((index) => {
      const { keyStrindex, value } = attributeTable[index]!;
      return [stringTable[keyStrindex], value?.value];
    }));
    expect(attributes).toEqual([[['endpoint', 'GET /users'], ['tenant', 'acme']], [['tenant', 'acme']]]);
    expect(checkConformance(data)).toEqual([]);
  });

  it('conforms', () => {
    const options = { minLength: 1, maxLength: 3, selector: (profile: Profile) => profile.startTimeUnixNano };
    fc.assert(
      fc.property(fc.uniqueArray(anyProfile, options), (profiles) => {
        const data = readProfilesData(encodeOtlp(profiles));
        fc.pre(data.resourceProfiles.length > 0);
        expect(checkConformance(data)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('has strings once that differ only in what UTF-8 cannot say', () => {
    const data = readProfilesData(encodeOtlp(profileFromStacks('\uD800;\uDC00;\uFFFD 1 @a \uD800\nmain 1 @b \uFFFD')));
    expect(data.dictionary?.stringTable.filter((text) => text === '\uFFFD')).toHaveLength(1);
    expect(checkConformance(data)).toEqual([]);
  });

  it('is empty below 32 levels of an attribute value', () => {
    let deep: AttributeValue = 'bottom';
    for (let level = 0; level < 1000; level++) deep = [deep];
    const encoded = encodeOtlp(profileFromStacks('main 1', { resource: { attributes: { deep } } }));
    let value = decodeOtlp(encoded).profiles[0]?.resource.attributes['deep'];
    let levels = 0;
    for (; Array.isArray(value); levels++) value = (value as readonly AttributeValue[])[0];
    expect([levels, value]).toEqual([32, null]);
  });

  const data = profilesDataFromProfile(profileFromStacks(STACKS, { endpointCalls: CALLS }));

  it('is one OTLP Profile for each sample type, with its period', () => {
    expect(profilesOf(data).map(({ sampleType, periodType, period }) => [
      stringAt(data, sampleType?.typeStrindex), stringAt(data, sampleType?.unitStrindex),
      stringAt(data, periodType?.typeStrindex), stringAt(data, periodType?.unitStrindex), period,
    ])).toEqual([
      ['wall', 'nanoseconds', 'wall', 'nanoseconds', 10_101_000n],
      ['cpu', 'nanoseconds', 'wall', 'nanoseconds', 10_101_000n],
      ['inuse_objects', 'count', 'space', 'bytes', 524_288n],
      ['inuse_space', 'bytes', 'space', 'bytes', 524_288n],
    ]);
  });

  it('has two more of the heap where allocations were sampled, each without zeros', () => {
    const sampled = profilesDataFromProfile(profileFromStacks(
      'main;parse 4 objects 2048 bytes 9 allocated 4096 allocated-bytes\nmain;garbage 0 objects 0 bytes 7 allocated 70 allocated-bytes',
    ));
    expect(profilesOf(sampled).map(({ sampleType, periodType, period, samples }) => [
      stringAt(sampled, sampleType?.typeStrindex), stringAt(sampled, sampleType?.unitStrindex),
      stringAt(sampled, periodType?.typeStrindex), stringAt(sampled, periodType?.unitStrindex), period, samples.map(({ values }) => values[0]),
    ])).toEqual([
      ['inuse_objects', 'count', 'space', 'bytes', 524_288n, [4n]],
      ['inuse_space', 'bytes', 'space', 'bytes', 524_288n, [2048n]],
      ['alloc_objects', 'count', 'space', 'bytes', 524_288n, [9n, 7n]],
      ['alloc_space', 'bytes', 'space', 'bytes', 524_288n, [4096n, 70n]],
    ]);
  });

  it('has the start of the window, and times in it', () => {
    for (const { timeUnixNano, durationNano } of profilesOf(data)) {
      expect([timeUnixNano, durationNano]).toEqual([1_767_225_600_000_000_000n, 60_000_000_000n]);
    }
    const times = profilesOf(data)[0]?.samples.map(({ timestampsUnixNano }) => timestampsUnixNano);
    expect(times?.slice(0, 2)).toEqual([[1_767_225_600_000_000_000n], [1_767_225_600_010_101_000n]]);
  });

  it('leaves out values of zero', () => {
    expect(profilesOf(data).map(({ samples }) => samples.length)).toEqual([10, 8, 2, 2]);
  });

  it('links samples of sampled spans, and none of the heap', () => {
    const list = `${traceIdFor('list')}/${spanIdFor('list')}`;
    const query = `${traceIdFor('list')}/${spanIdFor('query')}`;
    const read = `${traceIdFor('read')}/${spanIdFor('read')}`;
    expect(profilesOf(data).map((profile) => linksOf(data, profile))).toEqual([
      [list, list, list, query, query, '/', '/', read, read, '/'],
      [list, list, list, query, query, '/', '/', '/'],
      ['/', '/'],
      ['/', '/'],
    ]);
  });

  it('links to the local root if that is asked for', () => {
    const rooted = profilesDataFromProfile(profileFromStacks('main 1 @query<list GET /users', { linkScope: 'local-root' }));
    expect(linksOf(rooted, profilesOf(rooted)[0] as OtlpProfile)).toEqual([`${traceIdFor('list')}/${spanIdFor('list')}`]);
  });

  it('names the endpoint also where there is no link', () => {
    const wall = profilesOf(data)[0] as OtlpProfile;
    expect(wall.samples.map(({ attributeIndices }) => attributesAt(data, attributeIndices)['endpoint'])).toEqual([
      ...Array<string>(5).fill('GET /users/:id'), 'POST /users', 'POST /users', 'GET /users/:id', 'GET /users/:id', undefined,
    ]);
  });

  it('names the thread on every OTLP Profile and the calls on the first', () => {
    const thread = { 'thread.id': 0n, 'thread.name': 'main' };
    expect(profilesOf(data).map(({ attributeIndices }) => attributesAt(data, attributeIndices))).toEqual([
      {
        ...thread,
        'flamespan.endpoint.calls': {
          values: Object.entries(CALLS).map(([key, calls]) => ({ key, keyStrindex: 0, value: { case: 'intValue', value: BigInt(calls) } })),
        },
      },
      thread, thread, thread,
    ]);
  });

  it('has stacks leaf first, of locations marked as JavaScript, without mappings', () => {
    const { dictionary } = data;
    const first = profilesOf(data)[0]?.samples[0];
    const stack = dictionary?.stackTable[first?.stackIndex as number];
    const locations = stack?.locationIndices.map((index) => dictionary?.locationTable[index]);
    expect(locations?.map((location) => [
      stringAt(data, dictionary?.functionTable[location?.lines[0]?.functionIndex as number]?.nameStrindex),
      attributesAt(data, location?.attributeIndices ?? [])['profile.frame.type'],
      location?.mappingIndex,
    ])).toEqual([['sort', 'v8js', 0], ['handler', 'v8js', 0], ['main', 'v8js', 0]]);
    expect(dictionary?.mappingTable).toHaveLength(1);
  });

  it('has an empty Link as entry 0', () => {
    expect(data.dictionary?.linkTable[0]).toEqual({ traceId: new Uint8Array(0), spanId: new Uint8Array(0) });
  });

  it('carries calls without samples on one empty OTLP Profile', () => {
    const calls = profilesDataFromProfile(profileFromStacks('', { types: ['cpu', 'heap'], endpointCalls: { 'GET /': 1 } }));
    expect(profilesOf(calls).map(({ sampleType, samples }) => [stringAt(calls, sampleType?.typeStrindex), samples.length]))
      .toEqual([['cpu', 0]]);
    expect(checkConformance(calls)).toEqual([]);
  });

  it('is nothing for a window in which nothing happened', () => {
    expect(profilesDataFromProfile(profileFromStacks('')).resourceProfiles).toEqual([]);
    expect(decodeOtlp(encodeOtlp([]))).toEqual({ profiles: [], ignored: [] });
  });

  it('has one ResourceProfiles for windows of one resource, one ScopeProfiles for each scope', () => {
    const resource = { attributes: { 'service.name': 'shop' } };
    const window = (version: string): Profile => profileFromStacks('main 1', { resource, scope: { name: 'p', version } });
    const { resourceProfiles } = profilesDataFromProfile([window('1'), window('2'), window('1')]);
    expect(resourceProfiles.map(({ scopeProfiles }) => scopeProfiles.map(({ profiles }) => profiles.length))).toEqual([[4, 2]]);
  });

  it('has every attribute of the resource inline, as OpenTelemetry JS types them', () => {
    const circular: { [key: string]: never } & { self?: unknown } = {};
    circular.self = circular;
    const attributes = {
      'service.name': 'shop', port: 8080, ratio: 0.5, huge: 2n ** 63n - 1n, on: true, none: undefined,
      list: ['a', 1], raw: Uint8Array.of(1, 2), circular,
    };
    const [first] = profilesDataFromProfile(profileFromStacks('main 1', { resource: { attributes } })).resourceProfiles;
    expect(Object.fromEntries((first?.resource?.attributes ?? []).map(({ key, value }) => [key, value]))).toEqual({
      'service.name': { case: 'stringValue', value: 'shop' },
      port: { case: 'intValue', value: 8080n },
      ratio: { case: 'doubleValue', value: 0.5 },
      huge: { case: 'intValue', value: 2n ** 63n - 1n },
      on: { case: 'boolValue', value: true },
      none: { case: undefined },
      list: { case: 'arrayValue', value: { values: [{ case: 'stringValue', value: 'a' }, { case: 'intValue', value: 1n }] } },
      raw: { case: 'bytesValue', value: Uint8Array.of(1, 2) },
      circular: { case: 'kvlistValue', value: { values: [{ key: 'self', keyStrindex: 0, value: { case: undefined } }] } },
    });
  });
});

describe('attributes that look alike', () => {
  it('of different types are two', () => {
    const profile = profileFromStacks('main 1');
    const labelled: Profile = {
      ...profile, thread: { id: 0, name: 'main' }, labelSets: [new Map(), new Map([['thread.id', '0'], ['thread.name', 'main']])],
      samples: { ...profile.samples, labelSet: Int32Array.of(1) },
    };
    const [decoded] = decodeOtlp(encodeOtlp(labelled)).profiles;
    expect(decoded?.thread).toEqual({ id: 0, name: 'main' });
    expect(decoded?.labelSets).toEqual([new Map(), new Map([['thread.id', '0'], ['thread.name', 'main']])]);
  });

  it('of different keys are two', () => {
    const profile = profileFromStacks('main 2');
    const labelSets = [new Map(), new Map([['a', 'b\0c'], ['x\0y', 'z']]), new Map([['a\0b', 'c'], ['x', 'y\0z']])];
    const labelled: Profile = { ...profile, labelSets, samples: { ...profile.samples, labelSet: Int32Array.of(1, 2) } };
    expect(decodeOtlp(encodeOtlp(labelled)).profiles[0]?.labelSets).toEqual(labelSets);
  });
});

function projectionsOf(profiles: readonly Profile[]): string[] {
  return profiles.map(otlpProjection).filter((profile) => profile !== undefined).map(dumpProfile);
}

function profilesOf(data: ProfilesData): readonly OtlpProfile[] {
  return data.resourceProfiles.flatMap(({ scopeProfiles }) => scopeProfiles.flatMap(({ profiles }) => profiles));
}

function stringAt(data: ProfilesData, index: number | undefined): string | undefined {
  return data.dictionary?.stringTable[index ?? 0];
}

function linksOf(data: ProfilesData, profile: OtlpProfile): string[] {
  return profile.samples.map(({ linkIndex }) => {
    const link = data.dictionary?.linkTable[linkIndex];
    return `${Buffer.from(link?.traceId ?? []).toString('hex')}/${Buffer.from(link?.spanId ?? []).toString('hex')}`;
  });
}

function attributesAt(data: ProfilesData, indices: readonly number[]): Record<string, unknown> {
  return Object.fromEntries(
    indices.map((index) => {
      const attribute = data.dictionary?.attributeTable[index];
      return [stringAt(data, attribute?.keyStrindex), attribute?.value?.value];
    }),
  );
}
