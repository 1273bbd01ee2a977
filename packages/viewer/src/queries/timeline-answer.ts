import type { TimelineAnswer, TimelineLane } from '../api/answers.ts';
import type { Store } from '../store/store.ts';
import type { StoredProfile } from '../store/stored-profile.ts';
import { samplesWithin } from '../store/stored-profile.ts';
import { StackFold } from './call-tree-fold.ts';
import { garbageCollectionStacks } from './garbage-collection.ts';
import { timedProfilesCovering } from './profiled-windows.ts';
import type { Owner } from './sample-owners.ts';
import { createOwners } from './sample-owners.ts';
import { periodWithin } from './sample-selection.ts';
import { spanWaits } from './span-waits.ts';
import { waterfallOf } from './waterfall-cache.ts';

/** One sample on its way into a lane. */
interface Entry {
  readonly stored: StoredProfile;
  readonly sample: number;
  /** After the start of the span, not clipped. */
  readonly start: number;
  readonly end: number;
}

interface Thread {
  readonly id: number;
  readonly name: string;
  readonly running: Entry[];
  readonly collecting: Entry[];
}

/** @returns undefined when the span is not held */
export function timelineAnswer(store: Store, traceId: string, spanId: string): TimelineAnswer | undefined {
  const span = store.trace(traceId)?.spans.get(spanId);
  const view = waterfallOf(store, traceId);
  if (span === undefined || view === undefined) return undefined;
  const index = view.spans.findIndex((candidate) => candidate.span.spanId === spanId);
  const { startNanos, durationNanos } = view.spans[index]!;

  const threads = new Map<string, Thread>();
  for (const stored of timedProfilesCovering(store, span)) {
    const { thread } = stored.profile;
    const key = `${thread.id}/${stored.process}`;
    let lane = threads.get(key);
    if (lane === undefined) threads.set(key, (lane = { id: thread.id, name: thread.name, running: [], collecting: [] }));
    const collections = garbageCollectionStacks(stored);
    const { start } = periodWithin(stored, span);
    for (const sample of samplesTouching(stored, start, start + durationNanos)) {
      const end = stored.timeNanos[sample]! - start;
      (collections.has(stored.profile.samples.stack[sample]!) ? lane.collecting : lane.running).push({ stored, sample, start: end - stored.wallNanos[sample]!, end });
    }
  }

  const stacks = new StackFold();
  const owners = createOwners(store, traceId, spanId);
  const spanIds = new Map<string, number>();
  const spanNumber = (id: string): number => {
    if (id === '') return -1;
    const known = spanIds.get(id);
    if (known !== undefined) return known;
    spanIds.set(id, spanIds.size);
    return spanIds.size - 1;
  };
  const laneOf = ({ id, name }: Thread, kind: TimelineLane['kind'], entries: readonly Entry[]): TimelineLane => {
    const lane = { startNanos: [] as number[], durationNanos: [] as number[], cpuNanos: [] as number[], frame: [] as number[], stack: [] as number[], span: [] as number[], owner: [] as Owner[] };
    let free = 0;
    for (const { stored, sample, start, end } of entries.toSorted((a, b) => a.end - b.end)) {
      const from = Math.max(start, free);
      const to = Math.min(end, durationNanos);
      if (to <= from) continue;
      free = to;
      const { stack, span: row } = stored.profile.samples;
      lane.startNanos.push(startNanos + from);
      lane.durationNanos.push(to - from);
      lane.cpuNanos.push(stored.cpuNanos[sample]!);
      lane.frame.push(stacks.frame(stored, stored.ownLocation[stack[sample]!]!));
      lane.stack.push(stacks.node(stored, stack[sample]!));
      lane.span.push(spanNumber(stored.linkedSpanId[row[sample]!]!));
      lane.owner.push(owners(stored, sample));
    }
    return { threadId: id, threadName: name, kind, ...lane };
  };
  const lanes: TimelineLane[] = [];
  for (const thread of [...threads.values()].sort((a, b) => a.id - b.id)) {
    if (thread.collecting.length > 0) lanes.push(laneOf(thread, 'garbage-collection', thread.collecting));
    lanes.push(laneOf(thread, 'thread', thread.running));
  }
  const { parent, frame } = stacks.nodes;
  return {
    startNanos, durationNanos, frames: stacks.buildFrames(), stacks: { parent, frame }, spanIds: [...spanIds.keys()], lanes,
    waits: spanWaits(store, view, index),
  };
}

/** Samples whose time on the thread touches `(start, end)`, nanoseconds after the profile's start. */
export function samplesTouching(stored: StoredProfile, start: number, end: number): Int32Array {
  const { timeNanos, wallNanos, longestWallNanos } = stored;
  return samplesWithin(stored, start + 1, end + longestWallNanos).filter((i) => timeNanos[i]! - wallNanos[i]! < end);
}
