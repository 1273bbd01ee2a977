import type { SlicedWork } from '@flamespan/profile';
import { CallTreeWalk } from './call-tree.ts';
import type { FrameInterner } from './frame-interner.ts';
import type { HeapSnapshot } from './heap-sampler.ts';
import type { RawAllocations, RawHeapNode } from './types.ts';

/** Puts the objects that are alive and, with allocations, all that were allocated, into the builder by stack. */
export function* foldHeapProfile({ root, allocations }: HeapSnapshot, frames: FrameInterner): SlicedWork<void> {
  const tree = new CallTreeWalk(root, {
    stackOf: (caller, node: RawHeapNode) => frames.stack(caller, node),
    visit: (node, stack) => {
      if (node.allocations.length === 0) return;
      const { inuseObjects, inuseSpaceBytes, allocObjects, allocSpaceBytes } = sumOf(node.allocations);
      if (inuseObjects <= 0 && (!allocations || allocObjects <= 0)) return;
      // What the root holds was allocated with no stack at all.
      frames.builder.addHeapSample(
        Math.max(stack(), 0), wholeOf(inuseObjects), wholeOf(inuseSpaceBytes),
        allocations ? wholeOf(allocObjects) : 0n, allocations ? wholeOf(allocSpaceBytes) : 0n,
      );
    },
  });
  yield* tree.steps();
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
