import type { IntervalList } from '../queries/interval-list.ts';
import type { Waterfall } from '../queries/waterfall.ts';

/** What a cell of a span's bar stands for: the greater part of its time. */
export type BarCell = 'outside' | 'own' | 'children' | 'waiting' | 'unknown';

/**
 * A span on the time line of its trace, in cells: when it was on the thread itself, when a descendant in the same
 * process was, and when it waited. A span has at least one cell.
 */
export function barCells({ durationNanos, spans }: Waterfall, index: number, count: number): BarCell[] {
  const span = spans[index]!;
  const cellNanos = Math.max(1, durationNanos) / count;
  const start = span.startNanos;
  const end = start + span.durationNanos;
  const first = Math.min(count - 1, Math.floor(start / cellNanos));
  const last = Math.max(first, Math.min(count - 1, Math.ceil(end / cellNanos) - 1));
  const cells: BarCell[] = Array.from({ length: count }, () => 'outside');
  if (span.waitingNanos === undefined) return cells.fill('unknown', first, last + 1);

  const own = new Float64Array(count);
  addOverlaps(own, span.onThread, start, end, cellNanos);
  // What threads did at the same time counts twice here; a cell is busy all the same.
  const subtree = new Float64Array(count);
  for (let i = index; i < span.subtreeEnd; i++) {
    if (spans[i]!.process === span.process) addOverlaps(subtree, spans[i]!.onThread, start, end, cellNanos);
  }
  for (let cell = first; cell <= last; cell++) {
    const nanos = Math.min((cell + 1) * cellNanos, end) - Math.max(cell * cellNanos, start);
    const busy = subtree[cell]!;
    if (busy === 0 || busy * 2 < nanos) cells[cell] = 'waiting';
    else cells[cell] = own[cell]! * 2 >= busy ? 'own' : 'children';
  }
  return cells;
}

/** Adds to each cell how much of it the intervals cover between `start` and `end`. */
function addOverlaps(cells: Float64Array, intervals: IntervalList, start: number, end: number, cellNanos: number): void {
  for (let i = 0; i < intervals.length; i += 2) {
    const from = Math.max(start, intervals[i]!);
    const to = Math.min(end, intervals[i + 1]!);
    for (let cell = Math.floor(from / cellNanos); cell * cellNanos < to && cell < cells.length; cell++) {
      cells[cell]! += Math.max(0, Math.min(to, (cell + 1) * cellNanos) - Math.max(from, cell * cellNanos));
    }
  }
}
