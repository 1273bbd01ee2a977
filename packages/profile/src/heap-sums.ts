import type { StackIndex } from './profile.ts';
import type { ProfileBuilder } from './profile-builder.ts';

/** The values of a heap sample. */
export interface HeapValues {
  objects: bigint;
  bytes: bigint;
  allocatedObjects: bigint;
  allocatedBytes: bigint;
}

/** Heap samples on the way to one for each stack. */
export class HeapSums {
  readonly #sums = new Map<StackIndex, HeapValues>();

  add(stack: StackIndex, column: keyof HeapValues, value: bigint): void {
    let sums = this.#sums.get(stack);
    if (sums === undefined) this.#sums.set(stack, (sums = { objects: 0n, bytes: 0n, allocatedObjects: 0n, allocatedBytes: 0n }));
    sums[column] += value;
  }

  moveTo(builder: ProfileBuilder): void {
    for (const [stack, { objects, bytes, allocatedObjects, allocatedBytes }] of this.#sums) {
      builder.addHeapSample(stack, objects, bytes, allocatedObjects, allocatedBytes);
    }
    this.#sums.clear();
  }
}
