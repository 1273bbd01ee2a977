import { afterEach, describe, expect, test } from 'vitest';
import type { CollectedWindow, ProfilerOptions } from '@flamespan/profiler';
import { heapNode, rawProfile, sample } from './support/fake-native.ts';
import { createHarness, record, stopAll } from './support/harness.ts';
import type { Harness } from './support/harness.ts';
import { profileOf, samplesOf } from './support/read-window.ts';

afterEach(stopAll);

const work = (from: number, count: number) =>
  rawProfile({ stacks: { work: Array.from({ length: count }, (_, i) => sample((from + i) * 10_000, 1_000, record(`s${from + i}`))) } });

/** Each owner that is asked for takes a millisecond. */
function createSlow(options: Partial<ProfilerOptions> = {}): Harness & { readonly pauses: number[] } {
  const pauses: number[] = [];
  const harness: Harness = createHarness({
    onPause: (millis) => pauses.push(millis),
    resolveOwner: (value, builder) => {
      harness.scheduler.advance(1);
      const { spanId } = value as { spanId: string };
      return { span: builder.span({ traceId: 't', spanId, localRootSpanId: '', sampled: true }), labelSet: 0 };
    },
    ...options,
  });
  return { ...harness, pauses };
}

describe('a collection that is due', () => {
  test('is taken in over several turns, none of them long', () => {
    const { profiler, binding, scheduler, pauses, take } = createSlow();
    profiler.start({});
    binding.profiles.push(work(0, 100));
    scheduler.runNext();
    expect(profiler.stats).toMatchObject({ collections: 1, samples: 0 });
    scheduler.runTurns();
    expect(profiler.stats).toMatchObject({ collections: 1, samples: 100, samplesWithSpan: 100, pauseMillisTotal: 100 });
    expect(Math.max(...pauses)).toBeLessThan(25);
    expect(profiler.stats.pauseMillisMax).toBe(Math.max(...pauses));
    expect(pauses.filter((millis) => millis > 0).length).toBeGreaterThan(4);
    expect(samplesOf(take()).map(({ spanId }) => spanId)).toEqual(Array.from({ length: 100 }, (_, i) => `s${i}`));
  });

  test('is taken in at once when the next one, the window or the end comes before', () => {
    const { profiler, binding, scheduler, take } = createSlow();
    profiler.start({});
    binding.profiles.push(work(0, 40), work(40, 40), work(80, 40));
    scheduler.runNext();
    profiler.collect();
    expect(profiler.stats.samples).toBe(80);
    scheduler.runNext();
    profiler.stop();
    expect(samplesOf(take()).map(({ spanId }) => spanId)).toEqual(Array.from({ length: 120 }, (_, i) => `s${i}`));
    expect(scheduler.timers).toEqual([]);
  });

  test('is taken in by the time of the next, however few turns there are', () => {
    const { profiler, binding, scheduler } = createSlow();
    profiler.start({});
    for (let count = 1; count <= 5; count++) {
      binding.profiles.push(work(count * 40, 40));
      // The event loop is blocked for longer than collections are apart: each of its turns has one slice, and a collection.
      scheduler.advance(10_000);
      for (const timer of scheduler.timers.splice(0)) timer.callback();
      expect(profiler.stats.collections).toBe(count);
      expect(profiler.stats.samples).toBe((count - 1) * 40);
    }
  });

  test('carries its CPU over into the next, in order', () => {
    const { profiler, binding, scheduler, take } = createSlow();
    profiler.start({});
    binding.profiles.push(rawProfile({ stacks: { '(idle)': [sample(5_000, 700)] } }), work(1, 1));
    scheduler.runNext();
    profiler.collect();
    expect(samplesOf(take()).map(({ cpuNanos }) => cpuNanos)).toEqual([1_700n]);
  });
});

describe('a listener to pauses', () => {
  test('may throw', () => {
    const { profiler, binding, errors } = createSlow({
      onPause: () => {
        throw new Error('broken listener');
      },
    });
    profiler.start({});
    binding.profiles.push(work(0, 1));
    profiler.collect();
    expect(profiler.stats).toMatchObject({ samples: 1, errors: 0 });
    expect(errors).toEqual([]);
  });
});

describe('samples lost', () => {
  const lostAfter = (gapMicros: number, pauseMillis = 0): number => {
    stopAll();
    const { profiler, binding, scheduler } = createHarness();
    profiler.start({});
    const slow = rawProfile({ stacks: { work: [sample(gapMicros, 1)] } });
    binding.profiles.push(rawProfile({ stacks: { '(idle)': [sample(0, 1)] } }), slow);
    profiler.collect();
    const stop = binding.created[0]?.stop.bind(binding.created[0]);
    if (binding.created[0] !== undefined && stop !== undefined) {
      binding.created[0].stop = (restart) => {
        scheduler.advance(pauseMillis);
        return stop(restart);
      };
    }
    profiler.collect();
    return profiler.stats.samplesLost;
  };

  test('are those that were due between two collections', () => {
    expect(lostAfter(10_100)).toBe(0);
    expect(lostAfter(20_400)).toBe(1);
    expect(lostAfter(30_500)).toBe(2);
  });

  test('are no more than a collection can cost, whatever the clock says', () => {
    expect(lostAfter(3_600_000_000)).toBe(2);
    expect(lostAfter(3_600_000_000, 25)).toBe(5);
    expect(lostAfter(-3_600_000_000)).toBe(0);
  });
});

