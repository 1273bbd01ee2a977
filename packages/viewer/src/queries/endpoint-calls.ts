import type { SampleSelection } from '../api/selection.ts';
import { momentOf } from '../store/moment.ts';
import { processIdentityOf } from '../store/process-identity.ts';
import type { Store } from '../store/store.ts';
import type { StoredProfile } from '../store/stored-profile.ts';
import { endpointKey } from '../store/trace.ts';
import { rangeWithin } from './sample-selection.ts';

/** Finished calls, and how many of them are an estimate. */
export interface EndpointCalls {
  readonly calls: number;
  readonly estimated: number;
}

const NO_CALLS: EndpointCalls = Object.freeze({ calls: 0, estimated: 0 });

/** Of calls that are said to be counted, so much at most is an estimate. */
const MOST_ESTIMATED = 0.1;

/**
 * Finished calls of the chosen endpoints; null where nobody counted them, where too many would be an estimate, and for a
 * selection without endpoints or of single spans or threads.
 */
export function endpointCalls(store: Store, profiles: readonly StoredProfile[], selection: SampleSelection): number | null {
  const { endpoint, trace, thread } = selection;
  if (endpoint === undefined || trace !== undefined || thread !== undefined) return null;
  const callsWithin = createCallCounter(store, selection);
  let calls = 0;
  let estimated = 0;
  for (const stored of profiles) {
    for (const name of new Set(endpoint)) {
      const part = callsWithin(stored, name);
      calls += part.calls;
      estimated += part.estimated;
    }
  }
  return calls > 0 && !areEstimate({ calls, estimated }) ? Math.max(1, Math.round(calls)) : null;
}

/** Whether so many of them are an estimate that nothing may rest on their number. */
export function areEstimate({ calls, estimated }: EndpointCalls): boolean {
  return estimated > calls * MOST_ESTIMATED;
}

/**
 * Tells how often an endpoint was called in a range of time. A profile counts the calls of its whole window. Where the
 * range cuts a window, the local roots that ended in it say which of its calls the range has. Calls whose local root is
 * not held are taken to be spread evenly over the window: an estimate.
 */
export function createCallCounter(store: Store, range: Pick<SampleSelection, 'from' | 'to'>): (stored: StoredProfile, endpoint: string) => EndpointCalls {
  let ends: ReadonlyMap<string, readonly number[]> | undefined;
  return (stored, endpoint) => {
    const counted = stored.profile.endpointCalls.get(endpoint) ?? 0;
    const { from, to, touches } = rangeWithin(stored, range);
    if (counted <= 0 || !touches) return NO_CALLS;
    const { process, service, startMoment, durationNanos } = stored;
    if (from <= 0 && to >= durationNanos) return { calls: counted, estimated: 0 };
    ends ??= endsOfLocalRoots(store);
    const held = (ends.get(keyOf(process, endpointKey(service, endpoint))) ?? [])
      .map((moment) => (moment - startMoment) * 1e6)
      .filter((time) => time >= 0 && time < durationNanos);
    // More than were counted: another thread has served some of them, nobody knows which.
    const foreign = Math.max(0, held.length - counted);
    const seen = held.filter((time) => time >= from && time < to).length * Math.min(1, counted / held.length);
    const spread = Math.max(0, counted - held.length) * ((Math.min(to, durationNanos) - Math.max(from, 0)) / durationNanos);
    return { calls: seen + spread, estimated: spread + Math.min(seen, foreign) };
  };
}

/** Moments, by process and endpoint. */
function endsOfLocalRoots(store: Store): ReadonlyMap<string, readonly number[]> {
  const ends = new Map<string, number[]>();
  for (const { localRoots } of store.traces()) {
    for (const { span, endpointKey: { text } } of localRoots) {
      const key = keyOf(processIdentityOf(span.resource), text);
      const moment = momentOf(span.endTimeUnixNano);
      const moments = ends.get(key);
      if (moments === undefined) ends.set(key, [moment]);
      else moments.push(moment);
    }
  }
  return ends;
}

function keyOf(process: string, endpoint: string): string {
  return `${process}\u0000${endpoint}`;
}
