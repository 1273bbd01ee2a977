import { createProfileBuilder, encodeOtlp, profilesDataFromProfile, splitProfileByTime } from '@flamespan/profile';
import type { Profile } from '@flamespan/profile';
import { checkConformance, dumpProfile, profileFromStacks } from '@flamespan/profile/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyProfile } from './support/profile-arbitrary.ts';

const anyParts = fc.integer({ min: 1, max: 12 });

/** Each sample, heap sample and call as text, with all that it refers to; then what every piece has to say as well. */
function saying(profile: Profile): { samples: string[]; heap: string[]; calls: string[]; header: string[] } {
  const lines = dumpProfile(profile).split('\n').filter((line) => !line.startsWith('window '));
  const take = (pattern: RegExp): string[] => lines.filter((line) => pattern.test(line));
  const patterns = [/^\d+ wall /, /^\d+ objects /, /^calls /] as const;
  return {
    samples: take(patterns[0]),
    heap: take(patterns[1]),
    calls: take(patterns[2]),
    header: lines.filter((line) => !patterns.some((pattern) => pattern.test(line))),
  };
}

function endOf({ startTimeUnixNano, durationNanos }: Profile): bigint {
  return startTimeUnixNano + durationNanos;
}

/** Rows that nothing refers to, row 0 aside. */
function orphans({ samples, heapSamples, spans, stacks, locations, functions, strings, labelSets }: Profile): string[] {
  const unused = (name: string, length: number, ...columns: Int32Array[]): string[] => {
    const used = new Set(columns.flatMap((column) => [...column]));
    return Array.from({ length }, (_, row) => row).filter((row) => row > 0 && !used.has(row)).map((row) => `${name} ${row}`);
  };
  return [
    ...unused('span', spans.length, samples.span),
    ...unused('label set', labelSets.length, samples.labelSet),
    ...unused('stack', stacks.length, samples.stack, heapSamples.stack, stacks.parent),
    ...unused('location', locations.length, stacks.location),
    ...unused('function', functions.length, locations.function),
    ...unused('string', strings.length, functions.name, functions.filename, locations.frameType, spans.endpoint),
  ];
}

