import { afterEach, describe, expect, test } from 'vitest';
import type { RawTimeNode } from '@flamespan/profiler';
import { rawProfile, rawProfileOf, sample, timeNode } from './support/fake-native.ts';
import { createHarness, record, stopAll } from './support/harness.ts';
import { profileOf, samplesOf, stackText } from './support/read-window.ts';

afterEach(stopAll);

const at = (micros: number): bigint => (1_700_000_000_000_000n + BigInt(micros)) * 1000n;

describe('samples of a collection', () => {
  test('keep stack, span, time and CPU, in order of time', () => {
    const { profiler, binding, take } = createHarness();
    profiler.start({});
    binding.profiles.push(rawProfile({
      stacks: {
        'main;sort': [sample(40, 7, record('b')), sample(10, 3, record('a'))],
        main: [sample(20, 5)],
      },
      elapsed: 30_000,
    }));
    expect(samplesOf(take())).toEqual([
      { stack: 'main;sort', spanId: 'a', timeUnixNano: at(10), wallNanos: 10_000_000n, cpuNanos: 3n },
      { stack: 'main', spanId: '', timeUnixNano: at(20), wallNanos: 10_000_000n, cpuNanos: 5n },
      { stack: 'main;sort', spanId: 'b', timeUnixNano: at(40), wallNanos: 10_000_000n, cpuNanos: 7n },
    ]);
    expect(profiler.stats).toMatchObject({ collections: 1, samples: 3, samplesWithSpan: 2, errors: 0 });
  });

  test('CPU of idle and program samples goes to the next other sample', () => {
    const { profiler, binding, take } = createHarness();
    profiler.start({});
    binding.profiles.push(rawProfile({
      stacks: {
        '(idle)': [sample(10, 100), sample(30, 200)],
        '(program)': [sample(20), sample(25, 1)],
        work: [sample(40, 7, record('a')), sample(50, 9, record('b'))],
      },
    }));
    expect(samplesOf(take()).map(({ spanId, cpuNanos }) => [spanId, cpuNanos])).toEqual([['a', 308n], ['b', 9n]]);
  });

  test('CPU is carried across collections and windows, but not across a stop', () => {
    const { profiler, binding, take } = createHarness();
    profiler.start({});
    binding.profiles.push(
      rawProfile({ stacks: { '(idle)': [sample(10, 100)] } }),
      rawProfile({ stacks: { '(idle)': [sample(20, 10)] } }),
      rawProfile({ stacks: { work: [sample(30, 1)], '(idle)': [sample(40, 1_000)] } }),
    );
    profiler.collect();
    expect(samplesOf(take())).toEqual([]);
    expect(samplesOf(take()).map(({ cpuNanos }) => cpuNanos)).toEqual([111n]);
    profiler.stop();
    profiler.start({});
    binding.profiles.push(rawProfile({ stacks: { work: [sample(50, 2)] } }));
    expect(samplesOf(take()).map(({ cpuNanos }) => cpuNanos)).toEqual([2n]);
  });

  test('garbage collection keeps its record, other threads come as one sample without wall time', () => {
    const { profiler, binding, scheduler, take } = createHarness();
    profiler.start({});
    scheduler.advance(50);
    binding.profiles.push(rawProfile({
      stacks: { '(garbage collector)': [sample(10, 5, record('a'))] },
      nonJSThreadsCpuTime: 77,
    }));
    const window = take();
    expect(samplesOf(window)).toEqual([
      { stack: 'Node.js;Garbage Collection', spanId: 'a', timeUnixNano: at(10), wallNanos: 10_000_000n, cpuNanos: 5n },
      {
        stack: 'Node.js;Non JS threads activity', spanId: '', wallNanos: 0n, cpuNanos: 77n,
        timeUnixNano: window.startTimeUnixNano + window.durationNanos - 1n,
      },
    ]);
    expect(window.durationNanos).toBe(50_000_000n);
  });

  test('no sample of other threads without CPU of theirs', () => {
    const { profiler, binding, take } = createHarness();
    profiler.start({});
    binding.profiles.push(rawProfile({ nonJSThreadsCpuTime: 0 }));
    expect(samplesOf(take())).toEqual([]);
  });

  test.each([
    ['no shorter than the interval', 10_000, 10_000_000n],
    ['longer where ticks were missed, idle ones counted', 48_000, 12_000_000n],
    ['no longer than two intervals', 4_000_000, 20_000_000n],
    ['the interval where the times make no sense', -5, 10_000_000n],
  ])('wall time of a sample: %s', (_, elapsed, wallNanos) => {
    const { profiler, binding, take } = createHarness();
    profiler.start({});
    binding.profiles.push(rawProfile({
      stacks: { work: [sample(10, 1), sample(20, 1)], '(idle)': [sample(30, 1)], '(program)': [sample(40)] },
      elapsed,
    }));
    expect(samplesOf(take()).map((row) => row.wallNanos)).toEqual([wallNanos, wallNanos]);
  });

  test('CPU that is no number counts as none', () => {
    const { profiler, binding, take } = createHarness();
    profiler.start({});
    binding.profiles.push(rawProfile({
      stacks: { work: [sample(10, Number.NaN), sample(20, -4), sample(30, Number.POSITIVE_INFINITY), sample(40, 1.6)] },
      nonJSThreadsCpuTime: Number.NaN,
    }));
    expect(samplesOf(take()).map(({ cpuNanos }) => cpuNanos)).toEqual([0n, 0n, 0n, 2n]);
  });
});

