import { afterEach, describe, expect, test } from 'vitest';
import type { CollectedWindow } from '@flamespan/profiler';
import { FakeBinding, heapNode, rawProfile, sample } from './support/fake-native.ts';
import { createHarness, record, stopAll } from './support/harness.ts';
import { samplesOf } from './support/read-window.ts';

afterEach(stopAll);

describe('start', () => {
  test('says that samples are linked', () => {
    const key = {};
    const { profiler, binding } = createHarness();
    expect(profiler.start(key)).toEqual({ status: 'started', labels: true, records: 'held' });
    expect(profiler.running).toBe(true);
    expect(binding.created).toMatchObject([{ key, intervalMicros: 10_000, calls: ['start'] }]);
    const value = record('a');
    expect(profiler.createContextHolder(value)).toEqual({ 0: value });
  });

  test('without a key or without AsyncContextFrame samples carry no records', () => {
    const { profiler, binding } = createHarness();
    expect(profiler.start()).toEqual({ status: 'started', labels: false, reason: 'No storage to find records in was given.' });
    expect(profiler.createContextHolder({})).toBeUndefined();
    profiler.stop();
    binding.labelsUnsupported = 'no frames here';
    expect(profiler.start({})).toEqual({ status: 'started', labels: true, records: 'told' });
    expect(profiler.createContextHolder({})).toBeUndefined();
    expect(binding.created).toMatchObject([{ key: undefined }]);
  });

  test('again with the same key changes nothing', () => {
    const key = {};
    const { profiler, binding } = createHarness();
    const result = profiler.start(key);
    expect(profiler.start(key)).toBe(result);
    expect(binding.created[0]?.calls).toEqual(['start']);
  });

  test('with another key goes on with another native profiler and loses no samples', () => {
    const [first, second] = [{}, {}];
    const { profiler, binding, take } = createHarness();
    profiler.start(first);
    binding.profiles.push(
      rawProfile({ stacks: { before: [sample(1, 1)] } }),
      rawProfile({ stacks: { after: [sample(2, 2)] } }),
    );
    expect(profiler.start(second)).toEqual({ status: 'started', labels: true, records: 'held' });
    expect(binding.created.map(({ key, calls }) => [key, calls])).toEqual([[first, ['start', 'stop(false)']], [second, ['start']]]);
    expect(samplesOf(take()).map(({ stack }) => stack)).toEqual(['before', 'after']);
  });

  test('after a stop runs the same native profiler, and every one that ran is kept', () => {
    const [first, second] = [{}, {}];
    const { profiler, binding } = createHarness();
    for (const key of [first, second, first, second, undefined, first]) {
      expect(profiler.start(key)).toMatchObject({ status: 'started' });
      profiler.stop();
    }
    expect(binding.created.map(({ key }) => key)).toEqual([first, second, undefined]);
    expect(binding.created[0]?.calls).toEqual(Array.from({ length: 3 }, () => ['start', 'stop(false)']).flat());

    const other = createHarness({ binding, samplingIntervalMicros: 5_000 });
    other.profiler.start(first);
    expect(binding.created.at(-1)).toMatchObject({ key: first, intervalMicros: 5_000 });
    expect(binding.created).toHaveLength(4);
  });

  test('of a second profiler on the thread is refused until the first stops', () => {
    const { profiler, binding } = createHarness();
    const other = createHarness();
    profiler.start({});
    const refused = other.profiler.start({});
    expect(refused).toMatchObject({ status: 'off', reason: expect.stringContaining('Another Flamespan profiler is running') });
    expect(other.profiler.running).toBe(false);
    expect(other.profiler.takeWindow()).toBeUndefined();
    expect(other.binding.created).toEqual([]);
    other.profiler.stop();
    expect(binding.active).toBeDefined();
    profiler.stop();
    expect(other.profiler.start({})).toMatchObject({ status: 'started' });
  });

  test('beside another user of the native code names the likely ones', () => {
    const { profiler, binding, scheduler } = createHarness({ types: ['wall', 'heap'] });
    binding.startErrors.push(new Error('Cannot start profiler: another profiler is already active.'));
    const result = profiler.start({});
    expect(result).toMatchObject({ status: 'off', reason: expect.stringMatching(/dd-trace.*@pyroscope\/nodejs/) });
    expect(profiler.running).toBe(false);
    expect(binding.heapSampling).toBe(false);
    expect(scheduler.timers).toEqual([]);
    expect(profiler.start({})).toMatchObject({ status: 'started' });
  });

  test('tells any other native failure', () => {
    const { profiler, binding } = createHarness();
    binding.startErrors.push(new Error('no memory'));
    expect(profiler.start({})).toEqual({ status: 'off', reason: 'The native profiler did not start: no memory' });
  });

  test('an exception out of the binding does not come through', () => {
    const binding = new FakeBinding();
    binding.contextLabelsUnsupported = () => {
      throw new Error('broken');
    };
    const { profiler, errors } = createHarness({ binding });
    expect(profiler.start({})).toEqual({ status: 'off', reason: 'The profiler did not start: broken' });
    expect(errors).toHaveLength(1);
  });

  test('where times cannot be sampled the heap still is', () => {
    const { profiler, binding, scheduler } = createHarness({ types: ['wall', 'cpu', 'heap'] });
    binding.timesUnsupported = 'not on this platform';
    expect(profiler.start({})).toEqual({ status: 'started', labels: false, reason: 'not on this platform' });
    expect(binding.heapSampling).toBe(true);
    expect(scheduler.timers).toEqual([]);
    profiler.stop();
    const timedOnly = createHarness();
    timedOnly.binding.timesUnsupported = 'not on this platform';
    expect(timedOnly.profiler.start({})).toEqual({ status: 'off', reason: 'not on this platform' });
  });
});

