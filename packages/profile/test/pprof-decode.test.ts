import { decodePprof, encodePprof, ProfileDecodeError, readPprof, writePprof } from '@flamespan/profile';
import type { DecodeLimits, PprofProfile } from '@flamespan/profile';
import { dumpProfile, profileFromStacks } from '@flamespan/profile/testing';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageArbitrary } from './support/message-arbitrary.ts';
import { pprofDescriptor } from './support/pprof-descriptors.ts';

const real = encodePprof(profileFromStacks(`
  main;handler;sort 3 {tenant=acme} @list GET /users/:id
  main;handler;query 2 @query<list GET /users/:id
`), { part: 'timed', comments: ['a remark'] }) as Uint8Array;

/** The message of the decoder's own error, or `valid`. Anything else that is thrown fails the test. */
function outcomeOf(decode: () => unknown): string {
  try {
    decode();
    return 'valid';
  } catch (error) {
    if (!(error instanceof ProfileDecodeError) || !error.message.startsWith(`${error.code}: `)) throw error;
    return error.message;
  }
}

const outcome = (bytes: Uint8Array, limits?: DecodeLimits): string => outcomeOf(() => decodePprof(bytes, limits));
const changed = (change: Partial<PprofProfile>): string => outcome(writePprof({ ...readPprof(real), ...change }));
const VALID_OR_TYPED = /^valid$|^ERR_[A-Z0-9_]+: ./;

describe('malformed input gives a ProfileDecodeError', () => {
  it('cut off anywhere, or else what is left is valid', () => {
    const outcomes = Array.from({ length: real.length }, (_, length) => outcome(real.slice(0, length)));
    for (const text of outcomes) expect(text).toMatch(VALID_OR_TYPED);
    // Nothing at all, and between the numbers that come after the string table.
    expect(outcomes.filter((text) => text === 'valid').length).toBeLessThanOrEqual(8);
    expect(outcomes.filter((text) => text.startsWith('ERR_TRUNCATED')).length).toBeGreaterThan(real.length / 2);
  });

  it('of any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(outcome(bytes)).toMatch(VALID_OR_TYPED);
    }), { numRuns: 2000 });
  });

  it('of any message', () => {
    fc.assert(fc.property(messageArbitrary(pprofDescriptor) as fc.Arbitrary<PprofProfile>, (message) => {
      expect(outcome(writePprof(message))).toMatch(VALID_OR_TYPED);
    }), { numRuns: 500 });
  });

  it('with bits flipped', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat({ max: real.length - 1 }), fc.nat({ max: 7 })), { minLength: 1, maxLength: 4 }), (flips) => {
      const bytes = real.slice();
      for (const [at, bit] of flips) bytes[at] = (bytes[at] as number) ^ (1 << bit);
      expect(outcome(bytes)).toMatch(VALID_OR_TYPED);
    }), { numRuns: 2000 });
  });

  it('compressed, saying how', () => {
    expect(outcome(gzipSync(real))).toMatch(/^ERR_INVALID_WIRE: .*gzip.*decompress/);
    expect(outcome(zstdCompressSync(real))).toMatch(/^ERR_INVALID_WIRE: .*zstd.*decompress/);
  });

  it('referring to what is not there', () => {
    const { sample, location, function: functions } = readPprof(real);
    expect(changed({ location: [] })).toBe('ERR_INVALID_INDEX: a Sample refers to location 3, which is not there');
    expect(changed({ function: [] })).toContain('ERR_INVALID_INDEX: a Line refers to function');
    expect(changed({ stringTable: [''] })).toMatch(/^ERR_INVALID_INDEX: string \d+ of 1$/);
    expect(changed({ comment: [-1n] })).toMatch(/^ERR_INVALID_INDEX: string -1 of/);
    expect(changed({ location: [...location, location[0]!] })).toBe('ERR_INVALID_INDEX: two Locations have the id 1');
    expect(changed({ function: [...functions, { ...functions[0]!, id: 0n }] })).toBe('ERR_INVALID_INDEX: a Function has the id 0');
    expect(changed({ sample: [{ ...sample[0]!, value: [1n] }] })).toBe('ERR_INVALID_SAMPLE: a Sample has 1 values, but there are 2 sample types');
  });

  it('beyond a limit', () => {
    expect(outcome(real, { maxBytes: 100 })).toMatch(/^ERR_TOO_LARGE: .*maxBytes/);
    expect(outcome(real, { maxElements: 100 })).toMatch(/^ERR_TOO_LARGE: .*maxElements/);
  });

  it('that would grow without bounds', () => {
    const { location, sample } = readPprof(real);
    const wide = { ...location[0]!, line: Array.from({ length: 1000 }, () => location[0]!.line[0]!) };
    const bytes = writePprof({ ...readPprof(real), location: [wide], sample: Array.from({ length: 100 }, () => ({ ...sample[0]!, locationId: [1n, 1n, 1n] })) });
    expect(outcome(bytes, { maxElements: 50_000 })).toMatch(/^ERR_TOO_LARGE/);
    expect(outcome(bytes)).toBe('valid');
  });
});

