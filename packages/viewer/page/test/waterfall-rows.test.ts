import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intervalPath } from '../src/views/trace/interval-path.ts';
import { roundStep, timeTicks } from '../src/views/trace/time-axis.ts';
import type { TreeSpan } from '../src/views/trace/visible-rows.ts';
import { expandedTo, numbersById, numbersOf, parentOf, toggled, treeStep, visibleRows } from '../src/views/trace/visible-rows.ts';
import { rowAfterKey } from '../src/virtual/row-keys.ts';

/** Spans from their depths, depth first. Ids are numbers as text. */
function tree(...depths: readonly number[]): readonly (TreeSpan & { readonly spanId: string })[] {
  return depths.map((depth, i) => {
    const next = depths.findIndex((other, j) => j > i && other <= depth);
    return { spanId: String(i), depth, subtreeEnd: next === -1 ? depths.length : next };
  });
}

/** Spans that are not inside a collapsed one. */
function idsShown(spans: ReturnType<typeof tree>, collapsed: ReadonlySet<string>): string[] {
  return visibleRows(spans, numbersOf(collapsed, numbersById(spans))).map((span) => spans[span]!.spanId);
}

/**
 * 0
 * ├ 1
 * │ └ 2
 * ├ 3
 * 4
 */
const SPANS = tree(0, 1, 2, 1, 0);

describe('rows of the waterfall', () => {
  it('leaves out what is inside a collapsed span', () => {
    expect(visibleRows(SPANS, new Set())).toEqual([0, 1, 2, 3, 4]);
    expect(visibleRows(SPANS, new Set([1]))).toEqual([0, 1, 3, 4]);
    expect(visibleRows(SPANS, new Set([0, 1]))).toEqual([0, 4]);
  });

  it('finds parents', () => {
    expect(SPANS.map((_, i) => parentOf(SPANS, i))).toEqual([-1, 0, 1, 0, -1]);
  });

  it('opens what a chosen span is in, and nothing else', () => {
    const numbers = numbersById(SPANS);
    expect([...expandedTo(SPANS, numbers, new Set(['0', '1']), 2)]).toEqual([]);
    expect([...expandedTo(SPANS, numbers, new Set(['0', '1']), 3)]).toEqual(['1']);
    const untouched = new Set(['1', 'of another time']);
    expect(expandedTo(SPANS, numbers, untouched, 1)).toBe(untouched);
  });

  it('stay collapsed under the same span when a late one comes in before it', () => {
    const collapsed = new Set(['1']);
    expect(idsShown(SPANS, collapsed)).toEqual(['0', '1', '3', '4']);
    const late = tree(0, 1, 0, 1, 2, 1, 0).map((span, i) => ({ ...span, spanId: i < 2 ? `late ${i}` : String(i - 2) }));
    expect(idsShown(late, collapsed)).toEqual(['late 0', 'late 1', '0', '1', '3', '4']);
  });

  it('are there although two spans share an id, and although a collapsed one is not', () => {
    const twice = SPANS.map((span, i) => ({ ...span, spanId: i === 1 ? '0' : span.spanId }));
    expect(idsShown(twice, new Set(['0', 'x']))).toEqual(['0', '0', '3', '4']);
    expect([...expandedTo(twice, numbersById(twice), new Set(['0', 'x']), 2)]).toEqual(['x']);
  });

  it('opens, closes and moves by arrow keys as a tree does', () => {
    const none = new Set<number>();
    expect(treeStep('ArrowRight', SPANS, none, 0)).toEqual({ goTo: 1 });
    expect(treeStep('ArrowRight', SPANS, new Set([0]), 0)).toEqual({ toggle: 0 });
    expect(treeStep('ArrowRight', SPANS, none, 2)).toBeUndefined();
    expect(treeStep('ArrowLeft', SPANS, none, 0)).toEqual({ toggle: 0 });
    expect(treeStep('ArrowLeft', SPANS, none, 2)).toEqual({ goTo: 1 });
    expect(treeStep('ArrowLeft', SPANS, new Set([1]), 1)).toEqual({ goTo: 0 });
    expect(treeStep('ArrowLeft', SPANS, none, 4)).toBeUndefined();
    expect([...toggled(toggled(new Set(), '3'), '3')]).toEqual([]);
  });

  it('always has the chosen span in a row', () => {
    const depths = fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }).map((steps) => {
      const found = [0];
      for (const step of steps) found.push(Math.min(step, found.at(-1)! + 1));
      return found;
    });
    fc.assert(fc.property(depths, fc.array(fc.nat(40)), fc.nat(40), (found, closed, wanted) => {
      const spans = tree(...found);
      const span = wanted % spans.length;
      expect(idsShown(spans, expandedTo(spans, numbersById(spans), new Set(closed.map((i) => String(i % spans.length))), span))).toContain(String(span));
    }));
  });

  it('moves by keys and stays inside', () => {
    expect(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'x'].map((key) => rowAfterKey(key, 5, 100, 10))).toEqual([6, 4, 15, 0, 0, 99, undefined]);
    expect([rowAfterKey('ArrowDown', 99, 100, 10), rowAfterKey('ArrowDown', -1, 100, 10), rowAfterKey('ArrowUp', -1, 100, 10), rowAfterKey('PageDown', 95, 100, 10)]).toEqual([99, 0, 0, 99]);
  });
});

