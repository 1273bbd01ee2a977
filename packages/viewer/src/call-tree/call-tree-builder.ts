import type { CallTree, FrameOrigin, FrameTable } from './call-tree.ts';
import { originOf } from './frame-origin.ts';

/** Number of the root node, and of its frame. */
export const ROOT = 0;
export const ROOT_NAME = 'all';

/** Frames that exist once each. */
export class FrameTableBuilder {
  readonly #name: string[] = [ROOT_NAME];
  readonly #filename: string[] = [''];
  readonly #line: number[] = [0];
  readonly #origin: FrameOrigin[] = ['engine'];
  readonly #packageName: string[] = [''];
  readonly #index = new Map<string, number>();

  frame(name: string, filename: string, line: number): number {
    const key = `${name}\u0000${filename}\u0000${line}`;
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    const index = this.#name.length;
    this.#index.set(key, index);
    const { origin, packageName } = originOf(name, filename);
    this.#name.push(name);
    this.#filename.push(filename);
    this.#line.push(line);
    this.#origin.push(origin);
    this.#packageName.push(packageName);
    return index;
  }

  build(): FrameTable {
    return { name: this.#name, filename: this.#filename, line: this.#line, origin: this.#origin, packageName: this.#packageName };
  }
}

/**
 * Nodes that exist once for each parent and frame. They are found by a hash table of their numbers: a Map would need a
 * key of both, which is beyond the small integers that a Map is fast with.
 */
export class NodeTableBuilder {
  readonly parent: number[] = [-1];
  readonly frame: number[] = [ROOT];
  /** 0 = free; the root is never looked up. A power of two long, and at most half full. */
  #slots = new Int32Array(1024);

  /** The child of `parent` with this frame. */
  node(parent: number, frame: number): number {
    const slots = this.#slots;
    let slot = hash(parent, frame) & (slots.length - 1);
    for (let node = slots[slot]!; node !== 0; node = slots[slot]!) {
      if (this.parent[node] === parent && this.frame[node] === frame) return node;
      slot = (slot + 1) & (slots.length - 1);
    }
    const index = this.parent.length;
    slots[slot] = index;
    this.parent.push(parent);
    this.frame.push(frame);
    if (index * 2 > slots.length) this.#grow();
    return index;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    for (let node = 1; node < this.parent.length; node++) {
      let slot = hash(this.parent[node]!, this.frame[node]!) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = node;
    }
    this.#slots = slots;
  }
}

function hash(parent: number, frame: number): number {
  const mixed = Math.imul(parent, 0x9e37_79b1) ^ Math.imul(frame, 0x85eb_ca6b);
  return mixed ^ (mixed >>> 15);
}

export const NO_CALLS: CallTree = Object.freeze({
  unit: 'nanoseconds', frames: new FrameTableBuilder().build(), parent: [-1], frame: [ROOT], self: [0], samples: [0],
});
