import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brushBetween, brushOf, moveBorder, positionOf, rangeOf, wholeBrush } from '../src/views/traces/brush.ts';

/** Borders at 1, 10, 100, 1 000 and 10 000 ns: four buckets. */
const EDGES = [1, 10, 100, 1_000, 10_000];

describe('brushing the duration histogram', () => {
  it('takes the buckets that a drag touches, in either direction', () => {
    expect(brushBetween(0.3, 0.6, 4)).toEqual({ start: 1, end: 3 });
    expect(brushBetween(0.6, 0.3, 4)).toEqual({ start: 1, end: 3 });
  });

  it('takes one bucket for a click, also on the right border', () => {
    expect(brushBetween(0.3, 0.3, 4)).toEqual({ start: 1, end: 2 });
    expect(brushBetween(1, 1, 4)).toEqual({ start: 3, end: 4 });
    expect(brushBetween(0, 0, 4)).toEqual({ start: 0, end: 1 });
  });

  it('keeps each border on its side of the other', () => {
    expect(moveBorder({ start: 1, end: 3 }, 'start', 9, 4)).toEqual({ start: 2, end: 3 });
    expect(moveBorder({ start: 1, end: 3 }, 'end', 0, 4)).toEqual({ start: 1, end: 2 });
    expect(moveBorder({ start: 1, end: 3 }, 'start', -5, 4)).toEqual({ start: 0, end: 3 });
    expect(moveBorder({ start: 1, end: 3 }, 'end', 99, 4)).toEqual({ start: 1, end: 4 });
  });

  it('filters nothing at the ends of the histogram', () => {
    expect(rangeOf(wholeBrush(4), EDGES)).toEqual({ min: null, max: null });
    expect(rangeOf({ start: 1, end: 4 }, EDGES)).toEqual({ min: 10, max: null });
    expect(rangeOf({ start: 0, end: 2 }, EDGES)).toEqual({ min: null, max: 100 });
  });

  it('finds values on the logarithmic scale', () => {
    expect(positionOf(0, EDGES)).toBe(0);
    expect(positionOf(10, EDGES)).toBeCloseTo(0.25);
    expect(positionOf(31.6227766, EDGES)).toBeCloseTo(0.375);
    expect(positionOf(99_999, EDGES)).toBe(1);
    expect(positionOf(5, [])).toBe(0);
  });

  it('shows a typed range by the nearest borders, never none of it', () => {
    expect(brushOf(undefined, undefined, EDGES)).toEqual({ start: 0, end: 4 });
    expect(brushOf(12, 900, EDGES)).toEqual({ start: 1, end: 3 });
    expect(brushOf(90_000, undefined, EDGES)).toEqual({ start: 3, end: 4 });
  });

  it('comes back from the range to the brush', () => {
    const brush = fc.integer({ min: 1, max: 60 }).chain((buckets) => fc.record({ buckets: fc.constant(buckets), start: fc.integer({ min: 0, max: buckets - 1 }), length: fc.integer({ min: 1, max: buckets }) }));
    fc.assert(fc.property(brush, ({ buckets, start, length }) => {
      const end = Math.min(buckets, start + length);
      const edges = Array.from({ length: buckets + 1 }, (_, i) => Math.round(10 ** (6 + i / 10)));
      const { min, max } = rangeOf({ start, end }, edges);
      expect(brushOf(min ?? undefined, max ?? undefined, edges)).toEqual({ start, end });
    }));
  });
});
