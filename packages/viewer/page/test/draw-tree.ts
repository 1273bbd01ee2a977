import { FrameTableBuilder, NodeTableBuilder } from '../../src/call-tree/call-tree-builder.ts';
import type { CallTree } from '../../src/call-tree/call-tree.ts';
import type { CallTreeDiff } from '../../src/call-tree/call-tree.ts';
import { diffCallTrees } from '../../src/call-tree/merge.ts';

/**
 * A call tree drawn as text, one line a stack: `main;handler@src/a.ts:7;sort 3` is a value of 3 nanoseconds and 3
 * samples, `main 3/1` the same value in one sample.
 */
export function treeOf(text: string, unit: CallTree['unit'] = 'nanoseconds'): CallTree {
  const nodes = new NodeTableBuilder();
  const frames = new FrameTableBuilder();
  const self: number[] = [];
  const samples: number[] = [];
  for (const line of text.split('\n').map((part) => part.trim()).filter((part) => part !== '')) {
    const [, stack, value, count] = /^(.*) ([\d.]+)(?:\/(\d+))?$/.exec(line)!;
    let node = 0;
    for (const part of stack!.split(';')) {
      const [, name, filename = '', definedAt = '0'] = /^([^@]*)(?:@(.*?)(?::(\d+))?)?$/.exec(part)!;
      node = nodes.node(node, frames.frame(name!, filename, Number(definedAt)));
    }
    self[node] = (self[node] ?? 0) + Number(value);
    samples[node] = (samples[node] ?? 0) + Number(count ?? value);
  }
  const filled = (column: readonly number[]): number[] => nodes.parent.map((_, node) => column[node] ?? 0);
  return { unit, frames: frames.build(), parent: nodes.parent, frame: nodes.frame, self: filled(self), samples: filled(samples) };
}

export function diffOf(base: string, other: string, unit?: CallTree['unit']): CallTreeDiff {
  return diffCallTrees(treeOf(base, unit), treeOf(other, unit));
}

export function nodeOf(tree: CallTree, path: string): number {
  const node = tree.parent.findIndex((_, i) => pathOf(tree, i) === path);
  if (node < 0) throw new Error(`no node ${path}`);
  return node;
}

export function pathOf({ frames, frame, parent }: CallTree, node: number): string {
  const path: string[] = [];
  for (let i = node; i > 0; i = parent[i]!) path.unshift(frames.name[frame[i]!]!);
  return path.join(';') || '.';
}