describe('splitProfileByTime', () => {
  it('keeps the order of samples within a piece, also where it is not that of time', () => {
    const whole = profileFromStacks('main 8');
    const start = whole.startTimeUnixNano;
    const timeUnixNano = BigUint64Array.from([7n, 6n, 1n, 0n, 5n, 4n, 3n, 2n], (offset) => start + offset);
    const pieces = splitProfileByTime({ ...whole, samples: { ...whole.samples, timeUnixNano } }, 2);
    expect(pieces.map(({ samples }) => [...samples.timeUnixNano].map((time) => Number(time - start)))).toEqual([[1, 0, 3, 2], [7, 6, 5, 4]]);
  });

  it('loses nothing, adds nothing and keeps what all samples share', () => {
    fc.assert(
      fc.property(anyProfile, anyParts, (profile, parts) => {
        const whole = saying(profile);
        const pieces = splitProfileByTime(profile, parts).map(saying);
        expect(pieces.flatMap(({ samples }) => samples).sort()).toEqual(whole.samples);
        expect(pieces.flatMap(({ heap }) => heap)).toEqual(whole.heap);
        expect(pieces.flatMap(({ calls }) => calls)).toEqual(whole.calls);
        for (const { header } of pieces) expect(header).toEqual(whole.header);
      }),
      { numRuns: 500 },
    );
  });

  it('gives at most as many pieces as asked for, with windows that follow each other and hold their samples', () => {
    fc.assert(
      fc.property(anyProfile, anyParts, (profile, parts) => {
        const pieces = splitProfileByTime(profile, parts);
        expect(pieces.length).toBeLessThanOrEqual(parts);
        const timed = pieces.length === 1 ? pieces : pieces.filter(({ samples }) => samples.length > 0);
        expect(timed[0]?.startTimeUnixNano).toBe(profile.startTimeUnixNano);
        expect(timed.map(endOf)).toEqual([...timed.slice(1).map(({ startTimeUnixNano }) => startTimeUnixNano), endOf(profile)]);
        for (const piece of timed) {
          for (const time of piece.samples.timeUnixNano) {
            expect(time >= piece.startTimeUnixNano && time < endOf(piece)).toBe(true);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('leaves nothing in a dictionary that its piece does not need', () => {
    fc.assert(
      fc.property(anyProfile, anyParts, (profile, parts) => {
        const pieces = splitProfileByTime(profile, parts);
        fc.pre(pieces.length > 1);
        for (const piece of pieces) {
          expect(orphans(piece)).toEqual([]);
          for (let row = 1; row < piece.stacks.length; row++) expect(piece.stacks.parent[row]).toBeLessThan(row);
          expect([piece.strings[0], piece.labelSets[0]?.size, piece.spans.spanId[0]]).toEqual(['', 0, '']);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('makes pieces that conform to OTLP', () => {
    fc.assert(
      fc.property(anyProfile, anyParts, (profile, parts) => {
        const sent = splitProfileByTime(profile, parts).map((part) => profilesDataFromProfile(part)).filter(({ resourceProfiles }) => resourceProfiles.length > 0);
        expect(sent.flatMap(checkConformance)).toEqual([]);
      }),
    );
  });

  it('divides the samples evenly, however they are ordered', () => {
    const builder = createProfileBuilder();
    const stack = builder.stack(0, builder.location(builder.function(builder.string('f'), 0, 1), 1, 1, 0));
    for (let i = 0; i < 100; i++) builder.addSample(stack, 0, BigInt((i * 37) % 100), 1n, 0n);
    const profile = builder.build({ ...profileFromStacks('f 1'), startTimeUnixNano: 0n, durationNanos: 100n });
    const pieces = splitProfileByTime(profile, 3);
    expect(pieces.map(({ samples }) => samples.length)).toEqual([33, 33, 34]);
    expect(pieces.map((piece) => [piece.startTimeUnixNano, endOf(piece)])).toEqual([[0n, 33n], [33n, 66n], [66n, 100n]]);
  });

  it('puts heap samples last and apart, and calls first', () => {
    const profile = profileFromStacks('a;b 4\na;c 2 objects 64 bytes', { endpointCalls: { 'GET /': 2 } });
    const pieces = splitProfileByTime(profile, 3);
    expect(pieces.map(({ samples, heapSamples, endpointCalls }) => [samples.length, heapSamples.length, endpointCalls.size])).toEqual([[2, 0, 1], [2, 0, 0], [0, 1, 0]]);
    expect([pieces[2]?.startTimeUnixNano, pieces[2]?.durationNanos]).toEqual([profile.startTimeUnixNano, profile.durationNanos]);
  });

  it.each([
    ['one part', 'a 3', 1],
    ['one sample', 'a 1', 8],
    ['heap samples alone', 'a 5 objects 9 bytes\nb 1 objects 1 bytes', 8],
    ['nothing', '', 8],
  ])('gives back the profile itself where there is nothing to divide: %s', (_kind, text, parts) => {
    const profile = profileFromStacks(text);
    const pieces = splitProfileByTime(profile, parts);
    expect(pieces).toHaveLength(1);
    expect(pieces[0]).toBe(profile);
  });

  it('does not divide what has one time', () => {
    const builder = createProfileBuilder();
    for (let i = 0; i < 5; i++) builder.addSample(0, 0, 7n, 1n, 0n);
    const profile = builder.build(profileFromStacks('a 1'));
    expect(splitProfileByTime(profile, 3)).toEqual([profile]);
  });

  it('makes requests smaller', () => {
    const stacks = Array.from({ length: 400 }, (_, i) => `main;handler ${i};${'deep;'.repeat(20)}leaf ${i} 1`).join('\n');
    const profile = profileFromStacks(stacks);
    const whole = encodeOtlp(profile).byteLength;
    for (const piece of splitProfileByTime(profile, 4)) expect(encodeOtlp(piece).byteLength).toBeLessThan(whole * 0.3);
  });
});
