import type { CallTreeDiff } from '../../../src/call-tree/call-tree.ts';
import type { FunctionTotals } from '../../../src/call-tree/totals.ts';
import { functionTotals } from '../../../src/call-tree/totals.ts';
import type { ChangeKind, Trials } from './change.ts';
import { changeKind } from './change.ts';

/** How a function differs between the sides of a tree: in itself, and with what it called. */
export interface ChangeRow {
  /** Index into the tree's frames. */
  readonly frame: number;
  readonly base: FunctionTotals;
  readonly other: FunctionTotals;
  readonly self: ChangeKind;
  readonly total: ChangeKind;
}

/** By growth in the function itself, most first. */
export function changeRows(tree: CallTreeDiff, trials: Trials): ChangeRow[] {
  const byFrame = (totals: readonly FunctionTotals[]): Map<number, FunctionTotals> => new Map(totals.map((of) => [of.frame, of]));
  const before = byFrame(functionTotals({ ...tree, self: tree.baseSelf, samples: tree.baseSamples }));
  const after = byFrame(functionTotals(tree));
  return [...new Set([...before.keys(), ...after.keys()])].map((frame): ChangeRow => {
    const none = { frame, self: 0, total: 0, selfSamples: 0, totalSamples: 0 };
    const base = before.get(frame) ?? none;
    const other = after.get(frame) ?? none;
    return {
      frame, base, other,
      self: changeKind({ value: base.self, samples: base.selfSamples }, { value: other.self, samples: other.selfSamples }, trials),
      total: changeKind({ value: base.total, samples: base.totalSamples }, { value: other.total, samples: other.totalSamples }, trials),
    };
  }).sort((a, b) => growth(b, 'self') - growth(a, 'self') || growth(b, 'total') - growth(a, 'total'));
}

export function growth({ base, other }: ChangeRow, of: 'self' | 'total'): number {
  return other[of] - base[of];
}