describe('frames', () => {
  test('file URLs become paths, nameless functions anonymous, V8\'s own entries no JavaScript', () => {
    const { profiler, binding, take } = createHarness();
    profiler.start({});
    const leaf = timeNode('leaf', [sample(1, 1)], [], { scriptName: 'file:///app/my%20dir/b.mjs?v=1', lineNumber: 7, columnNumber: 9 });
    const odd = timeNode('odd', [sample(2, 1)], [], { scriptName: 'file:///app/%zz/c.mjs', lineNumber: -1 });
    const nameless = timeNode('', [], [leaf, odd], { scriptName: '/app/a.cjs', lineNumber: 3, columnNumber: 4 });
    const builtin = timeNode('sort', [sample(3, 1)]);
    const native = timeNode('(V8 API)', [sample(4, 1)]);
    binding.profiles.push(rawProfileOf(timeNode('(root)', [], [nameless, builtin, native])));
    const { strings, functions, locations } = profileOf(take());
    const rows = Array.from({ length: locations.length }, (_, row) => {
      const fn = locations.function[row] ?? 0;
      return [
        strings[functions.name[fn] ?? 0], strings[functions.filename[fn] ?? 0], functions.startLine[fn],
        locations.line[row], locations.column[row], strings[locations.frameType[row] ?? 0],
      ];
    });
    expect(new Set(rows.slice(1))).toEqual(new Set([
      ['(V8 API)', '', 0, 0, 0, ''],
      ['(anonymous)', '/app/a.cjs', 3, 3, 4, 'v8js'],
      ['leaf', '/app/my dir/b.mjs', 7, 7, 9, 'v8js'],
      ['odd', '/app/%zz/c.mjs', 0, 0, 0, 'v8js'],
      ['sort', '', 0, 0, 0, 'v8js'],
    ]));
  });

  test('an application\'s own function called (idle) is a function', () => {
    const { profiler, binding, take } = createHarness();
    profiler.start({});
    const own = timeNode('(idle)', [sample(1, 5)], [], { scriptName: '/app/a.js', lineNumber: 1 });
    binding.profiles.push(rawProfileOf(timeNode('(root)', [], [own])));
    expect(samplesOf(take())).toMatchObject([{ stack: '(idle)', cpuNanos: 5n }]);
  });

  test('branches without samples leave nothing in the dictionary', () => {
    const { profiler, binding, take } = createHarness();
    profiler.start({});
    binding.profiles.push(rawProfile({ stacks: { 'main;unseen;deeper': [], 'main;seen': [sample(1, 1)], '(idle)': [sample(2, 1)] } }));
    const profile = profileOf(take());
    expect(profile.strings).not.toContain('unseen');
    expect(profile.strings).not.toContain('(idle)');
    expect(profile.stacks.length).toBe(3);
  });

  test('a tree of 100 000 nodes, each below the other', () => {
    const { profiler, binding, take } = createHarness();
    profiler.start({});
    let node: RawTimeNode = timeNode('leaf', [sample(1, 5, record('a'))], [], { scriptName: '/app/a.js' });
    for (let depth = 1; depth < 100_000; depth++) {
      node = timeNode(`f${depth % 50}`, [], [node], { scriptName: '/app/a.js', lineNumber: depth });
    }
    binding.profiles.push(rawProfileOf(timeNode('(root)', [], [node])));
    const profile = profileOf(take());
    expect(profile.stacks.length).toBe(100_001);
    expect(stackText(profile, profile.samples.stack[0] ?? 0).endsWith(';f1;leaf')).toBe(true);
  });

  test('100 000 children of one node', () => {
    const { profiler, binding, take } = createHarness();
    profiler.start({});
    const children = Array.from({ length: 100_000 }, (_, i) => timeNode(`f${i}`, [sample(i, 1)], [], { scriptName: '/a.js' }));
    binding.profiles.push(rawProfileOf(timeNode('(root)', [], children)));
    expect(take().builder.sampleCount).toBe(100_000);
  });
});

