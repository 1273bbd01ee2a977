import type { DiagLogger } from '@opentelemetry/api';
import type { Profile } from '@flamespan/profile';
import { diag } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFakeBinding } from './support/fake-binding.ts';
import type { SetUp, SetUpOptions } from './support/set-up.ts';
import { setUp } from './support/set-up.ts';

const lines: { readonly level: string; readonly text: string }[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  const to = (level: string) => (...args: unknown[]): void => { lines.push({ level, text: args.join(' ') }); };
  const logger: DiagLogger = { error: to('error'), warn: to('warn'), info: to('info'), debug: to('debug'), verbose: to('verbose') };
  diag.setLogger(logger, { suppressOverrideMessage: true });
});

afterEach(() => {
  vi.useRealTimers();
  diag.disable();
  lines.length = 0;
});

/** A scene whose exporter says for each minute's profile how long it took to encode. */
function sceneWith(options: SetUpOptions = {}): SetUp & { minutes(count: number, encodeMillis: number): Promise<number[]> } {
  const scene = setUp(options);
  const { exporter, binding, processor } = scene;
  let begun = false;
  return Object.assign(scene, {
    /** Returns the sampling interval half a minute after each, when its profile has been exported. */
    async minutes(count: number, encodeMillis: number) {
      const intervals: number[] = [];
      if (!begun) await vi.advanceTimersByTimeAsync(30_000);
      begun = true;
      for (let minute = 0; minute < count; minute++) {
        binding.sample('main;work');
        exporter.answers.push({ code: 0, encodeMillis });
        await vi.advanceTimersByTimeAsync(60_000);
        intervals.push(processor.stats.overhead.samplingIntervalMicros);
      }
      return intervals;
    },
  });
}

const said = (level: string): string[] => lines.filter((line) => line.level === level).map(({ text }) => text);
const intervalsOf = (profiles: readonly Profile[]): bigint[] => profiles.map(({ samplingIntervalNanos }) => samplingIntervalNanos);

