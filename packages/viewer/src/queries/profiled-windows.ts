import type { Span } from '../store/span.ts';
import type { Store } from '../store/store.ts';
import type { StoredProfile } from '../store/stored-profile.ts';
import type { IntervalList } from './interval-list.ts';
import { unionOf } from './interval-list.ts';
import { profilesCovering } from './sample-selection.ts';

/** Whether the thread was sampled: a profile that holds only heap samples says nothing of time. */
function isTimed({ profile }: StoredProfile): boolean {
  return profile.samples.length > 0 || profile.types.includes('wall') || profile.types.includes('cpu');
}

/** When the threads of timed profiles were sampled, nanoseconds after `base`. */
export function windowsOf(profiles: readonly StoredProfile[], base: bigint): IntervalList {
  return unionOf(profiles.filter(isTimed).flatMap(({ profile, durationNanos }) => {
    const start = Number(profile.startTimeUnixNano - base);
    return [start, start + durationNanos];
  }));
}

/** Timed profiles of a span's process whose windows the span lies in. */
export function timedProfilesCovering(store: Store, span: Span): StoredProfile[] {
  return profilesCovering(store, span).filter(isTimed);
}

/** undefined without profiles, and where none says. */
export function longestInterval(profiles: readonly StoredProfile[]): number | undefined {
  const longest = profiles.reduce((most, { profile }) => Math.max(most, Number(profile.samplingIntervalNanos)), 0);
  return longest > 0 ? longest : undefined;
}
