import { afterEach, describe, expect, test } from 'vitest';
import { createProfiler } from '@flamespan/profiler';
import type { CollectedWindow, RawTimeNode } from '@flamespan/profiler';
import { FakeBinding, heapNode, rawProfile, rawProfileOf, sample, timeNode } from './support/fake-native.ts';
import { createHarness, record, stopAll } from './support/harness.ts';
import { profileOf, stackText } from './support/read-window.ts';

afterEach(stopAll);

const wide = (nodes: number): RawTimeNode =>
  timeNode('(root)', [], Array.from({ length: nodes - 1 }, (_, i) => timeNode(`f${i}`, [], [], { scriptName: '/a.js' })));

describe('collections', () => {
  const delays = (trees: readonly number[]): number[] => {
    stopAll();
    const { profiler, binding, scheduler } = createHarness();
    profiler.start({});
    binding.profiles.push(...trees.map((nodes) => rawProfileOf(wide(nodes))));
    const came = trees.map(() => {
      const delay = scheduler.runNext();
      scheduler.runTurns();
      return delay;
    });
    return came.concat(scheduler.timers.map(({ delay }) => delay));
  };

  test('come as often as the size of the call tree asks for', () => {
    expect(delays([50])).toEqual([1_000, 5_000]);
    expect(delays([3_000, 6_000, 24_000])).toEqual([1_000, 2_000, 2_000, 1_000]);
  });

  test('one that was asked for is no reason to change the pace, but puts the next off', () => {
    const { profiler, binding, scheduler } = createHarness();
    profiler.start({});
    binding.profiles.push(rawProfileOf(wide(3_000)));
    scheduler.runNext();
    scheduler.runTurns();
    scheduler.advance(10);
    binding.profiles.push(rawProfileOf(wide(500)));
    profiler.collect();
    expect(scheduler.timers.map(({ at, delay }) => [at - scheduler.millis, delay])).toEqual([[2_000, 2_000]]);
  });

  test('end with stop', () => {
    const { profiler, scheduler } = createHarness();
    profiler.start({});
    expect(scheduler.timers).toHaveLength(1);
    profiler.stop();
    expect(scheduler.timers).toEqual([]);
  });

  test.each([
    ['no sign', [0, 0, 0], 0],
    ['a single weak sign', [1, 0, 1, 0], 0],
    ['two weak signs in a row', [1, 1, 1], 1],
    ['a sure sign', [2, 0, 2], 2],
    ['a weak sign after a sure one', [2, 1, 0], 1],
  ] as const)('V8 stuck: %s', (_, signs, restarts) => {
    const { profiler, binding } = createHarness();
    profiler.start({});
    binding.stuck.push(...signs);
    for (const _ of signs) profiler.collect();
    expect(profiler.stats.restarts).toBe(restarts);
    const calls = binding.created.flatMap(({ calls }) => calls);
    expect(calls.filter((call) => call === 'stop(false)')).toHaveLength(restarts);
    expect(calls.filter((call) => call === 'start')).toHaveLength(restarts + 1);
    expect(binding.active).toBeDefined();
  });

  test('a restart keeps the samples of that collection', () => {
    const { profiler, binding, take } = createHarness();
    profiler.start({});
    binding.stuck.push(2);
    binding.profiles.push(rawProfile({ stacks: { work: [sample(1, 1)] } }));
    expect(take().builder.sampleCount).toBe(1);
  });

  test('an error is told and sampling goes on', () => {
    const { profiler, binding, errors, take } = createHarness();
    profiler.start({});
    binding.stopErrors.push(new Error('odd state'));
    profiler.collect();
    expect(errors.map(String)).toEqual(['Error: The samples could not be collected: odd state']);
    expect(profiler.stats).toMatchObject({ errors: 1, collections: 0 });
    binding.profiles.push(rawProfile({ stacks: { work: [sample(1, 1)] } }));
    expect(take().builder.sampleCount).toBe(1);
  });

  test('where sampling could not go on it is tried again, and told once', () => {
    const { profiler, binding, scheduler, errors, take } = createHarness();
    profiler.start({});
    binding.stopErrors.push(new Error('odd state'));
    binding.startErrors.push(new Error('not now'), new Error('not now'));
    profiler.collect();
    binding.active = undefined;
    scheduler.runNext();
    expect(errors.map(String)).toEqual([
      'Error: The samples could not be collected: odd state',
      'Error: Sampling could not go on and is tried again later: not now',
    ]);
    scheduler.runNext();
    binding.profiles.push(rawProfile({ stacks: { work: [sample(1, 1)] } }));
    expect(take().builder.sampleCount).toBe(1);
    expect(errors).toHaveLength(2);
  });

  test('a tree that cannot be read loses its samples only', () => {
    const { profiler, binding, errors, take } = createHarness();
    profiler.start({});
    binding.profiles.push({ startTime: 0, endTime: 0 } as never, rawProfile({ stacks: { work: [sample(1, 1)] } }));
    profiler.collect();
    expect(errors).toHaveLength(1);
    expect(take().builder.sampleCount).toBe(1);
  });

  test('their pauses are counted', () => {
    const { profiler, binding, scheduler } = createHarness({
      resolveOwner: () => {
        scheduler.advance(4);
        return { span: 0, labelSet: 0 };
      },
    });
    profiler.start({});
    const raw = rawProfile({ stacks: { work: [sample(1, 1, record('a')), sample(2, 1, record('b'))] } });
    binding.profiles.push(raw);
    profiler.collect();
    profiler.collect();
    expect(profiler.stats).toMatchObject({ collections: 2, pauseMillisTotal: 8, pauseMillisMax: 8 });
  });

  test('whoever listens to errors or schedules badly does not stop the host', () => {
    const binding = new FakeBinding();
    const profiler = createProfiler({
      binding,
      types: ['wall'],
      resolveOwner: () => ({ span: 0, labelSet: 0 }),
      onError: () => {
        throw new Error('listener');
      },
      scheduler: {
        schedule: () => {
          throw new Error('no timers');
        },
        nowMillis: () => 0,
        nowUnixNano: () => 0n,
      },
    });
    expect(profiler.start({})).toMatchObject({ status: 'started' });
    binding.holderErrors.push(new Error('no holder'));
    expect(profiler.createContextHolder({})).toBeUndefined();
    binding.stopErrors.push(new Error('odd state'));
    profiler.collect();
    profiler.stop();
    expect(profiler.stats.errors).toBeGreaterThanOrEqual(3);
  });
});

