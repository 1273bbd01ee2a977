import type { AnyCallTree } from '../../../src/call-tree/columns.ts';
import { isDiff, totalsOf } from '../../../src/call-tree/columns.ts';

/**
 * Where the nodes of a call tree lie: rows by depth, in each the nodes from left to right, siblings widest first.
 * Columns are by node.
 */
export interface FlameLayout {
  readonly tree: AnyCallTree;
  /** Of the node and all below it. */
  readonly total: Float64Array;
  readonly samples: Float64Array;
  /** Of the side compared with; null = nothing is compared. */
  readonly baseTotal: Float64Array | null;
  readonly baseSamples: Float64Array | null;
  /** What widths stand for: the total, or the mean of both sides, so that code which is gone stays visible. */
  readonly extent: Float64Array;
  /** Where the node begins, in the unit of {@link extent}. */
  readonly start: Float64Array;
  readonly depth: Uint32Array;
  /** Position in the row; -1 = the node has no extent and lies in no row. */
  readonly rank: Int32Array;
  readonly rows: readonly Uint32Array[];
}

export function layoutFlames(tree: AnyCallTree): FlameLayout {
  const { parent } = tree;
  const total = totalsOf(tree, tree.self);
  const samples = totalsOf(tree, tree.samples);
  const baseTotal = isDiff(tree) ? totalsOf(tree, tree.baseSelf) : null;
  const baseSamples = isDiff(tree) ? totalsOf(tree, tree.baseSamples) : null;
  const extent = baseTotal === null ? total : total.map((value, node) => (value + (baseTotal[node] ?? 0)) / 2);

  const count = parent.length;
  const { first, children } = sortedChildren(parent, extent);
  const start = new Float64Array(count);
  const depth = new Uint32Array(count);
  const rank = new Int32Array(count).fill(-1);
  const rows: Uint32Array[] = [];
  let row = count > 0 && extent[0]! > 0 ? [0] : [];
  while (row.length > 0) {
    const below: number[] = [];
    for (let position = 0; position < row.length; position++) {
      const node = row[position]!;
      depth[node] = rows.length;
      rank[node] = position;
      let left = start[node]!;
      for (let at = first[node]!; at < first[node + 1]!; at++) {
        const child = children[at]!;
        const width = extent[child]!;
        if (width <= 0) break; // Sorted: none of the rest has any.
        start[child] = left;
        left += width;
        below.push(child);
      }
    }
    rows.push(Uint32Array.from(row));
    row = below;
  }
  return { tree, total, samples, baseTotal, baseSamples, extent, start, depth, rank, rows };
}

/** The children of node i are `children[first[i]..first[i + 1])`, widest first. */
function sortedChildren(parent: readonly number[], extent: Float64Array): { first: Uint32Array; children: Uint32Array } {
  const count = parent.length;
  const first = new Uint32Array(count + 1);
  for (let node = 1; node < count; node++) first[parent[node]! + 1]!++;
  for (let node = 0; node < count; node++) first[node + 1]! += first[node]!;
  const next = first.slice();
  const children = new Uint32Array(Math.max(0, count - 1));
  for (let node = 1; node < count; node++) children[next[parent[node]!]!++] = node;
  for (let node = 0; node < count; node++) {
    if (first[node + 1]! - first[node]! < 2) continue;
    children.subarray(first[node], first[node + 1]).sort((a, b) => extent[b]! - extent[a]! || a - b);
  }
  return { first, children };
}
