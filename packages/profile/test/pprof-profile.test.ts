import { decodePprof, encodePprof, pprofFileLabels, readPprof } from '@flamespan/profile';
import type { EncodePprofOptions, PprofProfile, PprofSampleContext, Profile } from '@flamespan/profile';
import { dumpProfile, pprofProjection, profileFromStacks, spanIdFor, traceIdFor } from '@flamespan/profile/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyProfile } from './support/profile-arbitrary.ts';

const STACKS = `
  main;handler;sort 3 {tenant=acme} @list GET /users/:id
  main;handler;query 2 @query<list GET /users/:id
  main;handler;hash 2 @!dark POST /users
  main;handler;read 2 wall @read GET /users/:id
  main;loop 1
  main;handler;parse 4 objects 2048 bytes
  main;load 1 objects 64 bytes
`;
const INTERVAL = 10_101_000n;

function encoded(profile: Profile, options: EncodePprofOptions): PprofProfile {
  const bytes = encodePprof(profile, options);
  if (bytes === undefined) throw new Error('nothing was encoded');
  return readPprof(bytes);
}

/** Types as `type/unit`. */
function typesOf({ sampleType, stringTable }: PprofProfile): string[] {
  return sampleType.map(({ type, unit }) => `${stringTable[Number(type)]}/${stringTable[Number(unit)]}`);
}

/** The labels of each sample, numbers as bigints. */
function labelsOf({ sample, stringTable }: PprofProfile): Record<string, string | bigint>[] {
  return sample.map(({ label }) => Object.fromEntries(label.map(({ key, str, num }) => [stringTable[Number(key)], str === 0n ? num : stringTable[Number(str)]])));
}

describe('decode(encode(profile))', () => {
  it.each(['timed', 'heap'] as const)('is the projection that pprof carries of the %s part', (part) => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        const bytes = encodePprof(profile, { part });
        const projection = pprofProjection(profile, part);
        const decoded = bytes && decodePprof(bytes);
        expect(decoded && dumpProfile(decoded.profile)).toEqual(projection && dumpProfile(projection));
        expect(decoded?.ignored ?? []).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing more the second time', () => {
    fc.assert(
      fc.property(anyProfile, fc.constantFrom('timed' as const, 'heap' as const), (profile, part) => {
        const bytes = encodePprof(profile, { part });
        fc.pre(bytes !== undefined);
        const once = decodePprof(bytes).profile;
        expect(dumpProfile(decodePprof(encodePprof(once, { part }) as Uint8Array).profile)).toEqual(dumpProfile(once));
      }),
    );
  });

  it('keeps the sums where samples have no time and become one for each stack and labels', () => {
    const total = (column: BigInt64Array): bigint => column.reduce((sum, value) => BigInt.asIntN(64, sum + value), 0n);
    fc.assert(
      fc.property(anyProfile, (profile) => {
        const bytes = encodePprof(profile, { part: 'timed', timestampLabel: undefined });
        fc.pre(bytes !== undefined);
        const { samples } = decodePprof(bytes).profile;
        const { samples: separate } = pprofProjection(profile, 'timed') as Profile;
        expect(samples.length).toBeLessThanOrEqual(separate.length);
        expect([total(samples.wallNanos), total(samples.cpuNanos)]).toEqual([total(separate.wallNanos), total(separate.cpuNanos)]);
      }),
    );
  });
});

