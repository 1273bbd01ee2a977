import type { CallTree, FrameOrigin, FrameTable } from './call-tree.ts';
import { originOf } from './frame-origin.ts';

/** Number of the root node, and of its frame. */
export const ROOT = 0;
export const ROOT_NAME = 'all';
/** More than a tree can have frames, so that a node and a frame make one exact number. */
const FRAME_LIMIT = 2 ** 26;

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

/** Nodes that exist once for each parent and frame. */
export class NodeTableBuilder {
  readonly parent: number[] = [-1];
  readonly frame: number[] = [ROOT];
  readonly #index = new Map<number, number>();

  /** The child of `parent` with this frame. */
  node(parent: number, frame: number): number {
    const key = parent * FRAME_LIMIT + frame;
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    const index = this.parent.length;
    this.#index.set(key, index);
    this.parent.push(parent);
    this.frame.push(frame);
    return index;
  }
}

export const NO_CALLS: CallTree = Object.freeze({
  unit: 'nanoseconds', frames: new FrameTableBuilder().build(), parent: [-1], frame: [ROOT], self: [0], samples: [0],
});
