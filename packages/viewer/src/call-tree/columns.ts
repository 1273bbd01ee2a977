import type { CallTree, CallTreeDiff } from './call-tree.ts';

/** Either kind of tree: every view of one is a view of the other. */
export type AnyCallTree = CallTree | CallTreeDiff;

export function isDiff(tree: AnyCallTree): tree is CallTreeDiff {
  return 'baseSelf' in tree;
}

/**
 * A tree on other nodes: `target[i]` is the node to which the values of node i go, -1 = they are left out.
 */
export function regroup<T extends AnyCallTree>(tree: T, parent: readonly number[], frame: readonly number[], target: ArrayLike<number>): T {
  const sum = (column: readonly number[]): number[] => sumByTarget(column, target, parent.length);
  const base = isDiff(tree) ? { baseSelf: sum(tree.baseSelf), baseSamples: sum(tree.baseSamples) } : {};
  return { ...tree, parent, frame, self: sum(tree.self), samples: sum(tree.samples), ...base };
}

export function sumByTarget(column: readonly number[], target: ArrayLike<number>, length: number): number[] {
  const sums: number[] = [];
  while (sums.length < length) sums.push(0);
  for (let i = 0; i < target.length; i++) if (target[i] !== -1) sums[target[i]!]! += column[i]!;
  return sums;
}

/** By node: the sum of its subtree's values. */
export function totalsOf({ parent }: Pick<CallTree, 'parent'>, column: readonly number[]): Float64Array {
  const totals = Float64Array.from(column);
  // A node comes after its parent.
  for (let i = totals.length - 1; i > 0; i--) totals[parent[i]!]! += totals[i]!;
  return totals;
}

/** What of the two sides together is in each node's subtree. */
export function weightsOf(tree: AnyCallTree): Float64Array {
  const totals = totalsOf(tree, tree.self);
  if (!isDiff(tree)) return totals;
  const base = totalsOf(tree, tree.baseSelf);
  return totals.map((total, i) => total + base[i]!);
}