describe('heap', () => {
  const tree = heapNode('(root)', [{ sizeBytes: 8, count: 1 }], [
    heapNode('main', [], [
      heapNode('cache', [{ sizeBytes: 24, count: 10 }, { sizeBytes: 100, count: 2 }]),
      heapNode('freed', [{ sizeBytes: 24, count: 0 }], [heapNode('deeper')]),
    ]),
  ]);

  test('what is alive at the end of the window, read before the samples', () => {
    const { profiler, binding, take } = createHarness({ types: ['wall', 'heap'], heapIntervalBytes: 4_096, heapStackDepth: 16 });
    profiler.start({});
    binding.heapRoot = tree;
    const profile = profileOf(take());
    const { heapSamples } = profile;
    expect(Array.from({ length: heapSamples.length }, (_, row) => [
      stackText(profile, heapSamples.stack[row] ?? 0), heapSamples.objects[row], heapSamples.bytes[row],
    ])).toEqual([['', 1n, 8n], ['main;cache', 12n, 440n]]);
    expect(profile.strings).not.toContain('freed');
    expect(binding.events).toEqual(['heap', 'time']);
    expect(binding.heapStarts).toEqual([[4_096, 16, false]]);
  });

  test('the window that stop closes has it too, once', () => {
    const { profiler, binding, take } = createHarness({ types: ['heap'] });
    expect(profiler.start({})).toMatchObject({ status: 'started', labels: false });
    binding.heapRoot = tree;
    profiler.stop();
    expect(binding.heapSampling).toBe(false);
    profiler.start();
    expect(take().builder.heapSampleCount).toBe(2);
    profiler.stop();
    expect(take().builder.heapSampleCount).toBe(2);
  });

  test('is left alone where someone else samples it', () => {
    const { profiler, binding, errors, take } = createHarness({ types: ['wall', 'heap'] });
    binding.heap.start(1, 1, false);
    expect(profiler.start({})).toEqual({ status: 'started', labels: true, records: 'held' });
    expect(errors.map(String)).toEqual([expect.stringContaining('Heap profiles are off: another profiler')]);
    expect(take().builder.heapSampleCount).toBe(0);
    profiler.stop();
    expect(binding.heapSampling).toBe(true);
  });

  test('an error begins the heap sampling anew', () => {
    const { profiler, binding, errors, take } = createHarness({ types: ['heap'] });
    profiler.start();
    binding.heapRoot = tree;
    binding.heapErrors.push(new Error('odd state'));
    expect(take().builder.heapSampleCount).toBe(0);
    expect(errors).toHaveLength(1);
    expect(take().builder.heapSampleCount).toBe(2);
  });
});