describe('the timed part', () => {
  it('has the types, the window from its start, and a period', () => {
    const message = encoded(profileFromStacks(STACKS), { part: 'timed', comments: ['service.name=shop'] });
    expect(typesOf(message)).toEqual(['wall/nanoseconds', 'cpu/nanoseconds']);
    expect(message).toMatchObject({ timeNanos: 1_767_225_600_000_000_000n, durationNanos: 60_000_000_000n, period: INTERVAL });
    const { periodType, stringTable, comment, defaultSampleType } = message;
    expect([periodType?.type, periodType?.unit, defaultSampleType, ...comment].map((index) => stringTable[Number(index)]))
      .toEqual(['wall', 'nanoseconds', 'wall', 'service.name=shop']);
    expect(message.sample.map(({ value }) => value)).toEqual([
      ...Array.from({ length: 7 }, () => [INTERVAL, INTERVAL]), [INTERVAL, 0n], [INTERVAL, 0n], [INTERVAL, INTERVAL],
    ]);
  });

  it('has only the types of the profile', () => {
    expect(typesOf(encoded(profileFromStacks(STACKS, { types: ['cpu'] }), { part: 'timed' }))).toEqual(['cpu/nanoseconds']);
    expect(encodePprof(profileFromStacks(STACKS, { types: ['heap'] }), { part: 'timed' })).toBeUndefined();
    expect(encodePprof(profileFromStacks('main 2 wall', { types: ['cpu'] }), { part: 'timed' })).toBeUndefined();
  });

  it('counts samples, those without wall time as 0', () => {
    const message = encoded(profileFromStacks('main 2\nmain;threads 1 cpu'), { part: 'timed', sampleCounts: true, timestampLabel: undefined });
    expect(typesOf(message)).toEqual(['sample/count', 'wall/nanoseconds', 'cpu/nanoseconds']);
    expect(message.sample.map(({ value }) => value)).toEqual([[2n, 2n * INTERVAL, 2n * INTERVAL], [0n, 0n, INTERVAL]]);
  });

  it('has one sample for each stack and labels, if it has no times, whatever the spans', () => {
    const profile = profileFromStacks('main 1 @a GET /\nmain 1 @b GET /\nmain 1 @c POST /\nmain;sort 1 @a GET /');
    const message = encoded(profile, { part: 'timed', timestampLabel: undefined, labels: ({ endpoint }) => [{ key: 'endpoint', value: endpoint }] });
    expect(message.sample.map(({ value }) => value[0])).toEqual([2n * INTERVAL, INTERVAL, INTERVAL]);
    expect(labelsOf(message)).toEqual([{ endpoint: 'GET /' }, { endpoint: 'POST /' }, { endpoint: 'GET /' }]);
  });

  it('has ids in hex, the endpoint, the thread, the time and the user\'s labels', () => {
    const profile = profileFromStacks(`
      main 1 {tenant=acme,trace_id=mine,pprof::x=y,empty=} @query<list GET /users
      main 1 @!dark POST /users
    `);
    const time = 1_767_225_600_000_000_000n;
    expect(labelsOf(encoded(profile, { part: 'timed' }))).toEqual([
      {
        'trace_id': traceIdFor('list'), 'span_id': spanIdFor('query'), 'endpoint': 'GET /users', 'thread.name': 'main', 'tenant': 'acme', 'timestamp_ns': time,
      },
      { 'endpoint': 'POST /users', 'thread.name': 'main', 'timestamp_ns': time + INTERVAL },
    ]);
    expect(labelsOf(encoded({ ...profile, linkScope: 'local-root' }, { part: 'timed' }))[0]).toMatchObject({ span_id: spanIdFor('list') });
  });

  it('has the labels that it is told, numbers exact to 64 bits', () => {
    const contexts: PprofSampleContext[] = [];
    const message = encoded(profileFromStacks('main;sort 3 @query<list GET /users\nmain 1'), {
      part: 'timed',
      timestampLabel: 'end_timestamp_ns',
      labels: (context) => {
        contexts.push(context);
        return [
          { key: 'span id', value: 2n ** 64n - 1n }, { key: 'span id', value: 'again' }, { key: 'size', value: 0n, unit: 'bytes' },
          { key: 'none', value: 0n }, { key: '', value: 'x' }, { key: 'end_timestamp_ns', value: 1n }, { key: 'odd', value: -(2n ** 53n) - 1n },
        ];
      },
    });
    expect(labelsOf(message)[2]).toEqual({ 'span id': -1n, 'size': 0n, 'odd': -(2n ** 53n) - 1n, 'end_timestamp_ns': 1_767_225_600_020_202_000n });
    // Once for each span and label set.
    expect(contexts).toEqual([
      expect.objectContaining({
        part: 'timed', traceId: traceIdFor('list'), spanId: spanIdFor('query'), localRootSpanId: spanIdFor('list'), sampled: true,
        endpoint: 'GET /users', linkScope: 'span', thread: { id: 0, name: 'main' },
      }),
      expect.objectContaining({ traceId: '', spanId: '', sampled: false, endpoint: '' }),
    ]);
  });
});

describe('the heap part', () => {
  it('has one sample for each stack, and only what these need', () => {
    const message = encoded(profileFromStacks(STACKS), { part: 'heap', labels: pprofFileLabels });
    expect(typesOf(message)).toEqual(['inuse_objects/count', 'inuse_space/bytes']);
    expect(message.sample.map(({ value }) => value)).toEqual([[4n, 2048n], [1n, 64n]]);
    expect(message.period).toBe(524_288n);
    expect(message.function.map(({ name }) => message.stringTable[Number(name)])).toEqual(['parse', 'handler', 'main', 'load']);
    expect(labelsOf(message)[0]).toEqual({ 'thread.name': 'main' });
    expect(encodePprof(profileFromStacks('main 1'), { part: 'heap' })).toBeUndefined();
  });

  it('has what was allocated as well, where anything was', () => {
    const text = 'main;parse 4 objects 2048 bytes 9 allocated 4096 allocated-bytes\nmain;garbage 0 objects 0 bytes 7 allocated 70 allocated-bytes';
    const message = encoded(profileFromStacks(text), { part: 'heap' });
    expect(typesOf(message)).toEqual(['inuse_objects/count', 'alloc_objects/count', 'inuse_space/bytes', 'alloc_space/bytes']);
    expect(message.sample.map(({ value }) => value)).toEqual([[4n, 9n, 2048n, 4096n], [0n, 7n, 0n, 70n]]);
    expect(message.stringTable[Number(message.defaultSampleType)]).toBe('inuse_space');
  });
});
