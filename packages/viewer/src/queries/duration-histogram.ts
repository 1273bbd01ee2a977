import type { DurationHistogram } from '../api/answers.ts';

const BUCKETS_PER_DECADE = 10;
/** What is shorter is in one bucket, which begins at 0. */
const LEAST_NANOS = 1_000;
/** The longest that two moments of OTLP can be apart is 1.8e19 ns. */
const DECADES = 17;

/** Lower border of each bucket, and the upper one of the last. */
const EDGES = [0, ...Array.from({ length: DECADES * BUCKETS_PER_DECADE + 1 }, (_, i) => Math.round(LEAST_NANOS * 10 ** (i / BUCKETS_PER_DECADE)))];

/** The same borders whatever there is, so that they do not move as traces come and go; empty ends are left off. */
export function durationHistogram(durationsNanos: Float64Array, isError: (index: number) => boolean): DurationHistogram {
  const counts = EDGES.map(() => 0);
  const errors = EDGES.map(() => 0);
  let first = Infinity;
  let last = -1;
  for (let i = 0; i < durationsNanos.length; i++) {
    const bucket = bucketOf(durationsNanos[i]!);
    first = Math.min(first, bucket);
    last = Math.max(last, bucket);
    counts[bucket]!++;
    if (isError(i)) errors[bucket]!++;
  }
  if (last === -1) return { edgesNanos: [], counts: [], errors: [] };
  return { edgesNanos: EDGES.slice(first, last + 2), counts: counts.slice(first, last + 1), errors: errors.slice(first, last + 1) };
}

/** Bucket 0 is `[0, LEAST_NANOS)`. */
function bucketOf(durationNanos: number): number {
  if (!(durationNanos >= LEAST_NANOS)) return 0;
  const bucket = Math.min(EDGES.length - 2, 1 + Math.floor(Math.log10(durationNanos / LEAST_NANOS) * BUCKETS_PER_DECADE));
  // Logarithms are off by a rounding at the borders.
  if (durationNanos < EDGES[bucket]!) return bucket - 1;
  return durationNanos >= EDGES[bucket + 1]! ? bucket + 1 : bucket;
}