describe('a window that is closed in turns', () => {
  const tree = heapNode('(root)', [], [heapNode('kept', [{ count: 1, sizeBytes: 8 }])]);

  function closing(): Harness & { readonly closed: CollectedWindow[] } {
    const harness = createSlow({ types: ['wall', 'heap'] });
    harness.profiler.start({});
    harness.binding.heapRoot = tree;
    harness.binding.profiles.push(work(0, 40), work(40, 40));
    harness.scheduler.advance(500);
    const closed: CollectedWindow[] = [];
    harness.profiler.closeWindow((window) => closed.push(window));
    return { ...harness, closed };
  }

  test('reads the heap, the samples, and what they are, one after the other', () => {
    const { profiler, binding, scheduler, closed, take } = closing();
    expect(binding.events).toEqual(['heap']);
    scheduler.runNext();
    expect(binding.events).toEqual(['heap', 'time']);
    expect(closed).toEqual([]);
    scheduler.runTurns();
    expect(closed).toHaveLength(1);
    const [window] = closed as [CollectedWindow];
    expect(window).toMatchObject({ durationNanos: 500_000_000n, samplingIntervalMicros: 10_000 });
    expect(window.builder).toMatchObject({ sampleCount: 40, heapSampleCount: 1 });
    expect(profiler.stats.pauseMillisMax).toBeLessThan(25);
    // The next began where this one ended, and has the rest.
    const next = take();
    expect(next.startTimeUnixNano).toBe(window.startTimeUnixNano + 500_000_000n);
    expect(samplesOf(next).map(({ spanId }) => spanId)[0]).toBe('s40');
  });

  test('asked for twice closes once', () => {
    const { profiler, scheduler, closed } = closing();
    profiler.closeWindow((window) => closed.push(window));
    scheduler.runTurns();
    expect(closed).toHaveLength(1);
  });

  test.each(['takeWindow', 'stop'] as const)('is left to takeWindow by a %s that comes before its end', (method) => {
    const { profiler, binding, scheduler, closed, take } = closing();
    if (method === 'stop') profiler.stop();
    const window = take();
    scheduler.runTurns();
    expect(closed).toEqual([]);
    expect(window.builder).toMatchObject({ sampleCount: 40, heapSampleCount: 1 });
    expect(profileOf(window).heapSamples.length).toBe(1);
    // The heap is read once for a window: with allocations a second reading would have next to nothing.
    expect(binding.events.filter((event) => event === 'heap')).toHaveLength(1);
  });

  test.each(['takeWindow', 'stop'] as const)('is told at once by a %s that comes after its end', (method) => {
    const { profiler, scheduler, closed } = closing();
    scheduler.runNext();
    profiler[method]();
    expect(closed).toHaveLength(1);
    expect(closed[0]?.builder).toMatchObject({ sampleCount: 40, heapSampleCount: 1 });
    scheduler.runTurns();
    expect(closed).toHaveLength(1);
  });

  test('is told at once where sampling is off, and not where there is none', () => {
    const { profiler, binding } = createHarness();
    const closed: CollectedWindow[] = [];
    profiler.closeWindow((window) => closed.push(window));
    profiler.start({});
    binding.profiles.push(work(0, 3));
    profiler.stop();
    profiler.closeWindow((window) => closed.push(window));
    expect(closed.map(({ builder }) => builder.sampleCount)).toEqual([3]);
  });

  test('may be refused by whoever it is told to, and by the timers', () => {
    const { profiler, binding, scheduler, errors } = createHarness();
    profiler.start({});
    binding.profiles.push(work(0, 3));
    scheduler.schedule = () => {
      throw new Error('no timers');
    };
    profiler.closeWindow(() => {
      throw new Error('not now');
    });
    profiler.stop();
    expect(errors.map(({ message }) => message)).toContainEqual(expect.stringContaining('not now'));
  });

  test('ends with sampling when another profiler appears meanwhile', () => {
    const { profiler, binding, scheduler, closed, offs, take } = closing();
    binding.other = 'neighbour';
    scheduler.runTurns();
    expect(offs).toEqual(['neighbour']);
    expect(profiler.running).toBe(false);
    expect(closed).toEqual([]);
    expect(take().builder).toMatchObject({ sampleCount: 40, heapSampleCount: 1 });
  });
});
