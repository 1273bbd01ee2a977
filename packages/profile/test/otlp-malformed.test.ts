import { decodeOtlp, encodeOtlp, ProfileDecodeError, profilesFromProfilesData, readProfilesData, writeProfilesData } from '@flamespan/profile';
import type { DecodeLimits, OtlpAnyValue, OtlpProfile, OtlpSample, ProfilesData } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyProfile } from './support/profile-arbitrary.ts';

const real = encodeOtlp(
  profileFromStacks(
    `main;handler;sort 3 @list GET /users/:id
     main;handler;query 2 @query<list GET /users/:id
     main;handler;parse 4 objects 2048 bytes`,
    { endpointCalls: { 'GET /users/:id': 3 }, resource: { attributes: { 'service.name': 'shop', list: ['a', { b: 1.5 }] } } },
  ),
);

/** The decoder's own error, or undefined if the input is valid. Anything else that is thrown fails the test. */
function errorOf(decode: () => unknown): ProfileDecodeError | undefined {
  try {
    decode();
    return undefined;
  } catch (error) {
    if (!(error instanceof ProfileDecodeError)) throw error;
    if (!error.message.startsWith(`${error.code}: `)) throw new Error(`the code is not in front: ${error.message}`, { cause: error });
    return error;
  }
}

function decodeError(bytes: Uint8Array, limits?: DecodeLimits): ProfileDecodeError | undefined {
  return errorOf(() => decodeOtlp(bytes, limits));
}

const VALID_OR_TYPED = /^valid$|^ERR_[A-Z0-9_]+: ./;

const bytesOf = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

describe('malformed input gives a ProfileDecodeError', () => {
  it('cut off anywhere, or else what is left is valid', () => {
    let errors = 0;
    for (let length = 0; length < real.length; length++) {
      // A copy: nothing beyond the end is there to be read.
      if (decodeError(real.slice(0, length)) !== undefined) errors++;
      expect(decodeError(real.subarray(0, length))?.code).toBe(decodeError(real.slice(0, length))?.code);
    }
    // Only between two fields of the outermost message is nothing missing for the wire.
    expect(errors).toBeGreaterThanOrEqual(real.length - 3);
  });

  it('of any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(decodeError(bytes)?.message ?? 'valid').toMatch(VALID_OR_TYPED);
    }), { numRuns: 3000 });
  });

  it('with bits flipped', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 7 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyProfile, flips, (profile, flipped) => {
        const bytes = encodeOtlp(profile);
        for (const [at, bit] of flipped) bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
        expect(decodeError(bytes)?.message ?? 'valid').toMatch(VALID_OR_TYPED);
      }),
      { numRuns: 2000 },
    );
  });

  it.for<[string, Uint8Array, string, string]>([
    ['a field without its payload', bytesOf(0x12), 'ERR_TRUNCATED', 'ProfilesData.dictionary at offset 0'],
    ['a length beyond the end', bytesOf(0x12, 0x05, 0x00), 'ERR_TRUNCATED', 'ProfilesData.dictionary at offset 0'],
    ['a length of 2 GiB', bytesOf(0x12, 0xff, 0xff, 0xff, 0xff, 0x07), 'ERR_TRUNCATED', 'ProfilesData.dictionary at offset 0'],
    ['a length of more', bytesOf(0x12, 0xff, 0xff, 0xff, 0xff, 0x0f), 'ERR_INVALID_WIRE', 'ProfilesData.dictionary at offset 0'],
    // dictionary { stack_table { location_indices: 2 bytes, but the stack has only 1 left } } and the byte after it.
    ['a field beyond the end of its message', bytesOf(0x12, 0x05, 0x3a, 0x03, 0x0a, 0x02, 0x01, 0x01), 'ERR_TRUNCATED', 'Stack.locationIndices at offset 4'],
    ['a varint beyond the end of its message', bytesOf(0x12, 0x04, 0x3a, 0x02, 0x08, 0x80, 0x01), 'ERR_TRUNCATED', 'Stack.locationIndices at offset 4'],
    ['a packed varint beyond its list', bytesOf(0x12, 0x05, 0x3a, 0x03, 0x0a, 0x01, 0x80, 0x01), 'ERR_TRUNCATED', 'Stack.locationIndices at offset 4'],
    ['a varint of 11 bytes', bytesOf(0x12, 0x0f, 0x12, 0x0d, 0x10, ...Array<number>(11).fill(0x80), 0x00), 'ERR_INVALID_WIRE', 'Location.address at offset 4'],
    ['an unknown varint of 11 bytes', bytesOf(0x18, ...Array<number>(11).fill(0x80), 0x00), 'ERR_INVALID_WIRE', 'ProfilesData at offset 0'],
    ['field number 0', bytesOf(0x02, 0x00), 'ERR_INVALID_WIRE', 'ProfilesData at offset 0'],
    ['the end of a group that did not begin', bytesOf(0x1c), 'ERR_INVALID_WIRE', 'ProfilesData at offset 0'],
    ['a group without end', bytesOf(0x1b, 0x08, 0x01), 'ERR_TRUNCATED', 'ProfilesData at offset 0'],
    ['wire type 7', bytesOf(0x1f), 'ERR_INVALID_WIRE', 'ProfilesData at offset 0'],
    ['a string that is not UTF-8', bytesOf(0x12, 0x03, 0x2a, 0x01, 0xff), 'ERR_INVALID_UTF8', 'ProfilesDictionary.stringTable at offset 2'],
    ['an encoded surrogate', bytesOf(0x12, 0x05, 0x2a, 0x03, 0xed, 0xa0, 0x80), 'ERR_INVALID_UTF8', 'ProfilesDictionary.stringTable at offset 2'],
  ])('%s', ([, bytes, code, place]) => {
    const error = errorOf(() => readProfilesData(bytes));
    expect(error?.code).toBe(code);
    expect(error?.message).toContain(`in ${place}`);
  });

  it('keeps the cause', () => {
    expect(decodeError(bytesOf(0x12))?.cause).toBeInstanceOf(RangeError);
  });
});

