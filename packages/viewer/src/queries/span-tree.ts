import type { Span } from '../store/span.ts';

/** A span's place in its trace. Nodes stand depth first, children by start time. */
export interface SpanNode {
  readonly span: Span;
  /** Number of the parent's node; -1 for a root, and for a span whose parent is not there. */
  readonly parent: number;
  readonly depth: number;
  /** Descendants are the nodes from the next one up to this one, exclusive. */
  readonly subtreeEnd: number;
}

/**
 * The spans of a trace as a forest. Takes any parents: of a circle of parents the earliest span becomes a root.
 * Does not recurse, so that it takes any depth.
 */
export function buildSpanTree(spans: ReadonlyMap<string, Span>): SpanNode[] {
  const byStart = [...spans.values()].sort((a, b) => compare(a.startTimeUnixNano, b.startTimeUnixNano));
  const place = new Map(byStart.map((span, i) => [span.spanId, i]));
  const parents = Int32Array.from(byStart, (span) => (span.parentSpanId === '' ? -1 : (place.get(span.parentSpanId) ?? -1)));
  cutCircles(parents);

  // Sibling lists are filled from the back, so that they are in order of start time.
  const firstChild = new Int32Array(byStart.length).fill(-1);
  const nextSibling = new Int32Array(byStart.length).fill(-1);
  let firstRoot = -1;
  for (let i = byStart.length - 1; i >= 0; i--) {
    const parent = parents[i]!;
    if (parent === -1) {
      nextSibling[i] = firstRoot;
      firstRoot = i;
    } else {
      nextSibling[i] = firstChild[parent]!;
      firstChild[parent] = i;
    }
  }

  const nodes: { span: Span; parent: number; depth: number; subtreeEnd: number }[] = [];
  /** Nodes of the path from the root to where the walk is. */
  const path: number[] = [];
  let current = firstRoot;
  while (current !== -1) {
    const node = nodes.length;
    nodes.push({ span: byStart[current]!, parent: path.at(-1) ?? -1, depth: path.length, subtreeEnd: node + 1 });
    path.push(node);
    let next = firstChild[current]!;
    while (next === -1 && path.length > 0) {
      nodes[path.pop()!]!.subtreeEnd = nodes.length;
      next = nextSibling[current]!;
      if (next === -1) current = parents[current]!;
    }
    current = next;
  }
  return nodes;
}

/** Numbers are in order of start time: the smallest of a circle is its earliest span. */
function cutCircles(parents: Int32Array): void {
  /** 0 = not seen; otherwise the walk on which it was. */
  const seen = new Int32Array(parents.length);
  for (let start = 0; start < parents.length; start++) {
    let i = start;
    while (i !== -1 && seen[i] === 0) {
      seen[i] = start + 1;
      i = parents[i]!;
    }
    if (i === -1 || seen[i] !== start + 1) continue;
    let earliest = i;
    for (let j = parents[i]!; j !== i; j = parents[j]!) earliest = Math.min(earliest, j);
    parents[earliest] = -1;
  }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