describe('beside another profiler', () => {
  test('does not start, and may start later', () => {
    const { profiler, binding, offs } = createHarness();
    binding.other = 'neighbour';
    expect(profiler.start({})).toEqual({ status: 'off', reason: 'neighbour' });
    expect(binding.created).toEqual([]);
    expect(profiler.takeWindow()).toBeUndefined();
    binding.other = undefined;
    expect(profiler.start({})).toMatchObject({ status: 'started' });
    expect(offs).toEqual([]);
  });

  test.for(['collection', 'window'])('that appears ends sampling at the next %s, which keeps what was sampled', (at) => {
    const { profiler, binding, scheduler, offs, take } = createHarness({ types: ['wall', 'heap'] });
    profiler.start({});
    binding.profiles.push(rawProfile({ stacks: { before: [sample(1, 1)] } }));
    binding.heapRoot = heapNode('(root)', [], [heapNode('kept', [{ count: 1, sizeBytes: 8 }])]);
    binding.other = 'neighbour';
    if (at === 'collection') scheduler.runNext();
    expect(offs).toEqual(at === 'collection' ? ['neighbour'] : []);
    const window = take();
    expect(samplesOf(window).map(({ stack }) => stack)).toEqual(['before']);
    expect(window.builder.heapSampleCount).toBe(1);
    expect(offs).toEqual(['neighbour']);
    expect(profiler.running).toBe(false);
    expect(binding.active).toBeUndefined();
    expect(binding.heapSampling).toBe(false);
    expect(scheduler.timers).toEqual([]);
    profiler.collect();
    expect(profiler.takeWindow()).toBeUndefined();
    expect(offs).toEqual(['neighbour']);
  });

  test('the listener may take the window, and may throw', () => {
    const windows: unknown[] = [];
    const { profiler, binding, errors } = createHarness({
      onOff: () => {
        windows.push(profiler.takeWindow());
        throw new Error('broken listener');
      },
    });
    profiler.start({});
    binding.other = 'neighbour';
    expect(profiler.takeWindow()).toBeUndefined();
    expect(windows).toEqual([expect.objectContaining({ builder: expect.anything() })]);
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('broken listener')]);
  });

  test('one that cannot be looked for is none', () => {
    const { profiler, binding, errors } = createHarness();
    binding.otherProfiler = () => {
      throw new Error('broken look');
    };
    expect(profiler.start({})).toMatchObject({ status: 'started' });
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('broken look')]);
  });

  test('the heap sampler keeps running for those who read it too', () => {
    const { profiler, binding } = createHarness({ types: ['heap'] });
    binding.heapUsedByOthers = true;
    profiler.start();
    profiler.stop();
    expect(binding.heapSampling).toBe(true);
    expect(profiler.running).toBe(false);
    binding.heapSampling = false;
    binding.heapUsedByOthers = false;
    profiler.start();
    profiler.stop();
    expect(binding.heapSampling).toBe(false);
  });
});