describe('what other producers write', () => {
  const strings = ['', 'samples', 'count', 'cpu', 'nanoseconds', 'main.work', 'work.go', 'main.inlined', 'tenant', 'acme', 'bytes', 'thread.name', 'a', 'b'];
  const at = (text: string): bigint => BigInt(strings.indexOf(text));
  const go: PprofProfile = {
    ...readPprof(new Uint8Array(0)),
    sampleType: [{ type: at('samples'), unit: at('count') }, { type: at('cpu'), unit: at('nanoseconds') }],
    sample: [{
      locationId: [0xffff_ffff_ffff_0001n, 7n], value: [2n, 20_000_000n],
      label: [{ key: at('tenant'), str: at('acme'), num: 0n, numUnit: 0n }, { key: at('bytes'), str: 0n, num: 5n, numUnit: 0n }],
    }],
    location: [
      // No symbol.
      { id: 7n, mappingId: 0n, address: 99n, line: [], isFolded: false },
      {
        id: 0xffff_ffff_ffff_0001n, mappingId: 0n, address: 100n, isFolded: false,
        line: [{ functionId: 2n, line: 2n ** 40n, column: 0n }, { functionId: 1n, line: 12n, column: 3n }],
      },
    ],
    function: [
      { id: 1n, name: at('main.work'), systemName: 0n, filename: at('work.go'), startLine: 10n },
      { id: 2n, name: 0n, systemName: at('main.inlined'), filename: at('work.go'), startLine: -1n },
    ],
    stringTable: strings,
    timeNanos: 1000n,
    durationNanos: -5n,
    periodType: { type: at('cpu'), unit: at('nanoseconds') },
    period: 10_000_000n,
  };

  it('is read with inlined functions as frames, and says what it has no place for', () => {
    const { profile, ignored } = decodePprof(writePprof(go));
    expect(ignored).toEqual([{ sampleType: 'samples', sampleUnit: 'count', profiles: 1, samples: 1 }]);
    expect(dumpProfile(profile)).toBe([
      'window 1000 + 1', 'types cpu', 'period 10000000 ns, 0 bytes', 'link scope span', 'thread 0 ""', 'scope "" ""', 'resource {} ""',
      '1000 wall 0 cpu 20000000 "main.work"[work.go:12:3 from 10];"main.inlined"[work.go:0:0 from 0] {"tenant": "acme"}',
    ].join('\n'));
  });

  it('with several threads has no thread name', () => {
    const inThread = (name: string) => ({ ...go.sample[0]!, label: [{ key: at('thread.name'), str: at(name), num: 0n, numUnit: 0n }] });
    const nameOf = (...names: string[]): string => decodePprof(writePprof({ ...go, sample: names.map(inThread) })).profile.thread.name;
    expect([nameOf('a', 'a'), nameOf('a', 'b'), nameOf('a', '')]).toEqual(['a', '', '']);
  });

  it('has its comments', () => {
    expect(decodePprof(real).comments).toEqual(['a remark']);
  });
});
