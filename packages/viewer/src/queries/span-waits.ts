import type { Wait } from '../api/answers.ts';
import { complementWithin, intersectionOf, unionOf } from './interval-list.ts';
import type { IntervalList } from './interval-list.ts';
import { MaxHeap } from './max-heap.ts';
import { longestInterval, timedProfilesCovering, windowsOf } from './profiled-windows.ts';
import type { Store } from '../store/store.ts';
import type { Waterfall, WaterfallSpan } from './waterfall.ts';

/** More are noise, and the longest come first. */
const MAX_WAITS = 100;

/**
 * When neither a span nor a descendant in its process was on the thread, cut where descendants begin and end, longest
 * first. Gaps shorter than the sampling interval are left out: a sample may be that late. Nothing is said of time that
 * no profile covers.
 */
export function spanWaits(store: Store, { spans, startTimeUnixNano }: Waterfall, index: number): Wait[] {
  const { span, startNanos, durationNanos } = spans[index]!;
  const profiles = timedProfilesCovering(store, span);
  const idle = complementWithin(busyTime(spans, index), startNanos, startNanos + durationNanos);
  const gaps = intersectionOf(idle, windowsOf(profiles, startTimeUnixNano));
  const least = longestInterval(profiles) ?? 0;
  const waits: Wait[] = [];
  forEachDeepest(spans, index, gaps.filter((_, i) => gaps[i | 1]! - gaps[i & ~1]! >= least), (from, to, deepest) => {
    const open = deepest === index ? undefined : spans[deepest]!.span;
    waits.push({ startNanos: from, durationNanos: to - from, spanId: open?.spanId ?? null, name: open?.name ?? null });
  });
  return joined(waits).sort((a, b) => b.durationNanos - a.durationNanos || a.startNanos - b.startNanos).slice(0, MAX_WAITS);
}

/** When the span or a descendant in its process was on the thread. */
export function busyTime(spans: readonly WaterfallSpan[], index: number): IntervalList {
  const { process, subtreeEnd } = spans[index]!;
  const flat: number[] = [];
  for (let i = index; i < subtreeEnd; i++) {
    if (spans[i]!.process !== process) continue;
    for (const border of spans[i]!.onThread) flat.push(border);
  }
  return unionOf(flat);
}

/** Cuts intervals where spans of a subtree begin and end, and names the deepest one that is open; among equals the one that began last. */
function forEachDeepest(spans: readonly WaterfallSpan[], index: number, intervals: IntervalList, visit: (from: number, to: number, deepest: number) => void): void {
  if (intervals.length === 0) return;
  const byStart: number[] = [];
  const borders: number[] = Array.from(intervals);
  for (let i = index + 1; i < spans[index]!.subtreeEnd; i++) {
    const { startNanos, durationNanos } = spans[i]!;
    if (durationNanos === 0) continue;
    byStart.push(i);
    borders.push(startNanos, startNanos + durationNanos);
  }
  byStart.sort((a, b) => spans[a]!.startNanos - spans[b]!.startNanos);
  const times = Float64Array.from(borders).sort();
  const open = new MaxHeap((a, b) => spans[a]!.depth - spans[b]!.depth || spans[a]!.startNanos - spans[b]!.startNanos || a - b);
  let next = 0;
  let interval = 0;
  for (let i = 0; i + 1 < times.length; i++) {
    const from = times[i]!;
    if (from === times[i + 1]) continue;
    while (next < byStart.length && spans[byStart[next]!]!.startNanos <= from) open.push(byStart[next++]!);
    for (let top = open.peek(); top !== undefined && spans[top]!.startNanos + spans[top]!.durationNanos <= from; top = open.peek()) open.pop();
    while (interval < intervals.length && intervals[interval + 1]! <= from) interval += 2;
    if (interval >= intervals.length) return;
    if (intervals[interval]! <= from) visit(from, times[i + 1]!, open.peek() ?? index);
  }
}

function joined(waits: readonly Wait[]): Wait[] {
  const list: Wait[] = [];
  for (const wait of waits) {
    const last = list.at(-1);
    if (last !== undefined && last.spanId === wait.spanId && last.startNanos + last.durationNanos === wait.startNanos) {
      list[list.length - 1] = { ...last, durationNanos: last.durationNanos + wait.durationNanos };
    } else {
      list.push(wait);
    }
  }
  return list;
}
