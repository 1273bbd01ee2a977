import type { Span, Store, WaterfallSpan } from '@flamespan/viewer';
import { createStore, waterfall } from '@flamespan/viewer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawProfile, drawSpans, id, ORIGIN, resource, TRACE } from './drawing.ts';

const MILLI = 1_000_000;

function storeOf(spans: readonly Span[], ...profiles: ReturnType<typeof drawProfile>[]): Store {
  const store = createStore();
  store.addSpans(spans);
  store.addProfiles(profiles);
  return store;
}

/** One line a span: name by depth, duration, own wall and CPU, subtree on the thread, waiting, in milliseconds. */
function draw(store: Store): string[] {
  const ms = (nanos: number | undefined): string => (nanos === undefined ? '-' : String(nanos / MILLI));
  return waterfall(store, TRACE)!.spans.map((span) => [
    ' '.repeat(span.depth) + span.span.name, ms(span.durationNanos), span.samples, ms(span.wallNanos), ms(span.cpuNanos), ms(span.subtreeOnThreadNanos), ms(span.waitingNanos),
  ].join(' '));
}

describe('the waterfall', () => {
  it('tells own time, time of children in the same process, and waiting apart', () => {
    const store = storeOf(drawSpans(`
      1 - 0 200 GET
       2 1 10 110 query
       3 1 120 190 render
    `), drawProfile(`
      10  10 9 1 GET_/ main;handler
      20  10 9 2 GET_/ main;handler;query
      130 10 8 3 GET_/ main;handler;render
      140 10 8 3 GET_/ main;handler;render
      155 10 8 3 GET_/ main;handler;render
      195 10 7 1 GET_/ main;handler
    `));
    expect(draw(store)).toEqual([
      'GET 200 2 20 16 60 140',
      ' query 100 1 10 9 10 90',
      ' render 70 3 30 24 30 40',
    ]);
  });

  it('stands spans in order of start under their parents, and parentless ones beside them', () => {
    const store = storeOf(drawSpans(`
      3 2 30 40 c
      5 9 50 60 orphan
      2 1 20 90 b
      4 1 5 10 a
      1 - 0 100 root
    `));
    expect(waterfall(store, TRACE)!.spans.map((span) => [span.span.name, span.depth, span.parent, span.subtreeEnd])).toEqual([
      ['root', 0, -1, 4],
      ['a', 1, 0, 2],
      ['b', 1, 0, 4],
      ['c', 2, 2, 4],
      ['orphan', 0, -1, 5],
    ]);
  });

  it('clips time on the thread to the span, and counts overlapping samples once', () => {
    const store = storeOf(drawSpans('1 - 20 60 GET'), drawProfile(`
      25 10 9 1 GET_/ main
      30 10 9 1 GET_/ main
      65 10 9 1 GET_/ main
      90 10 9 1 GET_/ main
    `));
    // (15, 30] and (55, 65], of which 10 and 5 ms lie in the span; its own samples add up to more than that.
    expect(draw(store)).toEqual(['GET 40 4 40 36 15 25']);
    expect([...waterfall(store, TRACE)!.spans[0]!.onThread].map((nanos) => nanos / MILLI)).toEqual([-5, 10, 35, 45, 60, 70]);
  });

  it('never has negative waiting', () => {
    const store = storeOf(drawSpans('1 - 0 5 short\n2 1 4 2 backwards'), drawProfile('5 50 9 1 GET_/ main\n4 10 9 2 GET_/ main'));
    expect(draw(store)).toEqual(['short 5 1 50 9 5 0', ' backwards 0 1 10 9 0 0']);
  });

  it('counts a descendant that the call reached through another process, but not the other process', () => {
    const store = storeOf(
      [...drawSpans('1 - 0 100 GET\n3 2 40 60 callback'), ...drawSpans('2 1 10 90 remote', { service: 'stock' })],
      drawProfile('10 10 9 1 GET_/ main\n50 10 9 3 GET_/ main'),
      drawProfile('30 10 9 2 GET_/ main\n80 10 9 2 GET_/ main', { service: 'stock' }),
    );
    expect(draw(store)).toEqual([
      'GET 100 1 10 9 20 80',
      ' remote 80 2 20 18 20 60',
      '  callback 20 1 10 9 10 10',
    ]);
  });

  it('knows nothing of waiting where no profile of the process covers the span', () => {
    const spans = drawSpans('1 - 0 100 GET\n2 1 10 20 query');
    expect(draw(storeOf(spans))).toEqual(['GET 100 0 0 0 0 -', ' query 10 0 0 0 0 -']);
    expect(draw(storeOf(spans, drawProfile('', { service: 'other' })))[0]).toBe('GET 100 0 0 0 0 -');
    expect(draw(storeOf(spans, drawProfile('', { types: ['heap'] })))[0]).toBe('GET 100 0 0 0 0 -');
    expect(draw(storeOf(spans, drawProfile('', { window: [100, 200] })))[0]).toBe('GET 100 0 0 0 0 -');
    expect(draw(storeOf(spans, drawProfile('')))).toEqual(['GET 100 0 0 0 0 100', ' query 10 0 0 0 0 10']);
  });

  it('says how much of a span the profiles cover', () => {
    const store = storeOf(drawSpans('1 - 0 100 GET'), drawProfile('20 10 9 1 GET_/ main', { window: [0, 30] }), drawProfile('', { window: [50, 70] }));
    expect(waterfall(store, TRACE)!.spans[0]).toMatchObject({ profiledNanos: 50 * MILLI, waitingNanos: 90 * MILLI });
  });

  it('gives exact times beyond 2^53', () => {
    const [span] = drawSpans('1 - 0 100 GET');
    const store = storeOf([{ ...span!, spanId: id('2'), parentSpanId: id('1'), startTimeUnixNano: ORIGIN + 1n }, span!]);
    expect(waterfall(store, TRACE)!.spans.map(({ startNanos }) => startNanos)).toEqual([0, 1]);
    expect(waterfall(store, TRACE)!.startTimeUnixNano).toBe(ORIGIN);
  });

  it('takes samples before their spans and after, and none for traces it does not hold', () => {
    const store = createStore();
    store.addProfiles([drawProfile('10 10 9 1 GET_/ main')]);
    store.addSpans(drawSpans('1 - 0 100 GET'));
    store.addProfiles([drawProfile('20 10 9 1 GET_/ main')]);
    expect(draw(store)).toEqual(['GET 100 2 20 18 20 80']);
    expect(waterfall(store, 'f'.repeat(32))).toBeUndefined();
  });

  it.each([
    ['itself as parent', '1 1 0 10 a'],
    ['a circle of two', '1 2 5 10 a\n2 1 0 10 b'],
    ['a circle with a tail', '1 3 5 10 a\n2 1 0 10 b\n3 2 7 9 c\n4 1 6 8 d\n5 4 6 7 e'],
    ['two circles', '1 2 5 10 a\n2 1 0 10 b\n3 4 5 10 c\n4 3 0 10 d'],
  ])('makes a tree of %s, with every span once', (_name, text) => {
    const spans = drawSpans(text);
    const result = waterfall(storeOf(spans), TRACE)!;
    expect(result.spans.map((span) => span.span.name).sort()).toEqual(spans.map(({ name }) => name).sort());
    expect(result.spans[0]!.parent).toBe(-1);
  });

  it.each([
    ['in one chain', (i: number) => (i === 1 ? '-' : String(i - 1))],
    ['under one parent', (i: number) => (i === 1 ? '-' : '1')],
    ['in a circle', (i: number) => (i === 1 ? '100000' : String(i - 1))],
  ])('takes 100 000 spans %s, each with a sample', (_name, parentOf) => {
    const [template] = drawSpans('1 - 0 1000000 x');
    const spans = Array.from({ length: 100_000 }, (_n, i): Span => {
      const parent = parentOf(i + 1);
      return { ...template!, spanId: id(String(i + 1)), parentSpanId: parent === '-' ? '' : id(parent), startTimeUnixNano: ORIGIN + BigInt(i) };
    });
    const samples = Array.from({ length: 100_000 }, (_n, i) => `${i * 10 + 10} 10 9 ${i + 1} GET_/ main`).join('\n');
    const result = waterfall(storeOf(spans, drawProfile(samples)), TRACE)!;
    expect(result.spans).toHaveLength(100_000);
    expect(result.spans[0]).toMatchObject({ depth: 0, subtreeEnd: 100_000, subtreeOnThreadNanos: 1_000_000 * MILLI, waitingNanos: 0 });
  }, 60_000);

  it('agrees with counting by hand, millisecond by millisecond', () => {
    const interval = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }));
    const tree = fc.array(fc.record({ parent: fc.nat(), window: interval, service: fc.constantFrom('shop', 'stock'), samples: fc.array(fc.tuple(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 0, max: 15 })), { maxLength: 4 }) }), { minLength: 1, maxLength: 12 });
    fc.assert(fc.property(tree, (nodes) => {
      const parentOf = nodes.map(({ parent }, i) => (i === 0 ? -1 : parent % i));
      const spans = nodes.flatMap(({ window: [start, end], service }, i) => drawSpans(`${i + 1} ${parentOf[i] === -1 ? '-' : parentOf[i]! + 1} ${start} ${end} s${i}`, { service }));
      const profiles = ['shop', 'stock'].map((service) => drawProfile(nodes.flatMap((node, i) => (node.service === service ? node.samples.map(([time, wall]) => `${time} ${wall} 1 ${i + 1} GET_/ main`) : [])).join('\n'), { service, window: [-100, 200] }));
      const byName = new Map(waterfall(storeOf(spans, ...profiles), TRACE)!.spans.map((span): [string, WaterfallSpan] => [span.span.name, span]));
      nodes.forEach(({ window: [start, end], service }, i) => {
        const inSubtree = nodes.filter((node, j) => {
          let at = j;
          while (at !== -1 && at !== i) at = parentOf[at]!;
          return at === i && node.service === service;
        });
        let busy = 0;
        for (let ms = start; ms < end; ms++) {
          if (inSubtree.some(({ samples }) => samples.some(([time, wall]) => time - wall <= ms && ms < time))) busy++;
        }
        const duration = Math.max(0, end - start);
        expect(byName.get(`s${i}`)).toMatchObject({ subtreeOnThreadNanos: busy * MILLI, durationNanos: duration * MILLI, ...(duration > 0 ? { waitingNanos: (duration - busy) * MILLI } : {}) });
      });
    }), { numRuns: 300 });
  });

  it('takes the process of spans from their resource', () => {
    const [span] = drawSpans('1 - 0 100 GET');
    const store = storeOf([{ ...span!, resource: resource('shop', { 'process.pid': 8 }) }], drawProfile(''));
    expect(waterfall(store, TRACE)!.spans[0]).toMatchObject({ service: 'shop', waitingNanos: undefined });
  });
});
