import type { FlameLayout } from './flame-layout.ts';
import { ancestorAt, isAncestorOrSelf } from './flame-viewport.ts';

export type Step = 'parent' | 'child' | 'next' | 'previous' | 'first' | 'last';

/** Where a key leads from a node while `zoom` fills the width; the node itself where there is nothing. */
export function walk(layout: FlameLayout, zoom: number, node: number, step: Step): number {
  const { depth, rows, rank, tree } = layout;
  if (rank[node]! < 0) return zoom;
  const isAboveZoom = isAncestorOrSelf(layout, node, zoom);
  if (step === 'parent') return node === 0 ? node : tree.parent[node]!;
  if (step === 'child') return isAboveZoom && node !== zoom ? ancestorAt(layout, zoom, depth[node]! + 1) : widestChild(layout, node);
  // Of what lies above the zoomed node only the way to it is drawn.
  if (isAboveZoom) return node;
  const row = rows[depth[node]!]!;
  const { from, to } = siblings(layout, node);
  if (step === 'first') return row[from]!;
  if (step === 'last') return row[to - 1]!;
  const position = rank[node]! + (step === 'next' ? 1 : -1);
  return position >= from && position < to ? row[position]! : node;
}

/** Positions `[from, to)` in the node's row of the children of its parent. */
export function siblings(layout: FlameLayout, node: number): { from: number; to: number } {
  const { depth, rows, rank, tree } = layout;
  const row = rows[depth[node]!]!;
  const parent = tree.parent[node];
  const isSibling = (position: number) => position >= 0 && position < row.length && tree.parent[row[position]!] === parent;
  let from = rank[node]!;
  let to = from + 1;
  if (node === 0) return { from, to };
  while (isSibling(from - 1)) from--;
  while (isSibling(to)) to++;
  return { from, to };
}

function widestChild(layout: FlameLayout, node: number): number {
  const { depth, rows, start, extent, tree } = layout;
  const row = rows[depth[node]! + 1];
  if (row === undefined) return node;
  // The widest child is the leftmost, and rows are sorted by start.
  let low = 0;
  let high = row.length;
  const left = start[node]!;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = row[middle]!;
    if (start[at]! + extent[at]! / 2 > left) high = middle;
    else low = middle + 1;
  }
  const child = row[low];
  return child !== undefined && tree.parent[child] === node ? child : node;
}
