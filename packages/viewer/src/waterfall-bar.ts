import { coveredWithin, unionOf } from './interval-list.ts';
import type { Waterfall } from './waterfall.ts';

/** What a cell of a span's bar stands for: the greater part of its time. */
export type BarCell = 'outside' | 'own' | 'children' | 'waiting' | 'unknown';

/**
 * A span on the time line of its trace, in cells: when it was on the thread itself, when a descendant in the same
 * process was, and when it waited. A span has at least one cell.
 */
export function barCells({ durationNanos, spans }: Waterfall, index: number, count: number): BarCell[] {
  const span = spans[index]!;
  const cellNanos = Math.max(1, durationNanos) / count;
  const first = Math.min(count - 1, Math.floor(span.startNanos / cellNanos));
  const last = Math.max(first, Math.min(count - 1, Math.ceil((span.startNanos + span.durationNanos) / cellNanos) - 1));
  const cells: BarCell[] = Array.from({ length: count }, () => 'outside');
  if (span.waitingNanos === undefined) return cells.fill('unknown', first, last + 1);

  const flat: number[] = [];
  for (let i = index; i < span.subtreeEnd; i++) {
    if (spans[i]!.process === span.process) for (const border of spans[i]!.onThread) flat.push(border);
  }
  const subtree = unionOf(flat);
  for (let cell = first; cell <= last; cell++) {
    const from = Math.max(cell * cellNanos, span.startNanos);
    const to = Math.min((cell + 1) * cellNanos, span.startNanos + span.durationNanos);
    const busy = coveredWithin(subtree, from, to);
    if (busy === 0 || busy * 2 < to - from) cells[cell] = 'waiting';
    else cells[cell] = coveredWithin(span.onThread, from, to) * 2 >= busy ? 'own' : 'children';
  }
  return cells;
}
