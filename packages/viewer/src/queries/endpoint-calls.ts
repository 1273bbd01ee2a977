import type { SampleSelection } from '../api/selection.ts';
import type { StoredProfile } from '../store/stored-profile.ts';
import { rangeWithin } from './sample-selection.ts';

/**
 * Finished calls of the chosen endpoints; null where nobody counted them, and for a selection without endpoints or of
 * single spans or threads.
 */
export function endpointCalls(profiles: readonly StoredProfile[], selection: SampleSelection): number | null {
  const { endpoint, trace, thread } = selection;
  if (endpoint === undefined || trace !== undefined || thread !== undefined) return null;
  let calls = 0;
  for (const stored of profiles) {
    for (const name of new Set(endpoint)) calls += callsWithin(stored, name, selection);
  }
  return calls > 0 ? Math.max(1, Math.round(calls)) : null;
}

/** A profile counts the calls of its whole window: of a part of the window they are taken to be the same part. */
export function callsWithin(stored: StoredProfile, endpoint: string, range: Pick<SampleSelection, 'from' | 'to'>): number {
  const calls = stored.profile.endpointCalls.get(endpoint) ?? 0;
  const { from, to, touches } = rangeWithin(stored, range);
  if (calls <= 0 || !touches) return 0;
  return calls * Math.min(1, (Math.min(to, stored.durationNanos) - Math.max(from, 0)) / stored.durationNanos);
}
