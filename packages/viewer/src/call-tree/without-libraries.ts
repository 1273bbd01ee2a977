import { NodeTableBuilder, ROOT } from './call-tree-builder.ts';
import { regroup } from './columns.ts';
import type { AnyCallTree } from './columns.ts';

/**
 * Own code only: what libraries, the runtime and the engine did counts for the own function that called them, and for
 * the root where none did. Own functions that a library called stand below the own function nearest to them.
 */
export function withoutLibraries<T extends AnyCallTree>(tree: T): T {
  const { parent, frame, frames } = tree;
  const nodes = new NodeTableBuilder();
  const target = new Int32Array(parent.length);
  for (let i = 1; i < parent.length; i++) {
    const above = target[parent[i]!]!;
    target[i] = frames.origin[frame[i]!] === 'own' ? nodes.node(above, frame[i]!) : above;
  }
  target[0] = ROOT;
  return regroup(tree, nodes.parent, nodes.frame, target);
}
