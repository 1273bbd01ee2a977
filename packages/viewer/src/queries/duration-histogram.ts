import type { DurationHistogram } from '../api/answers.ts';

const BUCKETS_PER_DECADE = 10;
/** What is shorter is in one bucket, which begins at 0. */
const LEAST_NANOS = 1_000;

/** The same borders whatever there is, so that they do not move as traces come and go; empty ends are left off. */
export function durationHistogram(calls: readonly { readonly durationNanos: number; readonly error: boolean }[]): DurationHistogram {
  const counts: number[] = [];
  const errors: number[] = [];
  let first = Infinity;
  for (const { durationNanos, error } of calls) {
    const bucket = bucketOf(durationNanos);
    first = Math.min(first, bucket);
    while (counts.length <= bucket) {
      counts.push(0);
      errors.push(0);
    }
    counts[bucket]!++;
    if (error) errors[bucket]!++;
  }
  if (calls.length === 0) return { edgesNanos: [], counts: [], errors: [] };
  const edges = Array.from({ length: counts.length + 1 - first }, (_, i) => lowerEdge(first + i));
  return { edgesNanos: edges, counts: counts.slice(first), errors: errors.slice(first) };
}

/** Bucket 0 is `[0, LEAST_NANOS)`. */
function bucketOf(durationNanos: number): number {
  if (!(durationNanos >= LEAST_NANOS)) return 0;
  const bucket = 1 + Math.floor(Math.log10(durationNanos / LEAST_NANOS) * BUCKETS_PER_DECADE);
  // Logarithms are off by a rounding at the borders.
  if (durationNanos < lowerEdge(bucket)) return bucket - 1;
  return durationNanos >= lowerEdge(bucket + 1) ? bucket + 1 : bucket;
}

function lowerEdge(bucket: number): number {
  return bucket === 0 ? 0 : Math.round(LEAST_NANOS * 10 ** ((bucket - 1) / BUCKETS_PER_DECADE));
}
