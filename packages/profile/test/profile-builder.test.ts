import { createProfileBuilder } from '@flamespan/profile';
import type { ProfileBuilder, ProfileHeader, SpanInput } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const START = 1_767_225_600_000_000_000n;
const header: ProfileHeader = profileFromStacks('', { startTimeUnixNano: START, durationNanos: 100n });

function spanOf(part: Partial<SpanInput>): SpanInput {
  return { traceId: 'a'.repeat(32), spanId: '', localRootSpanId: '', sampled: true, ...part };
}

function row(columns: object, index: number): number[] {
  return Object.values(columns).filter((column) => column instanceof Int32Array).map((column) => column[index] as number);
}

describe('createProfileBuilder', () => {
  it('begins with the zero rows alone', () => {
    const { strings, functions, locations, stacks, spans, samples, heapSamples } = createProfileBuilder().build(header);
    expect(strings).toEqual(['']);
    expect([functions, locations, stacks, spans].map(({ length }) => length)).toEqual([1, 1, 1, 1]);
    expect([...row(functions, 0), ...row(locations, 0), ...row(stacks, 0), ...row(spans, 0)].every((value) => value === 0)).toBe(true);
    expect([samples.length, heapSamples.length]).toEqual([0, 0]);
  });

  it('finds every row again, however large the tables have grown', () => {
    const builder = createProfileBuilder();
    const rows = Array.from({ length: 5_000 }, (_, i) => builder.location(i % 7, i, i % 3, 0));
    expect(new Set(rows).size).toBe(5_000);
    expect(rows.map((_, i) => builder.location(i % 7, i, i % 3, 0))).toEqual(rows);
    const chain = (): number[] => rows.map((location) => builder.stack(location >> 1, location));
    expect(chain()).toEqual(chain());
    expect(builder.build(header).locations.length).toBe(5_000);
  });

  it('has each string, function, location and stack once, and finds it again', () => {
    const part = fc.nat({ max: 40 });
    fc.assert(
      fc.property(fc.array(fc.tuple(part, part, part, part), { maxLength: 400 }), (rows) => {
        const builder = createProfileBuilder();
        const added = rows.map(([a, b, c, d]) => add(builder, a, b, c, d));
        expect(rows.map(([a, b, c, d]) => add(builder, a, b, c, d))).toEqual(added);
        const { strings, functions, locations, stacks } = builder.build(header);
        expect(new Set(strings).size).toBe(strings.length);
        for (const table of [functions, locations, stacks]) {
          const texts = Array.from({ length: table.length }, (_, i) => row(table, i).join());
          expect(new Set(texts).size).toBe(table.length);
        }
        added.forEach(({ string, fn, location, stack }, i) => {
          const [a, b, c, d] = rows[i] as [number, number, number, number];
          expect([strings[string], row(functions, fn), row(locations, location), row(stacks, stack)]).toEqual([
            `${a}`, [a, b, c], [a, b, c, d], [a, b],
          ]);
        });
      }),
    );
  });

  it('keeps rows apart and growing in number, with callers before callees', () => {
    const builder = createProfileBuilder();
    let stack = 0;
    for (let i = 1; i <= 10_000; i++) stack = builder.stack(stack, i % 7);
    const { stacks } = builder.build(header);
    expect(stacks.length).toBe(10_001);
    for (let i = 1; i < stacks.length; i++) expect(stacks.parent[i]).toBeLessThan(i);
  });

  it('has one row for each span id, whose first values stay', () => {
    const builder = createProfileBuilder();
    const span = builder.span(spanOf({ spanId: '1'.repeat(16), endpoint: 'GET /a' }));
    expect(builder.span(spanOf({ spanId: '1'.repeat(16), endpoint: 'GET /b', sampled: false }))).toBe(span);
    expect(builder.span(spanOf({ spanId: '2'.repeat(16) }))).not.toBe(span);
    expect(builder.span(spanOf({ spanId: '1'.repeat(16), traceId: 'b'.repeat(32) }))).not.toBe(span);
    const { spans, strings } = builder.build(header);
    expect([spans.length, spans.sampled[span], strings[spans.endpoint[span] as number]]).toEqual([4, 1, 'GET /a']);
  });

  it('has one row for each endpoint where there is no span id', () => {
    const builder = createProfileBuilder();
    const one = builder.span(spanOf({ endpoint: 'GET /a' }));
    expect(builder.span(spanOf({ endpoint: 'GET /a' }))).toBe(one);
    expect(builder.span(spanOf({ endpoint: 'GET /b' }))).not.toBe(one);
  });

  it('takes an endpoint afterwards', () => {
    const builder = createProfileBuilder();
    const span = builder.span(spanOf({ spanId: '1'.repeat(16) }));
    builder.setSpanEndpoint(span, 'GET /late');
    const { spans, strings } = builder.build(header);
    expect(strings[spans.endpoint[span] as number]).toBe('GET /late');
  });

  it('adds up calls', () => {
    const builder = createProfileBuilder();
    builder.addEndpointCalls('GET /', 2);
    builder.addEndpointCalls('GET /', 3);
    expect(builder.build(header).endpointCalls).toEqual(new Map([['GET /', 5]]));
  });

  it('widens the window to its samples', () => {
    const window = (...times: bigint[]): [bigint, bigint] => {
      const builder = createProfileBuilder();
      for (const time of times) builder.addSample(0, 0, time, 1n, 1n);
      const { startTimeUnixNano, durationNanos } = builder.build(header);
      return [startTimeUnixNano - START, durationNanos];
    };
    expect(window(START, START + 99n)).toEqual([0n, 100n]);
    expect(window(START + 50n, START - 5n)).toEqual([-5n, 105n]);
    expect(window(START + 100n)).toEqual([0n, 101n]);
    expect(createProfileBuilder().build({ ...header, durationNanos: -7n }).durationNanos).toBe(1n);
  });

  it('counts its samples and says when they were', () => {
    const builder = createProfileBuilder();
    expect(builder.timeRange).toBeUndefined();
    for (const time of [5n, 3n, 9n]) builder.addSample(0, 0, time, 1n, 1n);
    builder.addHeapSample(0, 1n, 1n);
    expect([builder.sampleCount, builder.heapSampleCount]).toEqual([3, 1]);
    expect(builder.timeRange).toEqual({ firstUnixNano: 3n, lastUnixNano: 9n });
  });

  it('goes on without touching what it built', () => {
    const builder = createProfileBuilder();
    const fill = (): void => {
      for (let i = 0; i < 200; i++) {
        const string = builder.string(`${i}`);
        builder.addSample(builder.stack(0, builder.location(builder.function(string, 0, i), i, i, 0)), builder.span(spanOf({ endpoint: `${i}` })), START, 1n, 1n);
      }
    };
    const first = builder.build(header);
    const before = structuredClone(first);
    fill();
    expect(first).toEqual(before);
    expect(builder.build(header).samples.length).toBe(200);
  });

  it('knows that its size grows', () => {
    const builder = createProfileBuilder();
    const sizes = [builder.byteLength];
    for (let i = 0; i < 5; i++) {
      for (let n = 0; n < 1000; n++) builder.addSample(builder.stack(0, i * 1000 + n), 0, START, 1n, 1n);
      sizes.push(builder.byteLength);
    }
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(sizes.at(-1)).toBeGreaterThan(5000 * 32);
  });
});

function add(builder: ProfileBuilder, a: number, b: number, c: number, d: number) {
  return {
    string: builder.string(`${a}`), fn: builder.function(a, b, c), location: builder.location(a, b, c, d), stack: builder.stack(a, b),
  };
}

