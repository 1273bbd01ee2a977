/** Start, end, start, end …; ascending, not overlapping. */
export type Intervals = readonly number[];

/**
 * An SVG path of boxes for intervals, on a drawing `width` units wide that stands for `[0, lengthNanos]`. What is nearer
 * than a unit is drawn as one box and none is narrower than `least` units, so that thousands of samples stay a short path that
 * hides none.
 */
export function intervalPath(intervals: Intervals, lengthNanos: number, width: number, top: number, height: number, least = 1): string {
  if (!(lengthNanos > 0)) return '';
  const scale = width / lengthNanos;
  let path = '';
  let from = NaN;
  let to = NaN;
  const flush = (): void => {
    if (!Number.isNaN(from)) path += `M${round(from)} ${top}h${round(Math.max(least, to - from))}v${height}h${round(-Math.max(least, to - from))}z`;
  };
  for (let at = 0; at + 1 < intervals.length; at += 2) {
    const start = Math.max(0, Math.min(width, intervals[at]! * scale));
    const end = Math.max(0, Math.min(width, intervals[at + 1]! * scale));
    if (intervals[at + 1]! < 0 || intervals[at]! > lengthNanos) continue;
    if (start - to < 1) to = Math.max(to, end);
    else {
      flush();
      from = start;
      to = end;
    }
  }
  flush();
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
