import type { CallTree, CallTreeDiff } from './call-tree.ts';
import { FrameTableBuilder, NO_CALLS, NodeTableBuilder } from './call-tree-builder.ts';
import { sumByTarget } from './columns.ts';

interface Union {
  readonly nodes: NodeTableBuilder;
  readonly frames: FrameTableBuilder;
  /** By tree: for each of its nodes the one of the union. */
  readonly targets: readonly Int32Array[];
}

function uniteNodes(trees: readonly CallTree[]): Union {
  const nodes = new NodeTableBuilder();
  const frames = new FrameTableBuilder();
  const targets = trees.map(({ frames: { name, filename, line }, parent, frame }) => {
    const frameOf = name.map((text, i) => (i === 0 ? 0 : frames.frame(text, filename[i]!, line[i]!)));
    const target = new Int32Array(parent.length);
    for (let i = 1; i < parent.length; i++) target[i] = nodes.node(target[parent[i]!]!, frameOf[frame[i]!]!);
    return target;
  });
  return { nodes, frames, targets };
}

/** The samples of all trees, which have one unit, in one tree. */
export function mergeCallTrees(trees: readonly CallTree[]): CallTree {
  const { nodes: { parent, frame }, frames, targets } = uniteNodes(trees);
  const sum = (column: 'self' | 'samples'): number[] => {
    const columns = trees.map((tree, i) => sumByTarget(tree[column], targets[i]!, parent.length));
    return parent.map((_, node) => columns.reduce((total, values) => total + values[node]!, 0));
  };
  return { unit: trees[0]?.unit ?? NO_CALLS.unit, frames: frames.build(), parent, frame, self: sum('self'), samples: sum('samples') };
}

/** Two trees on one set of nodes. */
export function diffCallTrees(base: CallTree, other: CallTree): CallTreeDiff {
  const { nodes: { parent, frame }, frames, targets: [baseTarget, target] } = uniteNodes([base, other]);
  return {
    unit: other.unit,
    frames: frames.build(),
    parent,
    frame,
    self: sumByTarget(other.self, target!, parent.length),
    samples: sumByTarget(other.samples, target!, parent.length),
    baseSelf: sumByTarget(base.self, baseTarget!, parent.length),
    baseSamples: sumByTarget(base.samples, baseTarget!, parent.length),
  };
}
