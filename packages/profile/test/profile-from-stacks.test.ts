import type { Profile } from '@flamespan/profile';
import { dumpProfile, profileFromStacks, spanIdFor, traceIdFor } from '@flamespan/profile/testing';
import { describe, expect, it } from 'vitest';

const START = 1_767_225_600_000_000_000n;
const INTERVAL = 10_101_000n;

function samplesIn(text: string): string[] {
  return dumpProfile(profileFromStacks(text)).split('\n').slice(7);
}

const main = '"main"[app.js:2:3 from 1 v8js]';
const sort = '"sort"[app.js:2:3 from 1 v8js]';
const both = `wall ${INTERVAL} cpu ${INTERVAL}`;

describe('profileFromStacks', () => {
  it.for<[string, string]>([
    ['main;sort 1', `${START} ${both} ${main};${sort}`],
    ['main 1 @list', `${START} ${both} ${main} @${traceIdFor('list')}/${spanIdFor('list')}<${spanIdFor('list')}`],
    ['main 1 @query<list', `${START} ${both} ${main} @${traceIdFor('list')}/${spanIdFor('query')}<${spanIdFor('list')}`],
    ['main 1 @!dark', `${START} ${both} ${main} @!${traceIdFor('dark')}/${spanIdFor('dark')}<${spanIdFor('dark')}`],
    ['main 1 @list GET /users/:id', `${START} ${both} ${main} @${traceIdFor('list')}/${spanIdFor('list')}<${spanIdFor('list')} "GET /users/:id"`],
    ['main 1 GET /users', `${START} ${both} ${main} "GET /users"`],
    ['main 1 wall', `${START} wall ${INTERVAL} cpu 0 ${main}`],
    ['main 1 cpu GET /', `${START} wall 0 cpu ${INTERVAL} ${main} "GET /"`],
    ['main[a b/c.js:12:3] 1', `${START} ${both} "main"[a b/c.js:12:3 from 1 v8js]`],
    ['(garbage collector);[Symbol.iterator] 1', `${START} ${both} "(garbage collector)"[app.js:2:3 from 1 v8js];"[Symbol.iterator]"[app.js:2:3 from 1 v8js]`],
    ['main 4 objects 2048 bytes', `4 objects 2048 bytes ${main}`],
    ['main 4 objects 2048 bytes 9 allocated 4096 allocated-bytes', `4 objects 2048 bytes 9 allocated 4096 allocated-bytes ${main}`],
    ['# a remark\n\n  main 1  ', `${START} ${both} ${main}`],
  ])('%s', ([text, line]) => {
    expect(samplesIn(text)).toEqual([line]);
  });

  it('repeats a sample at the sampling interval', () => {
    expect(samplesIn('main 2\nsort 1')).toEqual([
      `${START} ${both} ${main}`, `${START + INTERVAL} ${both} ${main}`, `${START + 2n * INTERVAL} ${both} ${sort}`,
    ]);
  });

  it('takes the header and the calls as options', () => {
    const profile = profileFromStacks('main 1', { thread: { id: 3, name: 'worker' }, endpointCalls: { 'GET /': 2 } });
    expect(dumpProfile(profile).split('\n')).toEqual([
      `window ${START} + 60000000000`,
      'types cpu heap wall',
      'period 10101000 ns, 524288 bytes',
      'link scope span',
      'thread 3 "worker"',
      'scope "@flamespan/profiler" "0.1.0"',
      'resource {"service.name": "shop"} ""',
      'calls 2 "GET /"',
      `${START} ${both} ${main}`,
    ]);
  });

  it('gives different ids to different names', () => {
    const names = ['a', 'b', 'ab', 'ba', 'list', 'query', 'span1', 'span2'];
    expect(new Set(names.map(spanIdFor)).size).toBe(names.length);
    expect(new Set(names.map(traceIdFor)).size).toBe(names.length);
    for (const name of names) expect([spanIdFor(name), traceIdFor(name)].join()).toMatch(/^[0-9a-f]{16},[0-9a-f]{32}$/);
  });

  it('says which line it does not understand', () => {
    expect(() => profileFromStacks('main 1\nmain')).toThrow('line 2 is not "frame;frame count');
  });
});

describe('dumpProfile', () => {
  it('is the same for the same samples in another order', () => {
    const drawn = profileFromStacks('main;sort 2 @list GET /\nload 1 objects 2 bytes\nmain 1 objects 3 bytes');
    const reversed = profileFromStacks('main 1 objects 3 bytes\nload 1 objects 2 bytes\nmain;sort 2 @list GET /');
    expect(dumpProfile(reversed)).toBe(dumpProfile(drawn));
  });

  it('differs in whatever a profile says', () => {
    const base = profileFromStacks('main;sort 2 @query<list GET /\nload 1 objects 2 bytes', { endpointCalls: { 'GET /': 1 } });
    const others: readonly Profile[] = [
      { ...base, startTimeUnixNano: base.startTimeUnixNano - 1n },
      { ...base, durationNanos: 1n },
      { ...base, types: ['wall'] },
      { ...base, samplingIntervalNanos: 1n },
      { ...base, heapIntervalBytes: 1n },
      { ...base, linkScope: 'local-root' },
      { ...base, thread: { id: 1, name: 'main' } },
      { ...base, thread: { id: 0, name: 'x' } },
      { ...base, scope: { name: 'x' } },
      { ...base, resource: { attributes: { 'service.name': 'x' } } },
      { ...base, resource: { ...base.resource, schemaUrl: 'x' } },
      { ...base, endpointCalls: new Map() },
      ...base.strings.slice(1).map((text) => ({ ...base, strings: base.strings.map((each) => (each === text ? 'x' : each)) })),
      { ...base, functions: { ...base.functions, startLine: base.functions.startLine.map(() => 9) } },
      { ...base, locations: { ...base.locations, line: base.locations.line.map(() => 9) } },
      { ...base, locations: { ...base.locations, column: base.locations.column.map(() => 9) } },
      { ...base, stacks: { ...base.stacks, parent: base.stacks.parent.map(() => 0) } },
      { ...base, spans: { ...base.spans, sampled: Uint8Array.of(0, 0) } },
      { ...base, spans: { ...base.spans, traceId: ['', 'x'] } },
      { ...base, spans: { ...base.spans, spanId: ['', 'x'] } },
      { ...base, spans: { ...base.spans, localRootSpanId: ['', 'x'] } },
      { ...base, samples: { ...base.samples, timeUnixNano: base.samples.timeUnixNano.map((time) => time + 1n) } },
      { ...base, samples: { ...base.samples, wallNanos: BigInt64Array.of(1n, 1n) } },
      { ...base, samples: { ...base.samples, cpuNanos: BigInt64Array.of(1n, 1n) } },
      { ...base, heapSamples: { ...base.heapSamples, objects: BigInt64Array.of(9n) } },
      { ...base, heapSamples: { ...base.heapSamples, bytes: BigInt64Array.of(9n) } },
      { ...base, heapSamples: { ...base.heapSamples, allocatedObjects: BigInt64Array.of(9n) } },
      { ...base, heapSamples: { ...base.heapSamples, allocatedBytes: BigInt64Array.of(9n) } },
    ];
    expect(new Set([base, ...others].map(dumpProfile)).size).toBe(others.length + 1);
  });
});