describe('limits', () => {
  it('of bytes', () => {
    expect(decodeError(real, { maxBytes: real.length })).toBeUndefined();
    expect(decodeError(real, { maxBytes: real.length - 1 })?.message).toBe(
      `ERR_TOO_LARGE: ${real.length} bytes, limit maxBytes is ${real.length - 1}`,
    );
    // The default; the zeros are never looked at.
    expect(decodeError(new Uint8Array(64 * 1024 * 1024 + 1))?.code).toBe('ERR_TOO_LARGE');
  });

  it('of elements, which small messages could have many of', () => {
    const emptyLocations = bytesOf(...Array.from({ length: 1000 }, () => [0x12, 0x00]).flat());
    const dictionary = bytesOf(0x12, 0xd0, 0x0f, ...emptyLocations);
    expect(errorOf(() => readProfilesData(dictionary, { maxElements: 6000 }))).toBeUndefined();
    expect(errorOf(() => readProfilesData(dictionary, { maxElements: 4999 }))?.code).toBe('ERR_TOO_LARGE');
    const packed = writeProfilesData({
      resourceProfiles: [],
      dictionary: { ...emptyDictionary(), stackTable: [{ locationIndices: Array<number>(5000).fill(0) }] },
    });
    expect(errorOf(() => readProfilesData(packed, { maxElements: 5100 }))).toBeUndefined();
    expect(errorOf(() => readProfilesData(packed, { maxElements: 5000 }))?.code).toBe('ERR_TOO_LARGE');
  });

  it('of nesting', () => {
    const nested = (levels: number): Uint8Array => {
      let value = bytesOf(0x0a, 0x00);
      // array_value { values { … } }
      for (let i = 0; i < levels; i++) value = delimited(0x2a, delimited(0x0a, value));
      // dictionary { attribute_table { value { … } } }
      return delimited(0x12, delimited(0x32, delimited(0x12, value)));
    };
    expect(decodeError(nested(48))).toBeUndefined();
    expect(decodeError(nested(49))?.message).toContain('limit maxDepth');
    expect(decodeError(nested(49), { maxDepth: 200 })).toBeUndefined();
    // Beyond what the call stack could bear.
    expect(decodeError(nested(4000), { maxDepth: Infinity })?.code).toBe('ERR_TOO_LARGE');
    expect(decodeError(bytesOf(...Array<number>(10_000).fill(0x1b)))?.code).toBe('ERR_INVALID_WIRE');
  });

  it('of what a few bytes may be unfolded to', () => {
    const deep = Array<number>(1000).fill(1);
    const dictionary: ProfilesData['dictionary'] = {
      ...emptyDictionary(),
      stringTable: ['', 'wall', 'nanoseconds', 'f'],
      functionTable: [zeroFunction, { ...zeroFunction, nameStrindex: 3 }],
      locationTable: [
        { mappingIndex: 0, address: 0n, lines: [], attributeIndices: [] },
        { mappingIndex: 0, address: 0n, lines: Array.from({ length: 100 }, () => ({ functionIndex: 1, line: 1n, column: 0n })), attributeIndices: [] },
      ],
      stackTable: [{ locationIndices: [] }, { locationIndices: deep }],
    };
    // 200 windows with one sample each, whose stack has 100 000 frames.
    const profiles = Array.from({ length: 200 }, (_, i) => ({
      sampleType: { typeStrindex: 1, unitStrindex: 2 },
      samples: [{ stackIndex: 1, attributeIndices: [], linkIndex: 0, values: [1n], timestampsUnixNano: [] }],
      timeUnixNano: BigInt(i), durationNano: 1n, period: 1n, profileId: new Uint8Array(0), droppedAttributesCount: 0,
      originalPayloadFormat: '', originalPayload: new Uint8Array(0), attributeIndices: [],
    }));
    const bytes = writeProfilesData({ resourceProfiles: [{ scopeProfiles: [{ profiles, schemaUrl: '' }], schemaUrl: '' }], dictionary });
    expect(bytes.length).toBeLessThan(10_000);
    expect(decodeError(bytes, { maxElements: 1_000_000 })?.code).toBe('ERR_TOO_LARGE');
    expect(decodeError(bytes)?.code).toBe('ERR_TOO_LARGE');
  });
});