describe('time axis', () => {
  it('has round moments', () => {
    expect(timeTicks(0, 312e6, 6).map(({ nanos }) => nanos / 1e6)).toEqual([0, 100, 200, 300]);
    expect(timeTicks(7e6, 9e6, 4).map(({ nanos }) => nanos / 1e6)).toEqual([7, 7.5, 8, 8.5, 9]);
    expect(timeTicks(5, 5, 4)).toEqual([]);
  });

  it('never has more ticks than asked for and one, and none outside', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.double({ min: 1, max: 1e12, noNaN: true }), fc.integer({ min: 1, max: 20 }), (start, length, most) => {
      const ticks = timeTicks(start, start + length, most);
      expect(ticks.length).toBeLessThanOrEqual(most + 1);
      for (const { share } of ticks) expect(share).toSatisfy((at: number) => at >= -1e-9 && at <= 1 + 1e-9);
    }));
  });

  it('steps by 1, 2 and 5', () => {
    expect([0.9, 1, 1.5, 3, 7, 10, 52].map(roundStep)).toEqual([1, 1, 2, 5, 10, 10, 100]);
  });
});

describe('bars', () => {
  it('draws each stretch of time as a box', () => {
    expect(intervalPath([10, 20, 50, 100], 100, 1_000, 4, 12)).toBe('M100 4h100v12h-100zM500 4h500v12h-500z');
  });

  it('joins what is nearer than a unit, and draws nothing narrower than one', () => {
    expect(intervalPath([0, 0.01, 0.02, 0.03, 50, 50.001], 100, 100, 0, 1)).toBe('M0 0h1v1h-1zM50 0h1v1h-1z');
  });

  it('keeps a span of microseconds to be seen', () => {
    expect(intervalPath([50, 50.001], 100, 100, 0, 1, 3)).toBe('M50 0h3v1h-3z');
  });

  it('cuts what is outside, and has nothing to draw without a length', () => {
    expect(intervalPath([-20, 10, 90, 200, 300, 400], 100, 100, 0, 1)).toBe('M0 0h10v1h-10zM90 0h10v1h-10z');
    expect(intervalPath([0, 1], 0, 100, 0, 1)).toBe('');
  });

  it('stays short, however many samples there are', () => {
    const many = Array.from({ length: 200_000 }, (_, i) => i * 10);
    expect(intervalPath(many, 2_000_000, 1_000, 0, 1).length).toBeLessThan(40_000);
  });
});
