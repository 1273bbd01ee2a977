import type { TimelineAnswer, TimelineLane } from '../../../../src/api/answers.ts';
import type { FrameOrigin } from '../../../../src/call-tree/call-tree.ts';
import { frameName } from '../../flame-graph/frame-kinds.ts';

export type ColourBy = 'function' | 'package';

export interface ColourKey {
  readonly name: string;
  readonly wallNanos: number;
  readonly samples: number;
  /** Of the series colours; the last one stands for all that have none of their own. */
  readonly colour: number;
  /** Frames of the timeline that it stands for. */
  readonly frames: readonly number[];
}

export const SERIES = 8;
const REST = SERIES - 1;
const ORIGIN_NAMES: Readonly<Record<FrameOrigin, string>> = { own: 'own code', library: 'libraries', runtime: 'Node.js', engine: 'V8' };

/** What the samples of the thread lanes are coloured by: what took the span's own time first, then the others. */
export function colourKeys({ lanes, frames }: TimelineAnswer, by: ColourBy): readonly ColourKey[] {
  const keys = new Map<string, { name: string; wallNanos: number; ownNanos: number; samples: number; frames: Set<number> }>();
  for (const lane of lanes) {
    if (lane.kind !== 'thread') continue;
    for (let i = 0; i < lane.frame.length; i++) {
      const frame = lane.frame[i]!;
      // Functions of one name in different files are different functions.
      const id = by === 'function' ? String(frame) : packageOf(frames, frame);
      let key = keys.get(id);
      if (key === undefined) keys.set(id, (key = { name: by === 'function' ? frameName(frames, frame) : id, wallNanos: 0, ownNanos: 0, samples: 0, frames: new Set() }));
      key.wallNanos += lane.durationNanos[i]!;
      if (lane.owner[i] === 'span' || lane.owner[i] === 'descendant') key.ownNanos += lane.durationNanos[i]!;
      key.samples++;
      key.frames.add(frame);
    }
  }
  return [...keys.values()]
    .sort((a, b) => b.ownNanos - a.ownNanos || b.wallNanos - a.wallNanos)
    .map(({ name, wallNanos, samples, frames: found }, rank) => ({ name, wallNanos, samples, frames: [...found], colour: Math.min(rank, REST) }));
}

function packageOf(frames: TimelineAnswer['frames'], frame: number): string {
  return frames.packageName[frame] || ORIGIN_NAMES[frames.origin[frame] ?? 'engine'];
}

/** By frame. */
export function coloursOf(keys: readonly ColourKey[], frames: number): Uint8Array {
  const colours = new Uint8Array(frames).fill(REST);
  for (const key of keys) for (const frame of key.frames) colours[frame] = key.colour;
  return colours;
}

/** The sample of a lane that runs at a moment, or -1. Samples are in order and do not overlap. */
export function sampleAt({ startNanos, durationNanos }: Pick<TimelineLane, 'startNanos' | 'durationNanos'>, moment: number): number {
  let low = 0;
  let high = startNanos.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startNanos[middle]! <= moment) low = middle + 1;
    else high = middle;
  }
  const sample = low - 1;
  return sample >= 0 && moment < startNanos[sample]! + durationNanos[sample]! ? sample : -1;
}

/** Garbage collection first, then the threads. */
export function lanesInOrder(lanes: readonly TimelineLane[]): readonly TimelineLane[] {
  return [...lanes.filter(({ kind }) => kind === 'garbage-collection'), ...lanes.filter(({ kind }) => kind === 'thread')];
}

export function laneName({ kind, threadId, threadName }: TimelineLane): string {
  const thread = threadName === '' ? `thread ${threadId}` : threadName;
  return kind === 'garbage-collection' ? `Garbage collection, ${thread}` : thread[0]!.toUpperCase() + thread.slice(1);
}

export function totalOf({ durationNanos }: TimelineLane): number {
  return durationNanos.reduce((sum, nanos) => sum + nanos, 0);
}

export const OWNER_WORDS: Readonly<Record<TimelineLane['owner'][number], string>> = {
  'span': 'this span',
  'descendant': 'a child span',
  'other-span': 'another request or span',
  'none': 'no span',
};
