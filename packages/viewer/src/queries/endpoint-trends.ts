import type { EndpointRow } from '../api/answers.ts';
import type { Store } from '../store/store.ts';
import type { StoredProfile } from '../store/stored-profile.ts';
import { samplesWithin } from '../store/stored-profile.ts';
import type { EndpointSelection } from './endpoint-usage.ts';
import { endpointsOfRows, profileMatches, rangeWithin } from './sample-selection.ts';

type Trend = Pick<EndpointRow, 'cpuTrend' | 'wallTrend'>;

export interface EndpointTrends {
  /** null = no samples. */
  readonly startMoment: number | null;
  readonly bucketNanos: number;
  readonly trendOf: (service: string, endpoint: string) => Trend;
}

const MAX_BUCKETS = 60;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Milliseconds. Buckets begin at multiples of their length, so that they do not move as samples come and go. */
const LENGTHS = [1, 2, 5, 10, 15, 30].flatMap((n) => [n * SECOND, n * MINUTE, n * HOUR]).filter((length) => length <= 10 * HOUR).sort((a, b) => a - b);

/** CPU and wall time of the endpoints over time. */
export function endpointTrends(store: Store, selection: EndpointSelection): EndpointTrends {
  const profiles = [...store.profiles()].filter((stored) => stored.byTime.length > 0 && profileMatches(stored, selection) && rangeWithin(stored, selection).touches);
  if (profiles.length === 0) return { startMoment: null, bucketNanos: 0, trendOf: () => ({ cpuTrend: [], wallTrend: [] }) };
  let first = Infinity;
  let last = -Infinity;
  for (const stored of profiles) {
    const { from, to } = rangeWithin(stored, selection);
    first = Math.min(first, stored.startMoment + Math.max(0, from) / 1e6);
    last = Math.max(last, stored.startMoment + Math.min(stored.durationNanos, to) / 1e6);
  }
  const { start, length, count } = bucketsOf(first, last);
  const trends = new Map<string, { readonly cpuTrend: number[]; readonly wallTrend: number[] }>();
  const zeros = (): number[] => Array.from({ length: count }, () => 0);
  const trendOf = (service: string, endpoint: string): { readonly cpuTrend: number[]; readonly wallTrend: number[] } => {
    const key = `${service}\u0000${endpoint}`;
    let trend = trends.get(key);
    if (trend === undefined) trends.set(key, (trend = { cpuTrend: zeros(), wallTrend: zeros() }));
    return trend;
  };
  for (const stored of profiles) addTrends(stored, selection, (start - stored.startMoment) * 1e6, length * 1e6, count, trendOf);
  return { startMoment: start, bucketNanos: length * 1e6, trendOf };
}

function addTrends(
  stored: StoredProfile, selection: EndpointSelection, start: number, bucketNanos: number, count: number,
  trendOf: (service: string, endpoint: string) => { readonly cpuTrend: number[]; readonly wallTrend: number[] },
): void {
  const { profile, service, timeNanos, cpuNanos, wallNanos } = stored;
  const { from, to } = rangeWithin(stored, selection);
  const trends = endpointsOfRows(stored).map((endpoint) => trendOf(service, endpoint));
  for (const sample of samplesWithin(stored, from, to)) {
    const bucket = Math.min(count - 1, Math.max(0, Math.floor((timeNanos[sample]! - start) / bucketNanos)));
    const { cpuTrend, wallTrend } = trends[profile.samples.span[sample]!]!;
    cpuTrend[bucket]! += cpuNanos[sample]!;
    wallTrend[bucket]! += wallNanos[sample]!;
  }
}

function bucketsOf(first: number, last: number): { readonly start: number; readonly length: number; readonly count: number } {
  const countOf = (length: number): number => Math.max(1, Math.ceil(last / length) - Math.floor(first / length));
  let length = LENGTHS.find((candidate) => countOf(candidate) <= MAX_BUCKETS);
  // Doubling, for windows that a wrong clock has torn apart.
  for (let longer = 20 * HOUR; length === undefined; longer *= 2) if (countOf(longer) <= MAX_BUCKETS) length = longer;
  return { start: Math.floor(first / length) * length, length, count: countOf(length) };
}
