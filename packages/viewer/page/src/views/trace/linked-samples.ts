import type { TimelineAnswer } from '../../../../src/api/answers.ts';
import { findFrame, frameKey } from '../../flame-graph/node-keys.ts';

/** By node of the timeline's stacks: whether the frame is on the way from the root to it. null = the frame is in no stack. */
export function nodesWith({ stacks, frames }: TimelineAnswer, key: string): Uint8Array | null {
  const frame = findFrame(frames, key);
  if (frame < 0) return null;
  const within = new Uint8Array(stacks.parent.length);
  // Parents stand before their children.
  for (let node = 1; node < within.length; node++) within[node] = stacks.frame[node] === frame || within[stacks.parent[node]!] === 1 ? 1 : 0;
  return within;
}

/** When a function was on the stack, by span: start, end, start, end … from the start of the trace. */
export type FrameMoments = ReadonlyMap<string, readonly number[]>;

/**
 * For each span with samples that have the frame on their stack, when that was; under `''` what ran for no span.
 */
export function frameMoments(timeline: TimelineAnswer, key: string): FrameMoments {
  const moments = new Map<string, number[]>();
  const within = nodesWith(timeline, key);
  if (within === null) return moments;
  for (const lane of timeline.lanes) {
    for (let i = 0; i < lane.startNanos.length; i++) {
      if (within[lane.stack[i]!] !== 1) continue;
      const spanId = timeline.spanIds[lane.span[i]!] ?? '';
      let list = moments.get(spanId);
      if (list === undefined) moments.set(spanId, (list = []));
      const start = lane.startNanos[i]!;
      const end = start + lane.durationNanos[i]!;
      // One after another on one thread is one stretch.
      if (list.length > 0 && Math.abs(list.at(-1)! - start) < 1_000) list[list.length - 1] = end;
      else list.push(start, end);
    }
  }
  return moments;
}

/** Keys of the functions on the stacks of a span's samples. */
export function framesOfSpan({ lanes, spanIds, stacks, frames }: TimelineAnswer, spanId: string): ReadonlySet<string> {
  const number = spanIds.indexOf(spanId);
  const keys = new Set<string>();
  if (number < 0) return keys;
  const seen = new Set<number>();
  for (const lane of lanes) {
    for (let i = 0; i < lane.span.length; i++) {
      if (lane.span[i] !== number) continue;
      for (let node = lane.stack[i]!; node > 0 && !seen.has(node); node = stacks.parent[node]!) {
        seen.add(node);
        keys.add(frameKey(frames, stacks.frame[node]!));
      }
    }
  }
  return keys;
}
