import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairedDifferences, pairedPercents, quantile, shuffled, slopeOf, spreadOf } from '../src/statistics.ts';

const figures = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });

test('gives the median and the quartiles, in between where there is no middle one', () => {
  expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, lowerQuartile: 2, upperQuartile: 4, count: 5 });
  expect(spreadOf([10, 20])).toEqual({ median: 15, lowerQuartile: 12.5, upperQuartile: 17.5, count: 2 });
  expect(spreadOf([7])).toEqual({ median: 7, lowerQuartile: 7, upperQuartile: 7, count: 1 });
});

test('has no median of nothing', () => {
  expect(spreadOf([]).median).toBeNaN();
});

test('keeps quantiles in order and within the figures, and the figures as they are', () => {
  fc.assert(fc.property(figures, (values) => {
    const before = [...values];
    const [least, lower, middle, upper, most] = [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(values, share)) as [number, number, number, number, number];
    expect(least).toBe(Math.min(...values) + 0);
    expect(most).toBe(Math.max(...values) + 0);
    expect(lower).toBeLessThanOrEqual(middle);
    expect(middle).toBeLessThanOrEqual(upper);
    expect(values).toEqual(before);
  }));
});

test('compares each round with the same round of the baseline', () => {
  // The second round was slow for both.
  expect(pairedDifferences([11, 111, 12], [10, 110, 10])).toEqual([1, 1, 2]);
  expect(pairedPercents([11, 220], [10, 200])).toEqual([expect.closeTo(10), expect.closeTo(10)]);
});

test('leaves out rounds that one of both lacks', () => {
  expect(pairedDifferences([11, undefined, 13], [10, 10])).toEqual([1]);
});

test('finds the slope of a line, and says how sure it is', () => {
  const line = slopeOf([[0, 1], [1, 3], [2, 5], [5, 11]]);
  expect(line.slope).toBeCloseTo(2);
  expect(line.standardError).toBeCloseTo(0);
  const scattered = slopeOf([[0, 0], [1, 10], [2, 0], [3, 10], [4, 0]]);
  expect(scattered.slope).toBeCloseTo(0);
  expect(scattered.standardError).toBeGreaterThan(1);
  expect(slopeOf([[0, 1], [1, 2]]).standardError).toBeNaN();
});

test('shuffles without losing anything', () => {
  fc.assert(fc.property(fc.array(fc.integer()), (items) => {
    const sorted = (list: readonly number[]): number[] => list.toSorted((a, b) => a - b);
    expect(sorted(shuffled(items))).toEqual(sorted(items));
  }));
});

test('gives every order a chance', () => {
  const orders = new Set(Array.from({ length: 200 }, () => shuffled(['a', 'b', 'c']).join('')));
  expect(orders.size).toBe(6);
});