describe('allocations', () => {
  const tree = heapNode('(root)', [], [
    heapNode('main', [], [
      heapNode('cache', [
        { inuseObjects: 3, inuseSpaceBytes: 300, allocObjects: 5, allocSpaceBytes: 500 },
        { inuseObjects: 0, inuseSpaceBytes: 0, allocObjects: 2, allocSpaceBytes: 20 },
      ]),
      heapNode('garbage', [{ inuseObjects: 0, inuseSpaceBytes: 0, allocObjects: 7, allocSpaceBytes: 70 }]),
    ]),
  ]);
  const rowsOf = (window: CollectedWindow): unknown[] => {
    const profile = profileOf(window);
    const { stack, objects, bytes, allocatedObjects, allocatedBytes, length } = profile.heapSamples;
    return Array.from({ length }, (_, row) => [
      stackText(profile, stack[row] ?? 0), objects[row], bytes[row], allocatedObjects[row], allocatedBytes[row],
    ]);
  };

  test('what was allocated in the window, dead or alive; the sampler begins anew', () => {
    const { profiler, binding, take, errors } = createHarness({ types: ['heap'], heapAllocations: true, heapIntervalBytes: 4_096, heapStackDepth: 16 });
    profiler.start();
    binding.heapRoot = tree;
    expect(rowsOf(take())).toEqual([['main;cache', 3n, 300n, 7n, 520n], ['main;garbage', 0n, 0n, 7n, 70n]]);
    expect(binding.events).toEqual(['heap', 'heap stop']);
    expect(binding.heapStarts).toEqual([[4_096, 16, true], [4_096, 16, true]]);
    expect(binding.heapSampling).toBe(true);
    profiler.stop();
    expect(binding.heapSampling).toBe(false);
    expect(errors).toEqual([]);
  });

  test.each(['closeWindow', 'takeWindow', 'stop'] as const)('the time of its garbage collection is told apart: %s', (end) => {
    for (const heapAllocations of [true, false]) {
      const pauses: [millis: number, fixedMillis: number][] = [];
      const { profiler, binding, scheduler } = createHarness({
        types: ['wall', 'heap'],
        heapAllocations,
        onPause: (...pause) => pauses.push(pause),
        resolveOwner: () => {
          scheduler.advance(2);
          return { span: 0, labelSet: 0 };
        },
      });
      profiler.start({});
      const { allocationProfile } = binding.heap;
      binding.heap.allocationProfile = () => {
        scheduler.advance(30);
        return allocationProfile();
      };
      binding.profiles.push(rawProfile({ stacks: { work: [sample(1, 1, record('a'))] } }));
      profiler[end](() => undefined);
      scheduler.runTurns();
      const sums = pauses.reduce((sum, pause) => [sum[0] + pause[0], sum[1] + pause[1]], [0, 0]);
      expect(sums).toEqual([32, heapAllocations ? 30 : 0]);
      profiler.stop();
    }
  });

  test('where the runtime cannot, it is said once, and what is alive goes on', () => {
    const { profiler, binding, take, errors } = createHarness({ types: ['heap'], heapAllocations: true });
    binding.allocationsUnsupported = new Error('Needs a newer runtime.');
    expect(profiler.start()).toMatchObject({ status: 'started' });
    binding.heapRoot = heapNode('(root)', [], [heapNode('kept', [{ count: 2, sizeBytes: 8 }])]);
    expect(rowsOf(take())).toEqual([['kept', 2n, 16n, 0n, 0n]]);
    profiler.stop();
    profiler.start();
    expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(/^Heap profiles are without allocations.*: Needs a newer runtime\.$/)]);
    expect(binding.heapStarts.map(([, , allocations]) => allocations)).toEqual([false, false]);
  });

  test('others who read the sampler and take allocations are not disturbed; theirs are not told twice', () => {
    const { profiler, binding, take, errors } = createHarness({ types: ['heap'], heapAllocations: true });
    profiler.start();
    binding.heapUsedByOthers = true;
    binding.heapRoot = tree;
    expect(rowsOf(take())).toEqual([]);
    expect(rowsOf(take())).toEqual([['main;cache', 3n, 300n, 0n, 0n]]);
    profiler.stop();
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('another profiler reads')]);
    expect(binding.heapStarts).toHaveLength(1);
    expect(binding.heapSampling).toBe(true);
  });

  test.each([
    ['takeWindow', []], ['stop', []], ['takeWindow', [new Error('odd state')]],
  ] as const)('under others who want only what is alive the sampler keeps no dead objects: %s, errors: %s', (method, failures) => {
    const { profiler, binding } = createHarness({ types: ['heap'], heapAllocations: true });
    profiler.start();
    binding.heapUsedByOthers = true;
    binding.heapRoot = heapNode('(root)', [{ count: 1, sizeBytes: 8 }]);
    binding.heapErrors.push(...failures);
    profiler[method]();
    expect(binding.heapStarts.map(([, , allocations]) => allocations)).toEqual([true, false]);
    expect(binding.heapSampling).toBe(true);
  });

  test('an error begins the sampling anew', () => {
    const { profiler, binding, errors, take } = createHarness({ types: ['heap'], heapAllocations: true });
    profiler.start();
    binding.heapRoot = tree;
    binding.heapErrors.push(new Error('odd state'));
    expect(rowsOf(take())).toEqual([]);
    expect(errors).toHaveLength(1);
    expect(rowsOf(take())).toHaveLength(2);
  });
});
