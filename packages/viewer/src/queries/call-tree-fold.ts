import type { CallTree } from '../call-tree/call-tree.ts';
import { FrameTableBuilder, NodeTableBuilder, ROOT } from '../call-tree/call-tree-builder.ts';
import type { StoredProfile } from '../store/stored-profile.ts';

/** Frames of stored profiles in one table, by function. */
export class FrameFold {
  readonly #frames = new FrameTableBuilder();
  /** By location of the profile at hand; 0 = not looked at. */
  #known: { readonly stored: StoredProfile; readonly frames: Int32Array } | undefined;

  /** Index of a location's frame. */
  frame(stored: StoredProfile, location: number): number {
    if (this.#known?.stored !== stored) this.#known = { stored, frames: new Int32Array(stored.profile.locations.length) };
    const { frames } = this.#known;
    return (frames[location]! ||= this.#add(stored, location));
  }

  #add({ profile: { strings, functions, locations } }: StoredProfile, location: number): number {
    const fn = locations.function[location]!;
    const filename = strings[functions.filename[fn]!]!;
    const name = strings[functions.name[fn]!]! || (filename === '' ? '(unknown)' : '(anonymous)');
    return this.#frames.frame(name, filename, functions.startLine[fn]! || locations.line[location]!);
  }

  build(): CallTree['frames'] {
    return this.#frames.build();
  }
}

/** Samples of stored profiles in one tree. */
export class CallTreeFold {
  readonly #frames = new FrameFold();
  readonly #nodes = new NodeTableBuilder();
  readonly #self: number[] = [0];
  readonly #samples: number[] = [0];
  #sampleCount = 0;
  #total = 0;

  /** The rows of a sample table, with the stack and the value of each. */
  add(stored: StoredProfile, rows: Int32Array, stackOf: Int32Array, valueOf: ArrayLike<number>): void {
    if (rows.length === 0) return;
    const { stacks } = stored.profile;
    const values = new Float64Array(stacks.length);
    const counts = new Int32Array(stacks.length);
    for (const row of rows) {
      values[stackOf[row]!]! += valueOf[row]!;
      counts[stackOf[row]!]!++;
    }
    const nodes = new Int32Array(stacks.length);
    for (let stack = 0; stack < stacks.length; stack++) {
      if (counts[stack] === 0) continue;
      const node = this.#node(stored, stack, nodes);
      while (this.#self.length < this.#nodes.parent.length) {
        this.#self.push(0);
        this.#samples.push(0);
      }
      this.#self[node]! += values[stack]!;
      this.#samples[node]! += counts[stack]!;
      this.#total += values[stack]!;
    }
    this.#sampleCount += rows.length;
  }

  /** @param nodes by stack; 0 = not looked at */
  #node(stored: StoredProfile, stack: number, nodes: Int32Array): number {
    const { parent, location } = stored.profile.stacks;
    const path: number[] = [];
    let at = stack;
    for (; at !== 0 && nodes[at] === 0; at = parent[at]!) path.push(at);
    let node = at === 0 ? ROOT : nodes[at]!;
    for (let i = path.length - 1; i >= 0; i--) {
      node = this.#nodes.node(node, this.#frames.frame(stored, location[path[i]!]!));
      nodes[path[i]!] = node;
    }
    return node;
  }

  get total(): number {
    return this.#total;
  }

  get samples(): number {
    return this.#sampleCount;
  }

  build(unit: CallTree['unit']): CallTree {
    const { parent, frame } = this.#nodes;
    return { unit, frames: this.#frames.build(), parent, frame, self: this.#self, samples: this.#samples };
  }
}
