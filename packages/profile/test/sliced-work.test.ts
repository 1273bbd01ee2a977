import {
  encodeOtlp, encodeOtlpInSlices, encodeOtlpJsonInSlices, encodePprof, encodePprofInSlices, hasOtlpContent, profilesDataFromProfile, profilesDataToJson,
  splitProfileByTime,
} from '@flamespan/profile';
import type { SlicedWork } from '@flamespan/profile';
import { profileFromStacks, syntheticMinute } from '@flamespan/profile/testing';
import { describe, expect, it } from 'vitest';

const minute = syntheticMinute({ nodes: 5_000, samples: 1_000, heapSamples: 500, functions: 500 });

function stepsOf<T>(work: SlicedWork<T>): { readonly value: T; readonly steps: number } {
  for (let steps = 1; ; steps++) {
    const { done, value } = work.next();
    if (done === true) return { value, steps };
  }
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('work in slices', () => {
  it.each([
    ['OTLP', () => encodeOtlpInSlices(minute)],
    ['OTLP/JSON', () => encodeOtlpJsonInSlices(minute)],
    ['pprof of timed samples', () => encodePprofInSlices(minute, { part: 'timed' })],
    ['pprof of heap samples', () => encodePprofInSlices(minute, { part: 'heap' })],
    ['pprof without times', () => encodePprofInSlices(minute, { part: 'timed', timestampLabel: undefined })],
  ])('can be interrupted every few kilobytes: %s', (_, begin) => {
    const { value, steps } = stepsOf<Uint8Array | undefined>(begin());
    expect(value?.length).toBeGreaterThan(30_000);
    expect((value?.length ?? 0) / steps).toBeLessThan(4_200);
  });

  it('can be interrupted while samples are only looked at', () => {
    const column = new BigInt64Array(100_000);
    column[99_999] = 1n;
    const samples = { length: 100_000, stack: new Int32Array(100_000), span: new Int32Array(100_000), labelSet: new Int32Array(100_000), timeUnixNano: new BigUint64Array(100_000), wallNanos: column, cpuNanos: column };
    expect(stepsOf(encodeOtlpInSlices({ ...minute, samples })).steps).toBeGreaterThan(1_000);
    expect(stepsOf(encodePprofInSlices({ ...minute, samples }, { part: 'timed' })).steps).toBeGreaterThan(1_000);
  });

  it('is the same as at once', () => {
    expect(stepsOf(encodeOtlpInSlices(minute)).value).toEqual(encodeOtlp(minute));
    expect(text(stepsOf(encodeOtlpJsonInSlices(minute)).value)).toBe(profilesDataToJson(profilesDataFromProfile(minute)));
    expect(stepsOf(encodePprofInSlices(minute, { part: 'heap' })).value).toEqual(encodePprof(minute, { part: 'heap' }));
  });

  it('may be done for several profiles in turns', () => {
    const [first, second] = [minute, ...splitProfileByTime(minute, 3)].slice(0, 2).map((profile) => ({ expected: encodeOtlp(profile), work: encodeOtlpInSlices(profile) })) as [Encoding, Encoding];
    const results = new Map<Encoding, Uint8Array>();
    while (results.size < 2) {
      for (const encoding of [first, second]) {
        if (results.has(encoding)) continue;
        const { done, value } = encoding.work.next();
        if (done === true) results.set(encoding, value);
      }
    }
    for (const [{ expected }, bytes] of results) expect(bytes).toEqual(expected);
  });
});

interface Encoding {
  readonly expected: Uint8Array;
  readonly work: SlicedWork<Uint8Array>;
}

describe('hasOtlpContent', () => {
  it('says whether there is something to send', () => {
    expect(hasOtlpContent(profileFromStacks('main 1'))).toBe(true);
    expect(hasOtlpContent(profileFromStacks('main 1 objects 1 bytes'))).toBe(true);
    expect(hasOtlpContent(profileFromStacks('', { endpointCalls: { 'GET /': 1 } }))).toBe(true);
    expect(hasOtlpContent(profileFromStacks(''))).toBe(false);
    expect(hasOtlpContent(profileFromStacks('main 1 cpu', { types: ['wall', 'heap'] }))).toBe(false);
  });
});