describe('what encoding and collecting take of the thread', () => {
  test('within the budget changes nothing, neither does a slow first export', async () => {
    await using scene = sceneWith();
    expect(new Set([...await scene.minutes(1, 900), ...await scene.minutes(30, 300)])).toEqual(new Set([10_101]));
    expect(scene.processor.stats.overhead.utilization).toBeCloseTo(0.005, 3);
    expect(lines).toEqual([]);
  });

  test('a little over the budget lowers the rate step by step, which is said once, with what to do', async () => {
    await using scene = sceneWith();
    // Judged every two minutes; in the first two there is only one export.
    const intervals = await scene.minutes(13, 720);
    expect(intervals).toEqual([10_101, 10_101, 10_101, 20_202, 20_202, 40_404, 40_404, 80_808, 80_808, 80_808, 80_808, 80_808, 80_808]);
    expect(said('warn')).toEqual([expect.stringMatching(
      /took 1\.2 % .* last 120 s, more than overheadBudget \(1 %\): sampling at 50 Hz instead of 99 Hz until it takes less.*Raise overheadBudget.*samplingIntervalMicros/,
    )]);
    expect(said('info')).toEqual([]);
  });

  test('far over the budget takes the steps at once', async () => {
    await using scene = sceneWith();
    await scene.minutes(1, 0);
    expect((await scene.minutes(3, 1_800)).at(-1)).toBe(40_404);
    expect((await scene.minutes(2, 60_000)).at(-1)).toBe(80_808);
    await scene.minutes(2, 90_000);
    expect(scene.processor.stats.overhead.utilization).toBe(1);
    expect(said('warn')).toHaveLength(1);
  });

  test('the interval of each profile is the one it was sampled with', async () => {
    await using scene = sceneWith();
    await scene.minutes(4, 6_000);
    expect(intervalsOf(scene.exporter.profiles)).toEqual([10_101_000n, 10_101_000n, 80_808_000n, 80_808_000n]);
    expect(scene.exporter.profiles.flatMap(({ samples }) => [...samples.wallNanos])).toEqual([10_101_000n, 10_101_000n, 80_808_000n, 80_808_000n]);
  });

  test('well below the budget for ten minutes raises it again by a step, and the full rate is said once', async () => {
    await using scene = sceneWith();
    await scene.minutes(1, 0);
    await scene.minutes(2, 1_800);
    const intervals = await scene.minutes(26, 60);
    expect(intervals[0]).toBe(40_404);
    expect(intervals.indexOf(20_202)).toBe(10);
    expect(intervals.indexOf(10_101)).toBe(20);
    expect(said('info')).toEqual([expect.stringMatching(/Sampling at 99 Hz again: .* 0\.1 % .*overheadBudget \(1 %\)/)]);
    expect(said('warn')).toHaveLength(1);
    expect(await scene.minutes(4, 1_200)).toContain(20_202);
    expect(said('warn')).toHaveLength(2);
  });

  test('neither over nor well below the budget keeps the lower rate', async () => {
    await using scene = sceneWith();
    await scene.minutes(3, 1_000);
    expect(new Set(await scene.minutes(60, 330))).toEqual(new Set([20_202]));
    expect(lines).toHaveLength(1);
  });

  test('a rate that is too much again is tried less and less often', async () => {
    await using scene = sceneWith();
    // The full rate takes 1.1 %, half of it 0.3 %: it would go up and down for ever.
    const rises: number[] = [];
    let before = 10_101;
    for (let minute = 0; minute < 400; minute++) {
      const [interval = 0] = await scene.minutes(1, before === 10_101 ? 660 : 180);
      if (interval < before) rises.push(minute);
      before = interval;
    }
    const gaps = rises.slice(1).map((minute, index) => minute - (rises[index] ?? 0));
    expect(gaps.length).toBeGreaterThan(3);
    expect(gaps[1]).toBeGreaterThan((gaps[0] ?? 0) * 1.5);
    expect(gaps.at(-1)).toBeGreaterThan(60);
    expect(gaps.at(-1)).toBeLessThan(100);
  });

  test('a full rate that holds ends that: after later trouble it is tried as soon as the first time', async () => {
    await using scene = sceneWith();
    let before = 10_101;
    for (let minute = 0; minute < 400; minute++) [before = 0] = await scene.minutes(1, before === 10_101 ? 660 : 180);
    await scene.minutes(200, 0);
    expect(scene.processor.stats.overhead.samplingIntervalMicros).toBe(10_101);
    expect((await scene.minutes(8, 660)).at(-1)).toBe(80_808);
    expect((await scene.minutes(40, 60)).at(-1)).toBe(10_101);
  });

  test('garbage collections for allocations, which a lower rate makes no shorter, do not lower it', async () => {
    const binding = createFakeBinding();
    const allocationProfile = binding.heap.allocationProfile.bind(binding.heap);
    const now = performance.now.bind(performance);
    let aheadMillis = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + aheadMillis);
    try {
      await using scene = sceneWith({ binding, heapAllocations: true });
      binding.heap.allocationProfile = () => {
        aheadMillis += 3_000;
        return allocationProfile();
      };
      expect(new Set(await scene.minutes(10, 0))).toEqual(new Set([10_101]));
      expect(scene.processor.stats.overhead.utilization).toBeLessThan(0.001);
      expect(scene.processor.stats.sampling.pauseMillisTotal).toBeGreaterThan(10 * 3_000 - 1);
      expect((await scene.minutes(4, 6_000)).at(-1)).toBe(80_808);
    } finally {
      clock.mockRestore();
    }
  });

  test('the time while sampling is off does not count', async () => {
    await using scene = sceneWith();
    await scene.minutes(2, 600);
    const stopped = scene.processor.stop();
    await vi.advanceTimersByTimeAsync(600_000);
    await stopped;
    scene.processor.start();
    expect(scene.processor.stats.overhead.utilization).toBeCloseTo(0.005, 3);
    await scene.minutes(4, 1_000);
    expect(scene.processor.stats.overhead).toMatchObject({ samplingIntervalMicros: 20_202, utilization: expect.closeTo(0.0167, 3) });
  });

  test('a budget of 1 switches the rule off, and one that cannot be used is the default', async () => {
    {
      await using scene = sceneWith({ overheadBudget: 1 });
      expect(new Set(await scene.minutes(6, 100_000))).toEqual(new Set([10_101]));
    }
    expect(lines).toEqual([]);
    await using scene = sceneWith({ overheadBudget: 5 });
    expect(said('warn')).toEqual([expect.stringContaining('overheadBudget must be a number from 0.0001 to 1, not 5: using 0.01')]);
    expect((await scene.minutes(4, 6_000)).at(-1)).toBe(80_808);
  });

  test('a rate that is low already is lowered to once a second at most', async () => {
    {
      await using scene = sceneWith({ samplingIntervalMicros: 300_000 });
      expect((await scene.minutes(9, 60_000)).at(-1)).toBe(600_000);
    }
    lines.length = 0;
    await using scene = sceneWith({ samplingIntervalMicros: 1_000_000 });
    expect((await scene.minutes(9, 60_000)).at(-1)).toBe(1_000_000);
    expect(said('warn')).toEqual([expect.stringContaining('low already')]);
  });

  test.each([
    ['no number', Number.NaN], ['negative', -1e9], ['endless', Infinity], ['text', '9999999'],
  ])('an exporter that tells nonsense is not believed: %s', async (_, encodeMillis) => {
    await using scene = sceneWith();
    expect(new Set(await scene.minutes(5, encodeMillis as number))).toEqual(new Set([10_101]));
    expect(scene.processor.stats.overhead.utilization).toBe(0);
  });
});
