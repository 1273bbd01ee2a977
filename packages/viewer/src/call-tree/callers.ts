import { isDiff, regroup } from './columns.ts';
import type { AnyCallTree } from './columns.ts';

export interface CallersOptions {
  /** Index into the frames: only what ran in this function, recursion counted once. @defaultValue everything, by leaf */
  readonly frame?: number;
  /**
   * Where callers together have less than this part of the total, their own callers are not told apart; what they have
   * stays. @defaultValue 0.0001
   */
  readonly minShare?: number;
}

/** The tree upside down: below the root the functions, and below each its callers, their callers, and so on. */
export function callers<T extends AnyCallTree>(tree: T, { frame, minShare = 0.0001 }: CallersOptions = {}): T {
  const begin = frame === undefined ? Int32Array.from(tree.parent.keys()) : outermostOf(tree, frame);
  const weights = new Float64Array(begin.length);
  let total = 0;
  for (let i = 0; i < begin.length; i++) {
    if (begin[i] === -1) continue;
    // Samples without a value count a little, so that they are not lost.
    const weight = tree.self[i]! + (isDiff(tree) ? tree.baseSelf[i]! : 0) || (tree.samples[i]! > 0 ? Number.MIN_VALUE : 0);
    weights[begin[i]!]! += weight;
    total += weight;
  }
  const inverted = new InvertedTree(tree, weights, total * minShare);
  const target = begin.map((node) => (node === -1 ? -1 : inverted.target[node]!));
  return regroup(tree, inverted.parent, inverted.frame, target);
}

/** By node: the outermost node of this frame on its stack, -1 = the frame is not there. */
function outermostOf({ parent, frame: frames }: AnyCallTree, frame: number): Int32Array {
  const outermost = new Int32Array(parent.length).fill(-1);
  for (let i = 1; i < parent.length; i++) {
    const above = outermost[parent[i]!]!;
    if (above !== -1) outermost[i] = above;
    else if (frames[i] === frame) outermost[i] = i;
  }
  return outermost;
}

/** Nodes that have come the same way upwards, and where each of them has got to. */
interface Group {
  readonly nodes: Int32Array;
  readonly reached: Int32Array;
  /** The inverted tree's node for that way. */
  readonly node: number;
}

/**
 * Paths are not looked up but split: a group of nodes that share a way is divided by the next caller's frame. So each
 * step of each path costs one visit of two arrays.
 */
class InvertedTree {
  readonly parent: number[] = [-1];
  readonly frame: number[] = [0];
  /** By node of the tree: where its path ends. -1 = it has no weight. */
  readonly target: Int32Array;
  readonly #tree: AnyCallTree;
  readonly #weights: Float64Array;
  /** By frame, while a group is split: number of the part, -1 = none. */
  readonly #part: Int32Array;

  constructor(tree: AnyCallTree, weights: Float64Array, leastWeight: number) {
    this.#tree = tree;
    this.#weights = weights;
    this.#part = new Int32Array(tree.frames.name.length).fill(-1);
    this.target = new Int32Array(weights.length).fill(-1);
    const nodes = Int32Array.from(weights.keys()).filter((node) => weights[node]! > 0);
    const open: Group[] = [{ nodes, reached: nodes, node: 0 }];
    for (let group = open.pop(); group !== undefined; group = open.pop()) {
      for (const part of this.#split(group)) {
        if (this.#weightOf(part) < leastWeight) for (const node of part.nodes) this.target[node] = part.node;
        else if (part.nodes.length === 1) this.#goOn(part.nodes[0]!, part.reached[0]!, part.node);
        else open.push(part);
      }
    }
  }

  /** The rest of a way that a node has for itself. */
  #goOn(node: number, reached: number, above: number): void {
    const { frame, parent } = this.#tree;
    let last = above;
    for (let at = reached; at !== 0; at = parent[at]!) {
      this.frame.push(frame[at]!);
      last = this.parent.push(last) - 1;
    }
    this.target[node] = last;
  }

  #weightOf({ nodes }: Group): number {
    let sum = 0;
    for (const node of nodes) sum += this.#weights[node]!;
    return sum;
  }

  #split({ nodes, reached, node: above }: Group): Group[] {
    const { frame, parent } = this.#tree;
    const part = this.#part;
    const found: number[] = [];
    const counts: number[] = [];
    for (let i = 0; i < nodes.length; i++) {
      if (reached[i] === 0) {
        this.target[nodes[i]!] = above;
        continue;
      }
      const f = frame[reached[i]!]!;
      if (part[f] === -1) {
        part[f] = found.length;
        found.push(f);
        counts.push(0);
      }
      counts[part[f]!]!++;
    }
    const groups = found.map((f, i): Group => {
      this.parent.push(above);
      this.frame.push(f);
      return { nodes: new Int32Array(counts[i]!), reached: new Int32Array(counts[i]!), node: this.parent.length - 1 };
    });
    const filled = new Int32Array(found.length);
    for (let i = 0; i < nodes.length; i++) {
      if (reached[i] === 0) continue;
      const at = part[frame[reached[i]!]!]!;
      groups[at]!.nodes[filled[at]!] = nodes[i]!;
      groups[at]!.reached[filled[at]!++] = parent[reached[i]!]!;
    }
    for (const f of found) part[f] = -1;
    return groups;
  }
}