describe('resolving spans', () => {
  test('asks once for each record of a collection, and again in the next window', () => {
    const asked: object[] = [];
    const { profiler, binding, take } = createHarness({
      resolveOwner: (value, builder) => {
        asked.push(value);
        return { span: builder.span({ traceId: 't', spanId: 'x', localRootSpanId: '', sampled: true }), labelSet: 0 };
      },
    });
    profiler.start({});
    const first = record('a');
    const second = record('b');
    const raw = rawProfile({ stacks: { work: [sample(1, 1, first), sample(2, 1, second), sample(3, 1, first)] } });
    binding.profiles.push(raw, raw);
    take();
    expect(asked).toEqual([first, second]);
    expect(samplesOf(take()).map(({ spanId }) => spanId)).toEqual(['x', 'x', 'x']);
    expect(asked).toHaveLength(4);
  });

  test('samples carry the label set of their record', () => {
    const { profiler, binding, take } = createHarness();
    profiler.start({});
    const labelled = { spanId: 'a', labels: { tenant: 'acme' } };
    binding.profiles.push(rawProfile({ stacks: { work: [sample(1, 1, labelled), sample(2, 1, record('a')), sample(3, 1)] } }));
    const { samples, labelSets } = profileOf(take());
    expect(Array.from(samples.labelSet, (index) => Object.fromEntries(labelSets[index] ?? []))).toEqual([{ tenant: 'acme' }, {}, {}]);
  });

  test('an exception counts as no span and loses nothing else', () => {
    const { profiler, binding, errors, take } = createHarness({
      resolveOwner: (value, builder) => {
        if ((value as { spanId: string }).spanId === 'bad') throw new Error('unknown record');
        return { span: builder.span({ traceId: 't', spanId: 'good', localRootSpanId: '', sampled: true }), labelSet: 0 };
      },
    });
    profiler.start({});
    binding.profiles.push(rawProfile({
      stacks: { work: [sample(1, 1, record('bad')), sample(2, 2, record('good')), sample(3, 3, record('bad'))] },
    }));
    expect(samplesOf(take()).map(({ spanId, cpuNanos }) => [spanId, cpuNanos])).toEqual([['', 1n], ['good', 2n], ['', 3n]]);
    expect(errors.map(String)).toEqual(['Error: The span of a sample is unknown: unknown record', 'Error: The span of a sample is unknown: unknown record']);
    expect(profiler.stats).toMatchObject({ errors: 2, samplesWithSpan: 1 });
  });
});
