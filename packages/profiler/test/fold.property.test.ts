import * as fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { RawSample, RawTimeNode } from '@flamespan/profiler';
import { rawProfileOf, sample, timeNode } from './support/fake-native.ts';
import { createHarness, record, stopAll } from './support/harness.ts';
import { profileOf, sumOf } from './support/read-window.ts';

afterEach(stopAll);

const rawSamples = fc.array(
  fc.record({
    // A narrow range, so that samples share times and come in any order.
    micros: fc.integer({ min: -1_000, max: 3_000 }),
    cpu: fc.option(fc.integer({ min: 0, max: 2_000_000_000 }), { nil: undefined }),
    span: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
  }).map(({ micros, cpu, span }): RawSample => sample(micros, cpu, span === undefined ? undefined : record(span))),
  { maxLength: 6 },
);

const { node: rawNode } = fc.letrec<{ node: RawTimeNode; children: RawTimeNode[] }>((tie) => ({
  children: fc.oneof({ maxDepth: 4, depthSize: 'small' }, fc.constant<RawTimeNode[]>([]), fc.array(tie('node'), { maxLength: 3 })),
  node: fc.record({
    name: fc.oneof(
      fc.constantFrom('(idle)', '(program)', '(garbage collector)', '(V8 API)', '', 'handler', 'sort'),
      fc.string(),
    ),
    scriptName: fc.oneof(fc.constantFrom('', '/app/main.js', 'file:///app/a%20b.mjs', 'file://%', 'node:fs'), fc.string()),
    lineNumber: fc.integer({ min: -1, max: 100 }),
    columnNumber: fc.integer({ min: -1, max: 100 }),
    contexts: fc.option(rawSamples, { nil: undefined }),
    children: tie('children'),
  }).map(({ name, contexts, children, ...place }) => timeNode(name, contexts, children, place)),
}));

const collections = fc.array(
  fc.record({
    children: fc.array(rawNode, { maxLength: 5 }),
    elapsed: fc.integer({ min: -10, max: 20_000_000 }),
    otherThreads: fc.option(fc.integer({ min: 0, max: 1_000_000_000 }), { nil: undefined }),
    takeAfter: fc.boolean(),
  }),
  { minLength: 1, maxLength: 5 },
);

/** Every sample of a tree with whether it is to be sent. */
function allSamples(node: RawTimeNode, top: boolean): { sample: RawSample; sent: boolean }[] {
  const sent = !(top && node.scriptName === '' && (node.name === '(idle)' || node.name === '(program)'));
  return [
    ...(node.contexts ?? []).map((sample) => ({ sample, sent })),
    // What stands below an entry that is not sent is treated as if it stood below the root.
    ...node.children.flatMap((child) => allSamples(child, !sent)),
  ];
}

test('for any trees: no CPU appears or is lost, every sample is sent or idle, and lies in its window', () => {
  fc.assert(fc.property(collections, (input) => {
    const { profiler, binding, scheduler, errors } = createHarness();
    profiler.start({});
    let cpuIn = 0n;
    let othersIn = 0n;
    let samplesIn = 0;
    const windows = [];
    for (const { children, elapsed, otherThreads, takeAfter } of input) {
      scheduler.advance(2_000);
      const samples = children.flatMap((child) => allSamples(child, true));
      cpuIn += sumOf(samples.map(({ sample }) => BigInt(sample.cpuTime ?? 0)));
      samplesIn += samples.filter(({ sent }) => sent).length;
      if (otherThreads !== undefined && otherThreads > 0) {
        othersIn += BigInt(otherThreads);
        samplesIn++;
      }
      binding.profiles.push(rawProfileOf(timeNode('(root)', [], children), {
        elapsed,
        ...(otherThreads === undefined ? {} : { nonJSThreadsCpuTime: otherThreads }),
      }));
      if (takeAfter) windows.push(profiler.takeWindow());
      else profiler.collect();
    }
    // One more sample takes what is still carried.
    binding.profiles.push(rawProfileOf(timeNode('(root)', [], [timeNode('last', [sample(9_000, 0)])])));
    windows.push(profiler.takeWindow());
    profiler.stop();

    const profiles = windows.filter((window) => window !== undefined).map(profileOf);
    expect(profiles).toHaveLength(windows.length);
    expect(sumOf(profiles.flatMap(({ samples }) => [...samples.cpuNanos]))).toBe(cpuIn + othersIn);
    expect(profiles.reduce((sum, { samples }) => sum + samples.length, 0)).toBe(samplesIn + 1);
    expect(profiler.stats).toMatchObject({ samples: samplesIn + 1, collections: input.length + 2, errors: 0 });
    expect(errors).toEqual([]);
    for (const { startTimeUnixNano: start, durationNanos, samples } of profiles) {
      for (let row = 0; row < samples.length; row++) {
        const time = samples.timeUnixNano[row] ?? -1n;
        expect(time >= start && time < start + durationNanos).toBe(true);
        const wall = samples.wallNanos[row] ?? -1n;
        expect(wall === 0n || (wall >= 10_000_000n && wall <= 20_000_000n)).toBe(true);
      }
    }
  }));
});
