import { NodeTableBuilder, ROOT } from './call-tree-builder.ts';
import { regroup } from './columns.ts';
import type { AnyCallTree } from './columns.ts';

/**
 * Only what ran in a function, wherever it was called from, in one subtree below the root. Recursion counts once: what
 * an inner call did stays below the outermost one.
 *
 * @param frame index into the frames, not the root's
 */
export function callees<T extends AnyCallTree>(tree: T, frame: number): T {
  const { parent, frame: frames } = tree;
  const nodes = new NodeTableBuilder();
  const target = new Int32Array(parent.length).fill(-1);
  for (let i = 1; i < parent.length; i++) {
    const above = target[parent[i]!]!;
    if (above !== -1) target[i] = nodes.node(above, frames[i]!);
    else if (frames[i] === frame) target[i] = nodes.node(ROOT, frame);
  }
  return regroup(tree, nodes.parent, nodes.frame, target);
}
