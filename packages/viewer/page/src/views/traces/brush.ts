/** A chosen part of a histogram: from one border of its buckets to another, `start < end`. */
export interface Brush {
  readonly start: number;
  readonly end: number;
}

/** The whole histogram with `buckets` buckets. */
export function wholeBrush(buckets: number): Brush {
  return { start: 0, end: buckets };
}

/** The buckets between two places on the histogram, each a share of its width; at least one bucket. */
export function brushBetween(one: number, other: number, buckets: number): Brush {
  const [low, high] = one <= other ? [one, other] : [other, one];
  const start = Math.min(buckets - 1, Math.max(0, Math.floor(low * buckets)));
  return { start, end: Math.min(buckets, Math.max(start + 1, Math.ceil(high * buckets))) };
}

/** Moves one border, kept inside the histogram and on its side of the other border. */
export function moveBorder(brush: Brush, border: 'start' | 'end', to: number, buckets: number): Brush {
  return border === 'start'
    ? { start: Math.max(0, Math.min(brush.end - 1, to)), end: brush.end }
    : { start: brush.start, end: Math.min(buckets, Math.max(brush.start + 1, to)) };
}

/** Where on the histogram a value lies, as a share of its width: its borders are logarithmic and equally far apart. */
export function positionOf(value: number, edges: readonly number[]): number {
  const buckets = edges.length - 1;
  if (buckets < 1 || value <= edges[0]!) return 0;
  if (value >= edges[buckets]!) return 1;
  let bucket = 0;
  while (value >= edges[bucket + 1]!) bucket++;
  const low = Math.max(edges[bucket]!, 1);
  return (bucket + Math.log(value / low) / Math.log(edges[bucket + 1]! / low)) / buckets;
}

/** The brush nearest to a range of values; the whole where there is none. */
export function brushOf(min: number | undefined, max: number | undefined, edges: readonly number[]): Brush {
  const buckets = Math.max(1, edges.length - 1);
  const start = min === undefined ? 0 : Math.min(buckets - 1, Math.round(positionOf(min, edges) * buckets));
  return { start, end: max === undefined ? buckets : Math.max(start + 1, Math.round(positionOf(max, edges) * buckets)) };
}

/** The values a brush lets through. A border at the histogram's end is none, so that later, longer traces are let through too. */
export function rangeOf({ start, end }: Brush, edges: readonly number[]): { readonly min: number | null; readonly max: number | null } {
  return { min: start <= 0 ? null : whole(edges[start]), max: end >= edges.length - 1 ? null : whole(edges[end]) };
}

/** An address is read by people. */
function whole(nanos: number | undefined): number | null {
  return nanos === undefined ? null : Math.round(nanos);
}
