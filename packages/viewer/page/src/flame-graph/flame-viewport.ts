import type { FlameLayout } from './flame-layout.ts';

/** Narrower nodes are drawn as part of a run and cannot be hit. */
export const NARROWEST_PIXELS = 1;

/** The part of a layout that is on the screen: everything under one node, as wide as the canvas. */
export interface FlameViewport {
  readonly layout: FlameLayout;
  /** Node that fills the width; its ancestors lie above it, as wide. */
  readonly zoom: number;
  readonly width: number;
}

/** Horizontal place of a node in pixels; null = it is not under the zoomed node, nor one of its ancestors. */
export function placeOf(viewport: FlameViewport, node: number): { x: number; width: number } | null {
  const { layout, zoom, width } = viewport;
  if (layout.rank[node]! < 0) return null;
  if (isAncestorOrSelf(layout, node, zoom)) return { x: 0, width };
  if (!isAncestorOrSelf(layout, zoom, node)) return null;
  const scale = width / layout.extent[zoom]!;
  return { x: (layout.start[node]! - layout.start[zoom]!) * scale, width: layout.extent[node]! * scale };
}

export function isAncestorOrSelf(layout: FlameLayout, ancestor: number, node: number): boolean {
  let at = node;
  while (layout.depth[at]! > layout.depth[ancestor]!) at = layout.tree.parent[at]!;
  return at === ancestor;
}

/** The ancestor of a node, or the node itself, at a depth. */
export function ancestorAt(layout: FlameLayout, node: number, depth: number): number {
  let at = node;
  while (layout.depth[at]! > depth) at = layout.tree.parent[at]!;
  return at;
}

/** Positions `[from, to)` in a row at or below the zoomed node's. */
export function visibleRange(viewport: FlameViewport, row: number): { from: number; to: number } {
  const { layout, zoom } = viewport;
  const nodes = layout.rows[row];
  if (nodes === undefined) return { from: 0, to: 0 };
  const left = layout.start[zoom]!;
  const right = left + layout.extent[zoom]!;
  // By their middles: borders of equal value may differ in the last bit.
  const middle = (node: number) => layout.start[node]! + layout.extent[node]! / 2;
  return { from: firstWhere(nodes, (node) => middle(node) > left), to: firstWhere(nodes, (node) => middle(node) > right) };
}

/** The node at a place in pixels from the left, or -1: nothing is there, or what is there is too narrow. */
export function nodeAt(viewport: FlameViewport, x: number, row: number): number {
  const { layout, zoom, width } = viewport;
  if (x < 0 || x >= width || row < 0 || row >= layout.rows.length) return -1;
  const zoomDepth = layout.depth[zoom]!;
  if (row <= zoomDepth) return ancestorAt(layout, zoom, row);
  const nodes = layout.rows[row]!;
  const value = layout.start[zoom]! + (x / width) * layout.extent[zoom]!;
  const { from, to } = visibleRange(viewport, row);
  const position = firstWhere(nodes, (node) => layout.start[node]! > value) - 1;
  if (position < from || position >= to) return -1;
  const node = nodes[position]!;
  if (value >= layout.start[node]! + layout.extent[node]!) return -1;
  return (layout.extent[node]! / layout.extent[zoom]!) * width >= NARROWEST_PIXELS ? node : -1;
}

/** Number of rows that have something under the zoomed node, the rows of its ancestors included. */
export function visibleRows(viewport: FlameViewport): number {
  let rows = viewport.layout.depth[viewport.zoom]! + 1;
  for (; rows < viewport.layout.rows.length; rows++) {
    const { from, to } = visibleRange(viewport, rows);
    if (from >= to) break;
  }
  return Math.min(rows, viewport.layout.rows.length);
}

function firstWhere(nodes: Uint32Array, holds: (node: number) => boolean): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(nodes[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
