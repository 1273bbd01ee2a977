import { regroup } from './columns.ts';
import type { AnyCallTree } from './columns.ts';

/** Only a node's subtree, with its callers above it: the root's total becomes the node's. */
export function focus<T extends AnyCallTree>(tree: T, node: number): T {
  const { parent, frame } = tree;
  const target = new Int32Array(parent.length).fill(-1);
  const parents: number[] = [];
  const frames: number[] = [];
  const keep = (i: number, above: number): void => {
    target[i] = parents.length;
    parents.push(above);
    frames.push(frame[i]!);
  };
  const path: number[] = [];
  for (let i = node; i !== -1; i = parent[i]!) path.push(i);
  path.reverse();
  for (const i of path) keep(i, i === 0 ? -1 : target[parent[i]!]!);
  for (let i = node + 1; i < parent.length; i++) if (parent[i] === node || (parent[i]! > node && target[parent[i]!] !== -1)) keep(i, target[parent[i]!]!);
  // The callers' own time is not the node's.
  for (const i of path) if (i !== node) target[i] = -1;
  return regroup(tree, parents, frames, target);
}
