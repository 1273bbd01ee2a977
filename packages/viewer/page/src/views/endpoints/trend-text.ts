import { formatDuration } from '../../format/units.ts';

/** Share of the larger half's sum by which the halves must differ to be called rising or falling. */
const LEAST_CHANGE = 0.25;

/** A trend in words, for those who do not see the bars. */
export function trendText(values: readonly number[], bucketNanos: number): string {
  const highest = Math.max(0, ...values);
  if (highest <= 0) return 'no samples';
  const at = values.indexOf(highest);
  return `${directionOf(values)}, highest ${formatDuration(highest)} in ${formatDuration(bucketNanos)}, ${formatDuration((values.length - 1 - at) * bucketNanos)} before the end`;
}

function directionOf(values: readonly number[]): string {
  const half = Math.floor(values.length / 2);
  if (half === 0) return 'one bar';
  const sum = (part: readonly number[]): number => part.reduce((all, value) => all + value, 0);
  // The one in the middle belongs to neither half.
  const [before, after] = [sum(values.slice(0, half)), sum(values.slice(-half))];
  if (Math.abs(after - before) < LEAST_CHANGE * Math.max(before, after)) return 'steady';
  return after > before ? 'rising' : 'falling';
}
