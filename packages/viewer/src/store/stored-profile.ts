import type { Profile } from '@flamespan/profile';
import { profileBytes, stringBytes } from './memory-size.ts';
import { ownLocations } from './own-frames.ts';
import { processIdentityOf, serviceNameOf } from './process-identity.ts';

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
  readonly profile: Profile;
  readonly service: string;
  readonly process: string;
  /** By sample: its time, nanoseconds after `profile.startTimeUnixNano`. */
  readonly timeNanos: Float64Array;
  readonly wallNanos: Float64Array;
  readonly cpuNanos: Float64Array;
  /** Sample numbers grouped by span: those of span i are at `[spanOffsets[i], spanOffsets[i + 1])`. */
  readonly samplesBySpan: Int32Array;
  readonly spanOffsets: Int32Array;
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

export function indexProfile(profile: Profile): StoredProfile {
  const { samples, spans } = profile;
  const timeNanos = new Float64Array(samples.length);
  const wallNanos = new Float64Array(samples.length);
  const cpuNanos = new Float64Array(samples.length);
  const spanOffsets = new Int32Array(spans.length + 1);
  let linkedSamples = 0;
  for (let i = 0; i < samples.length; i++) {
    timeNanos[i] = Number(samples.timeUnixNano[i]! - profile.startTimeUnixNano);
    // Foreign profiles may hold anything; a negative time would take from another span's.
    wallNanos[i] = Math.max(0, Number(samples.wallNanos[i]!));
    cpuNanos[i] = Math.max(0, Number(samples.cpuNanos[i]!));
    const span = samples.span[i]!;
    spanOffsets[span + 1]!++;
    if (spans.spanId[span] !== '') linkedSamples++;
  }
  for (let i = 1; i < spanOffsets.length; i++) spanOffsets[i]! += spanOffsets[i - 1]!;
  const samplesBySpan = new Int32Array(samples.length);
  const next = spanOffsets.slice();
  for (let i = 0; i < samples.length; i++) samplesBySpan[next[samples.span[i]!]!++] = i;

  const endpoints = new Map<string, SampleTotals>();
  let bytes = profileBytes(profile) + samples.length * 28 + spans.length * 4 + profile.stacks.length * 4;
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
    profile,
    service: serviceNameOf(profile.resource),
    process: processIdentityOf(profile.resource),
    timeNanos, wallNanos, cpuNanos, samplesBySpan, spanOffsets,
    ownLocation: ownLocations(profile),
    endpoints, linkedSamples, bytes,
  };
}
