import type { Profile } from '@flamespan/profile';
import { profileBytes, stringBytes } from './memory-size.ts';
import { momentOf } from './moment.ts';
import { ownLocations } from './own-frames.ts';
import { processIdentityOf, serviceNameOf } from './process-identity.ts';
import { hostOf, versionOf } from './resource-facets.ts';

/** Sums over timed samples. */
export interface SampleTotals {
  samples: number;
  wallNanos: number;
  cpuNanos: number;
}

/**
 * A profile with what queries need of it, computed once. Times are numbers, relative to the profile's start: exact up
 * to 104 days.
 */
export interface StoredProfile {
  /** Higher than that of each profile before. */
  readonly id: number;
  readonly profile: Profile;
  readonly service: string;
  readonly version: string;
  readonly host: string;
  readonly process: string;
  /** Of the window, milliseconds since the Unix epoch. */
  readonly startMoment: number;
  readonly durationNanos: number;
  /** By sample: its time, nanoseconds after `profile.startTimeUnixNano`. */
  readonly timeNanos: Float64Array;
  readonly wallNanos: Float64Array;
  readonly cpuNanos: Float64Array;
  readonly longestWallNanos: number;
  /** Sample numbers grouped by span: those of span i are at `[spanOffsets[i], spanOffsets[i + 1])`. */
  readonly samplesBySpan: Int32Array;
  readonly spanOffsets: Int32Array;
  /** Sample numbers by time. */
  readonly byTime: Int32Array;
  /** By span: the id that samples are found under. With the link scope `'local-root'` it is the local root's. */
  readonly linkedSpanId: readonly string[];
  /** By stack: the location to show for it, see {@link ownLocations}. */
  readonly ownLocation: Int32Array; // LocationIndex
  /** By endpoint; `''` = no endpoint. */
  readonly endpoints: ReadonlyMap<string, Readonly<SampleTotals>>;
  /** Timed samples with a span, that is with a Link. */
  readonly linkedSamples: number;
  readonly bytes: number;
}

/** Numbers of the samples of one span in one profile. */
export function samplesOf(stored: StoredProfile, span: number): Int32Array {
  return stored.samplesBySpan.subarray(stored.spanOffsets[span], stored.spanOffsets[span + 1]);
}

/** Numbers of the samples with a time in `[from, to)`, nanoseconds after the profile's start. */
export function samplesWithin({ byTime, timeNanos }: StoredProfile, from: number, to: number): Int32Array {
  const first = (time: number): number => {
    let low = 0;
    let high = byTime.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (timeNanos[byTime[middle]!]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return byTime.subarray(first(from), first(to));
}

/** What a sample may stand for at most: 104 days. */
const MAX_SAMPLE_NANOS = Number.MAX_SAFE_INTEGER;

/** Foreign profiles may hold anything; a negative time would take from another span's. */
function sampleNanos(value: bigint): number {
  return Math.min(MAX_SAMPLE_NANOS, Math.max(0, Number(value)));
}

export function indexProfile(profile: Profile, id: number): StoredProfile {
  const { samples, spans } = profile;
  const linkedSpanId = profile.linkScope === 'local-root' ? spans.localRootSpanId.map((root, i) => root || spans.spanId[i]!) : spans.spanId;
  const timeNanos = new Float64Array(samples.length);
  const wallNanos = new Float64Array(samples.length);
  const cpuNanos = new Float64Array(samples.length);
  const spanOffsets = new Int32Array(spans.length + 1);
  let linkedSamples = 0;
  for (let i = 0; i < samples.length; i++) {
    timeNanos[i] = Number(samples.timeUnixNano[i]! - profile.startTimeUnixNano);
    wallNanos[i] = sampleNanos(samples.wallNanos[i]!);
    cpuNanos[i] = sampleNanos(samples.cpuNanos[i]!);
    const span = samples.span[i]!;
    spanOffsets[span + 1]!++;
    if (linkedSpanId[span] !== '') linkedSamples++;
  }
  for (let i = 1; i < spanOffsets.length; i++) spanOffsets[i]! += spanOffsets[i - 1]!;
  const samplesBySpan = new Int32Array(samples.length);
  const next = spanOffsets.slice();
  for (let i = 0; i < samples.length; i++) samplesBySpan[next[samples.span[i]!]!++] = i;

  const byTime = Int32Array.from(timeNanos.keys());
  if (timeNanos.some((time, i) => i > 0 && time < timeNanos[i - 1]!)) byTime.sort((a, b) => timeNanos[a]! - timeNanos[b]! || a - b);

  const endpoints = new Map<string, SampleTotals>();
  let bytes = profileBytes(profile) + samples.length * 32 + spans.length * 4 + profile.stacks.length * 4;
  for (let span = 0; span < spans.length; span++) {
    const endpoint = profile.strings[spans.endpoint[span]!] ?? '';
    let totals = endpoints.get(endpoint);
    if (totals === undefined) {
      totals = { samples: 0, wallNanos: 0, cpuNanos: 0 };
      endpoints.set(endpoint, totals);
      bytes += 120 + stringBytes(endpoint);
    }
    for (let at = spanOffsets[span]!; at < spanOffsets[span + 1]!; at++) {
      const sample = samplesBySpan[at]!;
      totals.samples++;
      totals.wallNanos += wallNanos[sample]!;
      totals.cpuNanos += cpuNanos[sample]!;
    }
  }
  return {
    id,
    profile,
    service: serviceNameOf(profile.resource),
    version: versionOf(profile.resource),
    host: hostOf(profile.resource),
    process: processIdentityOf(profile.resource),
    startMoment: momentOf(profile.startTimeUnixNano),
    durationNanos: Number(profile.durationNanos),
    timeNanos, wallNanos, cpuNanos,
    longestWallNanos: wallNanos.reduce((most, nanos) => Math.max(most, nanos), 0),
    samplesBySpan, spanOffsets, byTime, linkedSpanId,
    ownLocation: ownLocations(profile),
    endpoints, linkedSamples, bytes,
  };
}
