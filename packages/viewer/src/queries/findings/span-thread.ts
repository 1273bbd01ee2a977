import type { Store } from '../../store/store.ts';
import type { StoredProfile } from '../../store/stored-profile.ts';
import { garbageCollectionStacks } from '../garbage-collection.ts';
import { timedProfilesCovering } from '../profiled-windows.ts';
import { periodWithin, subtreeInProcess } from '../sample-selection.ts';
import type { Span } from '../../store/span.ts';
import { samplesTouching } from '../timeline-answer.ts';

/** A sample that a thread took while a span was active, clipped to it. */
export interface Visit {
  readonly stored: StoredProfile;
  readonly sample: number;
  /** After the start of the span, nanoseconds. */
  readonly start: number;
  readonly end: number;
  /** Of the garbage collector. */
  readonly collecting: boolean;
}

/**
 * What the threads that worked for a span did while it was active. Where it has no samples of its own, and its process
 * has several threads, nobody knows which ones these are: none.
 */
export function visitsDuring(store: Store, span: Span): Visit[] {
  const profiles = timedProfilesCovering(store, span);
  const own = new Set<string>();
  for (const id of subtreeInProcess(store, span.traceId, span.spanId)) {
    for (const { stored } of store.samplesOfSpan(span.traceId, id)) own.add(threadOf(stored));
  }
  const all = new Set(profiles.map(threadOf));
  const threads = own.size > 0 ? own : all.size === 1 ? all : new Set<string>();
  return profiles.filter((stored) => threads.has(threadOf(stored))).flatMap((stored) => {
    const { start, end } = periodWithin(stored, span);
    const collections = garbageCollectionStacks(stored);
    return Array.from(samplesTouching(stored, start, end), (sample): Visit => {
      const at = stored.timeNanos[sample]! - start;
      return { stored, sample, start: Math.max(0, at - stored.wallNanos[sample]!), end: Math.min(at, end - start), collecting: collections.has(stored.profile.samples.stack[sample]!) };
    });
  });
}

function threadOf({ process, profile }: StoredProfile): string {
  return `${profile.thread.id}/${process}`;
}
