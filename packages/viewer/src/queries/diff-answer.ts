import type { CallTreeAnswer, DiffAnswer, DiffSide } from '../api/answers.ts';
import type { SampleSelection, ValueType } from '../api/selection.ts';
import type { CallTree } from '../call-tree/call-tree.ts';
import { functionChanges } from '../call-tree/function-changes.ts';
import { diffCallTrees } from '../call-tree/merge.ts';
import type { Store } from '../store/store.ts';
import { callTreeAnswer } from './call-tree-answer.ts';
import { differ } from '../call-tree/significance.ts';

/**
 * Two selections of samples side by side. Where both sides count calls all values are per call, else they are parts of
 * the side's total. `type` holds for both.
 */
export function diffAnswer(store: Store, base: SampleSelection, other: SampleSelection, type: ValueType = 'wall'): DiffAnswer {
  const before = callTreeAnswer(store, { ...base, type });
  const after = callTreeAnswer(store, { ...other, type });
  const perCall = before.calls !== null && after.calls !== null;
  const exposure = ({ calls, total }: CallTreeAnswer): number => (perCall ? calls! : total);
  const tree = diffCallTrees(scaled(before.tree, exposure(before)), scaled(after.tree, exposure(after)));
  const trials = ({ calls, samples }: CallTreeAnswer): number => (perCall ? calls! : samples);
  return {
    tree,
    base: sideOf(before),
    other: sideOf(after),
    normalisedBy: perCall ? 'calls' : 'total',
    functions: functionChanges(tree).map((change) => ({
      ...change,
      // Heap samples are sums of many, so that their number says nothing of chance.
      significant: tree.unit === 'nanoseconds' && differ({ count: change.baseSamples, trials: trials(before) }, { count: change.samples, trials: trials(after) }),
    })),
  };
}

function scaled(tree: CallTree, divisor: number): CallTree {
  return { ...tree, self: tree.self.map((value) => (divisor > 0 ? value / divisor : 0)) };
}

function sideOf({ total, samples, calls }: CallTreeAnswer): DiffSide {
  return { total, samples, calls };
}