describe('windows', () => {
  test('there is none before the first start, and none after the last was taken', () => {
    const { profiler, binding } = createHarness();
    expect(profiler.takeWindow()).toBeUndefined();
    profiler.start({});
    binding.profiles.push(rawProfile({ stacks: { work: [sample(1, 1)] } }));
    profiler.stop();
    expect(profiler.running).toBe(false);
    expect(profiler.takeWindow()?.builder.sampleCount).toBe(1);
    expect(profiler.takeWindow()).toBeUndefined();
    profiler.stop();
    profiler.collect();
    expect(profiler.takeWindow()).toBeUndefined();
  });

  test('follow each other and last no negative time when the wall clock goes back', () => {
    const { profiler, scheduler, take } = createHarness();
    profiler.start({});
    scheduler.advance(1_500);
    const first = take();
    expect(first).toMatchObject({ startTimeUnixNano: 1_700_000_000_000_000_000n, durationNanos: 1_500_000_000n });
    scheduler.unixNano -= 3_600_000_000_000n;
    const second = take();
    expect(second).toMatchObject({ startTimeUnixNano: first.startTimeUnixNano + first.durationNanos, durationNanos: 0n });
    scheduler.advance(10);
    expect(take().durationNanos).toBe(10_000_000n);
  });

  test('a stop and a start without taking go on in one window', () => {
    const { profiler, binding, take } = createHarness();
    profiler.start({});
    binding.profiles.push(rawProfile({ stacks: { a: [sample(1, 1)] } }), rawProfile({ stacks: { b: [sample(2, 1)] } }));
    profiler.stop();
    profiler.start({});
    expect(samplesOf(take()).map(({ stack }) => stack)).toEqual(['a', 'b']);
  });
});