/** Sizes with which work for each sample that is not bounded would outlast the test by far. */
describe('work is bounded', () => {
  const NO_BYTES = new Uint8Array(0);
  const MANY = 100_000;
  const wallProfile = (samples: readonly OtlpSample[], part: Partial<OtlpProfile> = {}): OtlpProfile => ({
    sampleType: { typeStrindex: 1, unitStrindex: 2 }, samples, timeUnixNano: 0n, durationNano: 1n, period: 1n, profileId: NO_BYTES,
    droppedAttributesCount: 0, originalPayloadFormat: '', originalPayload: NO_BYTES, attributeIndices: [], ...part,
  });
  const dataOf = (profiles: readonly OtlpProfile[], dictionary: Partial<ProfilesData['dictionary']>): ProfilesData => ({
    resourceProfiles: [{ scopeProfiles: [{ profiles, schemaUrl: '' }], schemaUrl: '' }],
    dictionary: { ...emptyDictionary(), stringTable: ['', 'wall', 'nanoseconds', 'key'], ...dictionary },
  });
  const samplesWith = (count: number, partOf: (i: number) => Partial<OtlpSample>): OtlpSample[] =>
    Array.from({ length: count }, (_, i) => ({ stackIndex: 0, attributeIndices: [], linkIndex: 0, values: [1n], timestampsUnixNano: [BigInt(i)], ...partOf(i) }));
  /** A text with memory of its own, which makes comparing two of them take time. */
  const longText = (length: number): string => Buffer.alloc(length, 'x').toString('latin1');
  const none = { keyStrindex: 0, unitStrindex: 0 };

  it.for<[string, OtlpAnyValue]>([
    ['an array', { case: 'arrayValue', value: { values: Array.from({ length: MANY }, () => ({ case: undefined })) } }],
    ['a list of keys and values', { case: 'kvlistValue', value: { values: Array.from({ length: MANY }, () => ({ key: '', keyStrindex: 0 })) } }],
  ])('where every sample has the same attribute, %s', ([, value]) => {
    const data = dataOf([wallProfile(samplesWith(MANY, () => ({ attributeIndices: [1] })))], { attributeTable: [none, { keyStrindex: 3, value, unitStrindex: 0 }] });
    const { profiles } = profilesFromProfilesData(data);
    expect(profiles[0]?.samples.length).toBe(MANY);
    expect(profiles[0]?.labelSets).toEqual([new Map()]);
  });

  it('where every Profile has it as its thread', () => {
    const value: OtlpAnyValue = { case: 'arrayValue', value: { values: Array.from({ length: MANY }, () => ({ case: undefined })) } };
    const data = dataOf(
      Array.from({ length: 20_000 }, (_, i) => wallProfile([], { timeUnixNano: BigInt(i), attributeIndices: [1, 2] })),
      { stringTable: ['', 'wall', 'nanoseconds', 'thread.id', 'thread.name'], attributeTable: [none, { keyStrindex: 3, value, unitStrindex: 0 }, { keyStrindex: 4, value, unitStrindex: 0 }] },
    );
    expect(profilesFromProfilesData(data).profiles.every(({ thread }) => thread.id === 0 && thread.name === '')).toBe(true);
  });

  it('where samples have one long label', () => {
    const value: OtlpAnyValue = { case: 'stringValue', value: longText(30_000_000) };
    const attributeTable = [none, { keyStrindex: 3, value, unitStrindex: 0 }];
    const same = samplesWith(MANY, () => ({ attributeIndices: [1] }));
    expect(profilesFromProfilesData(dataOf([wallProfile(same)], { attributeTable })).profiles[0]?.labelSets).toHaveLength(2);
    const linkTable = Array.from({ length: MANY }, (_, i) => ({ traceId: NO_BYTES, spanId: Uint8Array.of(1, 0, 0, 0, 0, i >>> 16, i >>> 8, i) }));
    const ofManySpans = samplesWith(MANY, (i) => ({ attributeIndices: [1], linkIndex: i }));
    expect(errorOf(() => profilesFromProfilesData(dataOf([wallProfile(ofManySpans)], { attributeTable, linkTable })))?.code).toBe('ERR_TOO_LARGE');
  });

  it.for<[string, string, Partial<OtlpProfile>]>([
    ['thread', 'thread.name', {}],
    ['sample type', '', { sampleType: { typeStrindex: 4, unitStrindex: 0 } }],
  ])('where Profiles have one long name of a %s', ([, key, part]) => {
    const data = dataOf(Array.from({ length: 20_000 }, () => wallProfile([], { attributeIndices: [1], ...part })), {
      stringTable: ['', 'wall', 'nanoseconds', key, longText(30_000_000)],
      attributeTable: [none, { keyStrindex: 3, value: { case: 'stringValueStrindex', value: 4 }, unitStrindex: 0 }],
    });
    expect(errorOf(() => profilesFromProfilesData(data))?.code).toBe('ERR_TOO_LARGE');
  });

  it.for(['function names', 'endpoints with calls'])('where %s are long and equal', (kind) => {
    const [a, b] = [longText(15_000_000), longText(15_000_000)];
    const calls: OtlpAnyValue = { case: 'kvlistValue', value: { values: Array.from({ length: MANY }, (_, i) => ({ key: '', keyStrindex: 4 + (i % 2), value: { case: 'intValue', value: 1n } })) } };
    const data = dataOf([wallProfile(samplesWith(1, () => ({ stackIndex: 1 })), { attributeIndices: [1] })], {
      stringTable: ['', 'wall', 'nanoseconds', kind === 'function names' ? 'key' : 'flamespan.endpoint.calls', a, b],
      attributeTable: [none, { keyStrindex: 3, value: calls, unitStrindex: 0 }],
      functionTable: [zeroFunction, ...Array.from({ length: kind === 'function names' ? MANY : 1 }, (_, i) => ({ ...zeroFunction, nameStrindex: 4 + (i % 2), startLine: BigInt(i) }))],
      locationTable: [
        { mappingIndex: 0, address: 0n, lines: [], attributeIndices: [] },
        { mappingIndex: 0, address: 0n, lines: Array.from({ length: MANY }, (_, i) => ({ functionIndex: kind === 'function names' ? i + 1 : 1, line: 1n, column: 0n })), attributeIndices: [] },
      ],
      stackTable: [{ locationIndices: [] }, { locationIndices: [1] }],
    });
    expect(errorOf(() => profilesFromProfilesData(data))?.code).toBe('ERR_TOO_LARGE');
  });
});

