import type { CallTree } from './call-tree.ts';

/** Depth first, without recursion: `enter` before and `leave` after the subtree of each node, the root included. */
export function walk({ parent }: Pick<CallTree, 'parent'>, enter: (node: number) => void, leave: (node: number) => void): void {
  const firstChild = new Int32Array(parent.length).fill(-1);
  const nextSibling = new Int32Array(parent.length).fill(-1);
  for (let i = parent.length - 1; i > 0; i--) {
    nextSibling[i] = firstChild[parent[i]!]!;
    firstChild[parent[i]!] = i;
  }
  let node = 0;
  enter(node);
  for (;;) {
    const child = firstChild[node]!;
    if (child !== -1) {
      node = child;
      enter(node);
      continue;
    }
    leave(node);
    while (nextSibling[node] === -1) {
      if (node === 0) return;
      node = parent[node]!;
      leave(node);
    }
    if (node === 0) return;
    node = nextSibling[node]!;
    enter(node);
  }
}
