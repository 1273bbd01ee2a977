import type { StackIndex } from '@flamespan/profile';
import { flattenTree, internStacks } from './call-tree.ts';
import type { FrameInterner } from './frame-interner.ts';
import type { RawHeapNode } from './types.ts';

/** Puts the objects that are alive into the builder, by the stack that allocated them. */
export function foldHeapProfile(root: RawHeapNode, frames: FrameInterner): void {
  const tree = flattenTree(root);
  const stacks = internStacks(tree, hasObjects, (caller, node) => frames.stack(caller, node));
  for (let index = 0; index < tree.nodes.length; index++) {
    const node = tree.nodes[index] as RawHeapNode;
    let objects = 0;
    let bytes = 0;
    for (const { count, sizeBytes } of node.allocations) {
      objects += count;
      bytes += count * sizeBytes;
    }
    if (objects === 0) continue;
    // What the root holds was allocated with no stack at all.
    const stack = index === 0 ? 0 : (stacks[index] as StackIndex);
    frames.builder.addHeapSample(stack, BigInt(Math.round(objects)), BigInt(Math.round(bytes)));
  }
}

function hasObjects(node: RawHeapNode): boolean {
  return node.allocations.some(({ count }) => count > 0);
}
