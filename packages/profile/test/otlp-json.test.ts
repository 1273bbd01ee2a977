import { decodeOtlp, encodeOtlp, ProfileDecodeError, profilesDataFromJson, profilesDataFromProfile, profilesDataToJson, profilesFromProfilesData } from '@flamespan/profile';
import type { ProfilesData } from '@flamespan/profile';
import { dumpProfile, profileFromStacks, spanIdFor, traceIdFor } from '@flamespan/profile/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyProfilesData } from './support/message-arbitrary.ts';
import { anyProfile } from './support/profile-arbitrary.ts';

function inResource(value: unknown): string {
  return JSON.stringify({ resourceProfiles: [{ resource: { attributes: [{ key: 'k', value }] } }] });
}

function valueIn(data: ProfilesData): unknown {
  return data.resourceProfiles[0]?.resource?.attributes[0]?.value;
}

function profileText(profile: string): string {
  return `{"resourceProfiles":[{"scopeProfiles":[{"profiles":[${profile}]}]}]}`;
}

function profileIn(text: string) {
  return profilesDataFromJson(text).resourceProfiles[0]?.scopeProfiles[0]?.profiles[0];
}

describe('OTLP/JSON', () => {
  it('gives any message back', () => {
    fc.assert(
      fc.property(anyProfilesData, (data) => {
        // JSON has no -0.
        expect(profilesDataFromJson(profilesDataToJson(data))).toEqual(withoutNegativeZero(data));
      }),
    );
  });

  it('means the same as protobuf', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        const text = profilesDataToJson(profilesDataFromProfile(profile));
        const dumps = profilesFromProfilesData(profilesDataFromJson(text)).profiles.map(dumpProfile);
        const expected = decodeOtlp(encodeOtlp(profile)).profiles.map(dumpProfile);
        expect(dumps.map((dump) => dump.replaceAll('-0', '0'))).toEqual(expected.map((dump) => dump.replaceAll('-0', '0')));
      }),
    );
  });

  it('has camel case names, 64-bit integers as strings and ids in hex', () => {
    const json = JSON.parse(profilesDataToJson(profilesDataFromProfile(profileFromStacks('main 1 @list GET /')))) as {
      dictionary: { linkTable: unknown[] };
      resourceProfiles: { scopeProfiles: { profiles: unknown[] }[]; resource: unknown }[];
    };
    expect(json.dictionary.linkTable).toEqual([{}, { traceId: traceIdFor('list'), spanId: spanIdFor('list') }]);
    expect(json.resourceProfiles[0]?.resource).toEqual({ attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] });
    expect(json.resourceProfiles[0]?.scopeProfiles[0]?.profiles[0]).toMatchObject({
      timeUnixNano: '1767225600000000000',
      period: '10101000',
      samples: [{ stackIndex: 1, linkIndex: 1, values: ['10101000'], timestampsUnixNano: ['1767225600000000000'] }],
    });
  });

  it('has the profile id in hex and the payload in base64', () => {
    const text = profileText('{"profileId":"000102030405060708090a0b0c0d0eFF","originalPayload":"+/8="}');
    const profile = profileIn(text);
    expect([...(profile?.profileId ?? [])]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
    expect(profile?.originalPayload).toEqual(Uint8Array.of(0xfb, 0xff));
    expect(profileIn(profileText('{"originalPayload":"-_8"}'))?.originalPayload).toEqual(Uint8Array.of(0xfb, 0xff));
    expect(JSON.parse(profilesDataToJson(profilesDataFromJson(text)))).toEqual(
      JSON.parse(text.replace('eFF', 'eff')),
    );
  });

  it('takes integers as numbers too, exactly', () => {
    expect(profileIn(profileText('{"timeUnixNano": 18446744073709551615, "period":-9223372036854775808, "durationNano": 5}')))
      .toMatchObject({ timeUnixNano: 2n ** 64n - 1n, period: -(2n ** 63n), durationNano: 5n });
    expect(profileIn(profileText('{"samples":[{"values":[9007199254740993,"9007199254740993"],"stackIndex":"3"}]}')))
      .toMatchObject({ samples: [{ values: [2n ** 53n + 1n, 2n ** 53n + 1n], stackIndex: 3 }] });
  });

  it.for<[unknown, unknown]>([
    [{ stringValue: '' }, { case: 'stringValue', value: '' }],
    [{ boolValue: false }, { case: 'boolValue', value: false }],
    [{ intValue: '0' }, { case: 'intValue', value: 0n }],
    [{ doubleValue: 'NaN' }, { case: 'doubleValue', value: NaN }],
    [{ doubleValue: '-Infinity' }, { case: 'doubleValue', value: -Infinity }],
    [{ doubleValue: 1 }, { case: 'doubleValue', value: 1 }],
    [{ arrayValue: {} }, { case: 'arrayValue', value: { values: [] } }],
    [{ kvlistValue: { values: [{ key: 'a' }] } }, { case: 'kvlistValue', value: { values: [{ key: 'a', keyStrindex: 0 }] } }],
    [{ bytesValue: '' }, { case: 'bytesValue', value: new Uint8Array(0) }],
    [{ stringValueStrindex: 4 }, { case: 'stringValueStrindex', value: 4 }],
    [{}, { case: undefined }],
    [{ later: 1 }, { case: undefined }],
    [{ stringValue: null }, { case: undefined }],
  ])('reads the value %j', ([json, value]) => {
    expect(valueIn(profilesDataFromJson(inResource(json)))).toEqual(value);
  });

  it('ignores unknown fields and takes null as not set', () => {
    expect(profilesDataFromJson('{"resourceProfiles":null,"dictionary":{"stringTable":[""],"newTable":[1]},"__proto__":{"a":1},"x":[[]]}'))
      .toEqual({ resourceProfiles: [], dictionary: expect.objectContaining({ stringTable: [''] }) as unknown });
  });

  it.for<[string, string, string]>([
    ['', 'ERR_INVALID_JSON', ''],
    ['{"a":', 'ERR_INVALID_JSON', ''],
    ['{"a":1}}', 'ERR_INVALID_JSON', ''],
    ['{"a":1234567890123456789', 'ERR_INVALID_JSON', ''],
    ['[]', 'ERR_INVALID_JSON', 'the message must be an object, is an array'],
    ['null', 'ERR_INVALID_JSON', 'the message must be an object, is null'],
    ['{"resourceProfiles":{}}', 'ERR_INVALID_JSON', 'ProfilesData.resourceProfiles must be an array, is an object'],
    ['{"resourceProfiles":[null]}', 'ERR_INVALID_JSON', 'ProfilesData.resourceProfiles must be an object, is null'],
    ['{"dictionary":{"stringTable":[1]}}', 'ERR_INVALID_JSON', 'ProfilesDictionary.stringTable must be a string, is 1'],
    ['{"dictionary":{"linkTable":[{"traceId":"0g"}]}}', 'ERR_INVALID_ID', 'Link.traceId must be pairs of hex digits, is "0g"'],
    ['{"dictionary":{"linkTable":[{"spanId":"0"}]}}', 'ERR_INVALID_ID', 'Link.spanId'],
    [profileText('{"period":1.5}'), 'ERR_INVALID_JSON', 'Profile.period must be an integer'],
    [profileText('{"period":"1e3"}'), 'ERR_INVALID_JSON', 'Profile.period'],
    [profileText(`{"period":"${'9'.repeat(1e6)}"}`), 'ERR_INVALID_JSON', 'Profile.period'],
    [profileText('{"period":9223372036854775808}'), 'ERR_INVALID_JSON', 'Profile.period'],
    [profileText('{"timeUnixNano":"-1"}'), 'ERR_INVALID_JSON', 'Profile.timeUnixNano'],
    [profileText('{"samples":[{"stackIndex":2147483648}]}'), 'ERR_INVALID_JSON', 'Sample.stackIndex'],
    [profileText('{"originalPayload":"?"}'), 'ERR_INVALID_JSON', 'Profile.originalPayload must be base64'],
    [inResource({ boolValue: 'true' }), 'ERR_INVALID_JSON', 'AnyValue.boolValue must be true or false'],
    [inResource({ doubleValue: 'inf' }), 'ERR_INVALID_JSON', 'AnyValue.doubleValue must be a number'],
  ])('refuses %.60s', ([text, code, detail]) => {
    expect(errorOf(text)).toMatchObject({ code, message: expect.stringContaining(detail) as string });
  });

  it('is limited as protobuf is', () => {
    const many = `{"dictionary":{"stackTable":[${Array<string>(1000).fill('{}').join(',')}]}}`;
    expect(errorOf(many, { maxElements: 2999 })?.code).toBe('ERR_TOO_LARGE');
    expect(errorOf(many, { maxElements: 1500 })?.code).toBe('ERR_TOO_LARGE');
    expect(errorOf(many, { maxBytes: 100 })?.code).toBe('ERR_TOO_LARGE');
    expect(errorOf(many, { maxElements: 3050 })).toBeUndefined();
    expect(errorOf(`{"ignored":${'['.repeat(1e6)}`)?.code).toBe('ERR_TOO_LARGE');
    // What stands in strings is no structure.
    expect(errorOf(`{"dictionary":{"stringTable":["${'[,\\"'.repeat(1000)}"]}}`, { maxElements: 100 })).toBeUndefined();
    const nested = (levels: number): string => inResource('x').replace('"x"', `${'{"arrayValue":{"values":['.repeat(levels)}{}${']}}'.repeat(levels)}`);
    expect(errorOf(nested(40))).toBeUndefined();
    expect(errorOf(nested(60))?.code).toBe('ERR_TOO_LARGE');
  });

  it('ends in a value or the typed error for any text', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '"resourceProfiles"', '"dictionary"', '"stringTable"', 'null', '12345678901234567890', '1e9', '\\', 'x', ' ');
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(pieces).map((list) => list.join('')), fc.json()), (text) => {
      expect(errorOf(text)?.message ?? 'valid').toMatch(/^valid$|^ERR_[A-Z0-9_]+: ./);
    }), { numRuns: 3000 });
  });
});

function errorOf(text: string, limits?: { maxElements?: number; maxBytes?: number }): ProfileDecodeError | undefined {
  try {
    profilesDataFromJson(text, limits);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProfileDecodeError)) throw error;
    if (!error.message.startsWith(`${error.code}: `)) throw new Error(`the code is not in front: ${error.message}`, { cause: error });
    return error;
  }
}

function withoutNegativeZero<T>(value: T): T {
  if (Object.is(value, -0)) return 0 as T;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutNegativeZero) as T;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutNegativeZero(item)])) as T;
}
