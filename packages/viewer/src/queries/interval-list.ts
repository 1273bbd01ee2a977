/** Disjoint intervals in ascending order, flat: start, end, start, end, … Touching ones are one. */
export type IntervalList = Float64Array;

export const NO_INTERVALS: IntervalList = new Float64Array(0);

/** The union of intervals that are given flat and in any order. Empty ones vanish. */
export function unionOf(flat: readonly number[] | Float64Array): IntervalList {
  const count = flat.length >> 1;
  if (count <= 1) return count === 1 && flat[1]! > flat[0]! ? Float64Array.of(flat[0]!, flat[1]!) : NO_INTERVALS;
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  order.sort((a, b) => flat[a * 2]! - flat[b * 2]!);
  const union = new Float64Array(count * 2);
  let length = 0;
  for (const i of order) {
    const start = flat[i * 2]!;
    const end = flat[i * 2 + 1]!;
    if (!(end > start)) continue;
    if (length > 0 && start <= union[length - 1]!) {
      if (end > union[length - 1]!) union[length - 1] = end;
    } else {
      union[length++] = start;
      union[length++] = end;
    }
  }
  return union.slice(0, length);
}

/** How much of `[from, to)` the intervals cover. */
export function coveredWithin(intervals: IntervalList, from: number, to: number): number {
  let low = 0;
  let high = intervals.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (intervals[middle * 2 + 1]! <= from) low = middle + 1;
    else high = middle;
  }
  let covered = 0;
  for (let i = low * 2; i < intervals.length && intervals[i]! < to; i += 2) {
    covered += Math.min(to, intervals[i + 1]!) - Math.max(from, intervals[i]!);
  }
  return covered;
}

/** What of `[from, to)` the intervals leave open. */
export function complementWithin(intervals: IntervalList, from: number, to: number): IntervalList {
  const open: number[] = [];
  let at = from;
  for (let i = 0; i < intervals.length && intervals[i]! < to; i += 2) {
    if (intervals[i]! > at) open.push(at, intervals[i]!);
    at = Math.max(at, intervals[i + 1]!);
  }
  if (at < to) open.push(at, to);
  return Float64Array.from(open);
}

export function intersectionOf(a: IntervalList, b: IntervalList): IntervalList {
  const both: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const start = Math.max(a[i]!, b[j]!);
    const end = Math.min(a[i + 1]!, b[j + 1]!);
    if (start < end) both.push(start, end);
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return Float64Array.from(both);
}