describe('what is valid protobuf but no valid profile', () => {
  it.for<[string, (data: ProfilesData) => ProfilesData, string]>([
    ['an index beyond its table', (data) => ({ ...data, dictionary: { ...data.dictionary!, stackTable: [] } }), 'ERR_INVALID_INDEX'],
    ['a negative index', (data) => ({ ...data, dictionary: { ...data.dictionary!, stackTable: [{ locationIndices: [-1] }, ...data.dictionary!.stackTable.slice(1)] } }), 'ERR_INVALID_INDEX'],
    ['no dictionary', ({ resourceProfiles }) => ({ resourceProfiles }), 'ERR_INVALID_INDEX'],
    ['a trace id of 15 bytes', (data) => ({ ...data, dictionary: { ...data.dictionary!, linkTable: data.dictionary!.linkTable.map((link) => ({ ...link, traceId: link.traceId.slice(1) })) } }), 'ERR_INVALID_ID'],
    ['a profile id of 1 byte', (data) => withProfiles(data, { profileId: bytesOf(1) }), 'ERR_INVALID_ID'],
    ['values and times of different length', (data) => withProfiles(data, { samples: [{ stackIndex: 0, attributeIndices: [], linkIndex: 0, values: [1n], timestampsUnixNano: [1n, 2n] }] }), 'ERR_INVALID_SAMPLE'],
  ])('%s', ([, change, code]) => {
    expect(errorOf(() => profilesFromProfilesData(change(readProfilesData(real))))?.code).toBe(code);
  });
});

const zeroFunction = { nameStrindex: 0, systemNameStrindex: 0, filenameStrindex: 0, startLine: 0n };

function withProfiles(data: ProfilesData, part: object): ProfilesData {
  const resourceProfiles = data.resourceProfiles.map((rp) => ({
    ...rp,
    scopeProfiles: rp.scopeProfiles.map((sp) => ({ ...sp, profiles: sp.profiles.map((profile) => ({ ...profile, ...part })) })),
  }));
  return { ...data, resourceProfiles };
}

function emptyDictionary(): NonNullable<ProfilesData['dictionary']> {
  return { mappingTable: [], locationTable: [], functionTable: [], linkTable: [], stringTable: [], attributeTable: [], stackTable: [] };
}

function delimited(tag: number, payload: Uint8Array): Uint8Array {
  const length: number[] = [];
  let rest = payload.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  return Uint8Array.of(tag, ...length, rest, ...payload);
}
