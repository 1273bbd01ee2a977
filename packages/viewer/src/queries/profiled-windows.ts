import type { IntervalList } from './interval-list.ts';
import { unionOf } from './interval-list.ts';
import type { Store } from '../store/store.ts';

/** By process: when its thread was sampled, nanoseconds after `base`. A profile that holds only heap samples is none. */
export function profiledWindows(store: Store, base: bigint): Map<string, IntervalList> {
  const windows = new Map<string, number[]>();
  for (const { profile, process } of store.profiles()) {
    if (profile.samples.length === 0 && !profile.types.includes('wall') && !profile.types.includes('cpu')) continue;
    const start = Number(profile.startTimeUnixNano - base);
    const list = windows.get(process) ?? [];
    list.push(start, start + Number(profile.durationNanos));
    windows.set(process, list);
  }
  return new Map([...windows].map(([process, list]) => [process, unionOf(list)]));
}
