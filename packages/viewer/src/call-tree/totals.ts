import type { CallTree, FrameOrigin } from './call-tree.ts';
import { walk } from './walk.ts';

/** What a function or a package has itself, and what ran below it. */
export interface Totals {
  readonly self: number;
  /** With the function on the stack, recursion counted once. */
  readonly total: number;
  /** Samples behind {@link self} and {@link total}. */
  readonly selfSamples: number;
  readonly totalSamples: number;
}

export interface FunctionTotals extends Totals {
  /** Index into the tree's frames. */
  readonly frame: number;
}

export interface PackageTotals extends Totals {
  readonly origin: FrameOrigin;
  /** `''` for own code and for the engine. */
  readonly packageName: string;
}

/** The functions of a tree, most self value first. */
export function functionTotals(tree: CallTree): FunctionTotals[] {
  const { frames, frame } = tree;
  return totalsBy(tree, Int32Array.from(frame), frames.name.length).map((totals, i) => ({ frame: i, ...totals }))
    .filter(({ frame: i, totalSamples, total }) => i !== 0 && (totalSamples > 0 || total !== 0))
    .sort(bySelf);
}

/** The packages of a tree's frames, own code and the engine among them, most self value first. */
export function packageTotals(tree: CallTree): PackageTotals[] {
  const { frames, frame } = tree;
  const groups: { origin: FrameOrigin; packageName: string }[] = [];
  const index = new Map<string, number>();
  const groupOfFrame = frames.name.map((_, i) => {
    const key = `${frames.origin[i]!}/${frames.packageName[i]!}`;
    let group = index.get(key);
    if (group === undefined) {
      group = groups.push({ origin: frames.origin[i]!, packageName: frames.packageName[i]! }) - 1;
      index.set(key, group);
    }
    return group;
  });
  const groupOfNode = Int32Array.from(frame, (i) => groupOfFrame[i]!);
  return totalsBy(tree, groupOfNode, groups.length).map((totals, i) => ({ ...groups[i]!, ...totals }))
    .filter(({ totalSamples, total }) => totalSamples > 0 || total !== 0)
    .sort(bySelf);
}

function bySelf(a: Totals, b: Totals): number {
  return b.self - a.self || b.total - a.total;
}

/** @param group by node; the root belongs to none */
function totalsBy(tree: CallTree, group: Int32Array, groups: number): Totals[] {
  const { parent, self, samples } = tree;
  const columns = { self: new Float64Array(groups), total: new Float64Array(groups), selfSamples: new Float64Array(groups), totalSamples: new Float64Array(groups) };
  const subtree = Float64Array.from(self);
  const subtreeSamples = Float64Array.from(samples);
  for (let i = parent.length - 1; i > 0; i--) {
    subtree[parent[i]!]! += subtree[i]!;
    subtreeSamples[parent[i]!]! += subtreeSamples[i]!;
  }
  /** By group: how often it is on the way from the root to where the walk is. */
  const open = new Int32Array(groups);
  walk(tree, (node) => {
    if (node === 0) return;
    const at = group[node]!;
    columns.self[at]! += self[node]!;
    columns.selfSamples[at]! += samples[node]!;
    if (open[at]!++ > 0) return;
    columns.total[at]! += subtree[node]!;
    columns.totalSamples[at]! += subtreeSamples[node]!;
  }, (node) => {
    if (node !== 0) open[group[node]!]!--;
  });
  return Array.from({ length: groups }, (_, i) => ({
    self: columns.self[i]!, total: columns.total[i]!, selfSamples: columns.selfSamples[i]!, totalSamples: columns.totalSamples[i]!,
  }));
}
