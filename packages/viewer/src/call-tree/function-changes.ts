import type { CallTreeDiff } from './call-tree.ts';
import { functionTotals } from './totals.ts';

/** How one function differs between the sides. */
export interface FunctionChangeTotals {
  /** Index into the tree's frames. */
  readonly frame: number;
  readonly baseSelf: number;
  readonly self: number;
  readonly baseTotal: number;
  readonly total: number;
  /** Samples behind {@link baseSelf} and {@link self}. */
  readonly baseSamples: number;
  readonly samples: number;
}

/** The functions of both sides by growth of their self value, most first. */
export function functionChanges(tree: CallTreeDiff): FunctionChangeTotals[] {
  const base = new Map(functionTotals({ ...tree, self: tree.baseSelf, samples: tree.baseSamples }).map((totals) => [totals.frame, totals]));
  const other = new Map(functionTotals(tree).map((totals) => [totals.frame, totals]));
  return [...new Set([...base.keys(), ...other.keys()])].map((frame): FunctionChangeTotals => ({
    frame,
    baseSelf: base.get(frame)?.self ?? 0,
    self: other.get(frame)?.self ?? 0,
    baseTotal: base.get(frame)?.total ?? 0,
    total: other.get(frame)?.total ?? 0,
    baseSamples: base.get(frame)?.selfSamples ?? 0,
    samples: other.get(frame)?.selfSamples ?? 0,
  })).sort((a, b) => b.self - b.baseSelf - (a.self - a.baseSelf) || b.total - b.baseTotal - (a.total - a.baseTotal));
}
