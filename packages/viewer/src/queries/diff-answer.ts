import type { DiffAnswer } from '../api/answers.ts';
import type { SampleSelection, ValueType } from '../api/selection.ts';
import type { Store } from '../store/store.ts';
import { callTreeAnswer } from './call-tree-answer.ts';

/** Two selections of samples side by side. `type` holds for both. */
export function diffAnswer(store: Store, base: SampleSelection, other: SampleSelection, type: ValueType = 'wall'): DiffAnswer {
  const [before, after] = [callTreeAnswer(store, { ...base, type }), callTreeAnswer(store, { ...other, type })];
  return { tree: { ...after.tree, baseSelf: before.tree.self, baseSamples: before.tree.samples }, base: before, other: after, normalisedBy: 'total', functions: [] };
}