describe('another sampling interval', () => {
  const intervals = (windows: readonly CollectedWindow[]): number[] => windows.map(({ samplingIntervalMicros }) => samplingIntervalMicros);

  test('holds from the next window on, under the same key, and each interval has one native profiler', () => {
    const { profiler, binding, take } = createHarness();
    const key = {};
    profiler.start(key);
    const windows: CollectedWindow[] = [];
    for (const micros of [20_000, 20_000, 40_000, 10_000, 20_000]) {
      profiler.setSamplingInterval(micros);
      binding.profiles.push(rawProfile({ stacks: { work: [sample(windows.length * 50_000, 1, record('early'))] } }));
      windows.push(take());
    }
    expect(intervals(windows)).toEqual([10_000, 20_000, 20_000, 40_000, 10_000]);
    expect(windows.map((window) => samplesOf(window)[0]?.spanId)).toEqual(Array(5).fill('early'));
    expect(windows.map((window) => samplesOf(window)[0]?.wallNanos)).toEqual([10_000_000n, 20_000_000n, 20_000_000n, 40_000_000n, 10_000_000n]);
    expect(binding.created.map(({ intervalMicros, key: of }) => [intervalMicros, of])).toEqual([[10_000, key], [20_000, key], [40_000, key]]);
    expect(binding.active).toMatchObject({ intervalMicros: 20_000 });
    expect(profiler.createContextHolder(record('late'))).toBeDefined();
    expect(profiler.running).toBe(true);
    profiler.stop();
    expect(binding.active).toBeUndefined();
  });

  test('also where a window is closed in turns, and CPU and lost samples are counted right across it', () => {
    const { profiler, binding, scheduler } = createHarness();
    profiler.start({});
    const windows: CollectedWindow[] = [];
    profiler.setSamplingInterval(80_000);
    binding.profiles.push(
      rawProfile({ stacks: { work: [sample(0, 100)], '(idle)': [sample(10_000, 700)] } }),
      rawProfile({ stacks: { work: [sample(500_000, 40)] } }),
    );
    for (let window = 0; window < 2; window++) {
      profiler.closeWindow((closed) => windows.push(closed));
      scheduler.runTurns();
    }
    expect(intervals(windows)).toEqual([10_000, 80_000]);
    expect(windows.flatMap((window) => samplesOf(window).map(({ cpuNanos }) => cpuNanos))).toEqual([100n, 740n]);
    expect(profiler.stats.samplesLost).toBe(0);
  });

  test('asked for while sampling is off holds from the start', () => {
    const { profiler, binding, take } = createHarness();
    profiler.setSamplingInterval(20_000);
    profiler.start({});
    expect(binding.created.map(({ intervalMicros }) => intervalMicros)).toEqual([20_000]);
    profiler.setSamplingInterval(40_000);
    profiler.stop();
    // The window of before is still there.
    profiler.start({});
    expect(take().samplingIntervalMicros).toBe(20_000);
    expect(take().samplingIntervalMicros).toBe(40_000);
  });

  test.each([
    ['no native profiler', (binding: FakeBinding) => { binding.createTimeProfiler = () => { throw new Error('no memory'); }; }],
    ['a stop that fails', (binding: FakeBinding) => { binding.stopErrors.push(new Error('odd state')); }],
    ['a start that fails', (binding: FakeBinding) => { binding.startErrors.push(new Error('not now')); }],
    ['starts that fail', (binding: FakeBinding) => { binding.startErrors.push(new Error('not now'), new Error('not now')); }],
  ])('that cannot be had leaves everything as it was, and is asked for again: %s', (_, breakIt) => {
    const { profiler, binding, errors, take, offs } = createHarness();
    profiler.start({});
    const create = binding.createTimeProfiler.bind(binding);
    profiler.setSamplingInterval(20_000);
    breakIt(binding);
    expect(take().samplingIntervalMicros).toBe(10_000);
    expect(errors[0]?.message).toContain('The sampling interval could not be changed');
    expect(profiler.running).toBe(true);
    binding.createTimeProfiler = create;
    // What could not be begun again at once is at the next collection.
    profiler.collect();
    expect(binding.active).toMatchObject({ intervalMicros: 10_000 });
    binding.profiles.push(rawProfile({ stacks: { work: [sample(1, 1)] } }));
    const second = take();
    expect(second).toMatchObject({ samplingIntervalMicros: 10_000, builder: expect.objectContaining({ sampleCount: 1 }) });
    expect(take().samplingIntervalMicros).toBe(20_000);
    expect(binding.active).toMatchObject({ intervalMicros: 20_000 });
    expect(offs).toEqual([]);
  });

  test('where records are told goes on with the record that is current', () => {
    const { profiler, binding } = createHarness();
    binding.labelsUnsupported = 'no AsyncContextFrame';
    profiler.start({});
    profiler.setCurrentRecord(record('active'));
    profiler.setSamplingInterval(20_000);
    profiler.takeWindow();
    expect(binding.active?.context).toEqual({ record: record('active') });
  });
});
