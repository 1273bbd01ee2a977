import type { CallTree } from '../call-tree/call-tree.ts';
import { FrameTableBuilder, NodeTableBuilder, ROOT } from '../call-tree/call-tree-builder.ts';
import type { StoredProfile } from '../store/stored-profile.ts';

/** Stacks of stored profiles as nodes of one tree. */
export class StackFold {
  readonly nodes: NodeTableBuilder = new NodeTableBuilder();
  readonly #frames = new FrameTableBuilder();
  /** Of the profile at hand, by stack and by location; 0 = not looked at. */
  #known: { readonly stored: StoredProfile; readonly nodes: Int32Array; readonly frames: Int32Array } | undefined;

  /** Node of a stack; the root for the empty one. */
  node(stored: StoredProfile, stack: number): number {
    const { nodes } = this.#of(stored);
    const { parent, location } = stored.profile.stacks;
    const path: number[] = [];
    let at = stack;
    for (; at !== 0 && nodes[at] === 0; at = parent[at]!) path.push(at);
    let node = at === 0 ? ROOT : nodes[at]!;
    for (let i = path.length - 1; i >= 0; i--) {
      node = this.nodes.node(node, this.frame(stored, location[path[i]!]!));
      nodes[path[i]!] = node;
    }
    return node;
  }

  /** Index of a location's frame. */
  frame(stored: StoredProfile, location: number): number {
    const { frames } = this.#of(stored);
    return (frames[location] ||= this.#add(stored, location));
  }

  buildFrames(): CallTree['frames'] {
    return this.#frames.build();
  }

  #of(stored: StoredProfile): { readonly nodes: Int32Array; readonly frames: Int32Array } {
    if (this.#known?.stored !== stored) {
      const { stacks, locations } = stored.profile;
      this.#known = { stored, nodes: new Int32Array(stacks.length), frames: new Int32Array(locations.length) };
    }
    return this.#known;
  }

  #add({ profile: { strings, functions, locations } }: StoredProfile, location: number): number {
    const fn = locations.function[location]!;
    const filename = strings[functions.filename[fn]!]!;
    const name = strings[functions.name[fn]!]! || (filename === '' ? '(unknown)' : '(anonymous)');
    return this.#frames.frame(name, filename, functions.startLine[fn]! || locations.line[location]!);
  }
}

/** Samples of stored profiles in one tree. */
export class CallTreeFold {
  readonly #stacks = new StackFold();
  readonly #self: number[] = [0];
  readonly #samples: number[] = [0];
  #sampleCount = 0;
  #total = 0;

  /** The rows of a sample table, with the stack and the value of each. */
  add(stored: StoredProfile, rows: Int32Array, stackOf: Int32Array, valueOf: ArrayLike<number>): void {
    if (rows.length === 0) return;
    const { length } = stored.profile.stacks;
    const values = new Float64Array(length);
    const counts = new Int32Array(length);
    for (const row of rows) {
      values[stackOf[row]!]! += valueOf[row]!;
      counts[stackOf[row]!]!++;
    }
    for (let stack = 0; stack < length; stack++) {
      if (counts[stack] === 0) continue;
      const node = this.#stacks.node(stored, stack);
      while (this.#self.length < this.#stacks.nodes.parent.length) {
        this.#self.push(0);
        this.#samples.push(0);
      }
      this.#self[node]! += values[stack]!;
      this.#samples[node]! += counts[stack]!;
      this.#total += values[stack]!;
    }
    this.#sampleCount += rows.length;
  }

  get total(): number {
    return this.#total;
  }

  get samples(): number {
    return this.#sampleCount;
  }

  build(unit: CallTree['unit']): CallTree {
    const { parent, frame } = this.#stacks.nodes;
    return { unit, frames: this.#stacks.buildFrames(), parent, frame, self: this.#self, samples: this.#samples };
  }
}
