import type { StackIndex } from '@flamespan/profile';
import { flattenTree, internStacks } from './call-tree.ts';
import type { FrameInterner } from './frame-interner.ts';
import type { HeapSnapshot } from './heap-sampler.ts';
import type { RawAllocations, RawHeapNode } from './types.ts';

/** Puts the objects that are alive and, with allocations, all that were allocated, into the builder by stack. */
export function foldHeapProfile({ root, allocations }: HeapSnapshot, frames: FrameInterner): void {
  const tree = flattenTree(root);
  const hasObjects = (node: RawHeapNode): boolean =>
    node.allocations.some((objects) => ('count' in objects ? objects.count : allocations ? objects.allocObjects : objects.inuseObjects) > 0);
  const stacks = internStacks(tree, hasObjects, (caller, node) => frames.stack(caller, node));
  for (let index = 0; index < tree.nodes.length; index++) {
    const node = tree.nodes[index] as RawHeapNode;
    if (!hasObjects(node)) continue;
    const { inuseObjects, inuseSpaceBytes, allocObjects, allocSpaceBytes } = sumOf(node.allocations);
    // What the root holds was allocated with no stack at all.
    const stack = index === 0 ? 0 : (stacks[index] as StackIndex);
    frames.builder.addHeapSample(
      stack, wholeOf(inuseObjects), wholeOf(inuseSpaceBytes),
      allocations ? wholeOf(allocObjects) : 0n, allocations ? wholeOf(allocSpaceBytes) : 0n,
    );
  }
}

function sumOf(allocations: RawHeapNode['allocations']): RawAllocations {
  const sum = { inuseObjects: 0, inuseSpaceBytes: 0, allocObjects: 0, allocSpaceBytes: 0 };
  for (const objects of allocations) {
    if ('count' in objects) {
      sum.inuseObjects += objects.count;
      sum.inuseSpaceBytes += objects.count * objects.sizeBytes;
    } else {
      sum.inuseObjects += objects.inuseObjects;
      sum.inuseSpaceBytes += objects.inuseSpaceBytes;
      sum.allocObjects += objects.allocObjects;
      sum.allocSpaceBytes += objects.allocSpaceBytes;
    }
  }
  return sum;
}

function wholeOf(value: number): bigint {
  return BigInt(Math.round(value));
}
