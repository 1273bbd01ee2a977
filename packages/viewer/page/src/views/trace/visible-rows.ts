/** What a tree of spans in depth-first order needs to be laid out in rows. */
export interface TreeSpan {
  readonly depth: number;
  /** The subtree of span i is `[i, subtreeEnd)`. */
  readonly subtreeEnd: number;
}

/** Numbers of the spans by their ids. Numbers change when a late span comes in, ids do not. */
export function numbersById(spans: readonly { readonly spanId: string }[]): ReadonlyMap<string, number> {
  return new Map(spans.map(({ spanId }, i) => [spanId, i]));
}

/** Numbers of those that are there. */
export function numbersOf(ids: ReadonlySet<string>, numbers: ReadonlyMap<string, number>): ReadonlySet<number> {
  return new Set([...ids].flatMap((id) => numbers.get(id) ?? []));
}

/** Numbers of the spans that are not inside a collapsed one, in order. */
export function visibleRows(spans: readonly TreeSpan[], collapsed: ReadonlySet<number>): readonly number[] {
  const rows: number[] = [];
  for (let span = 0; span < spans.length;) {
    rows.push(span);
    span = collapsed.has(span) ? Math.max(span + 1, spans[span]!.subtreeEnd) : span + 1;
  }
  return rows;
}

export function hasChildren(spans: readonly TreeSpan[], span: number): boolean {
  return spans[span]!.subtreeEnd > span + 1;
}

/** The nearest span before that holds this one; -1 = none. */
export function parentOf(spans: readonly TreeSpan[], span: number): number {
  for (let at = span - 1; at >= 0; at--) if (spans[at]!.subtreeEnd > span) return at;
  return -1;
}

/** The same set without the ancestors of a span, so that the span is in a row. */
export function expandedTo(spans: readonly TreeSpan[], numbers: ReadonlyMap<string, number>, collapsed: ReadonlySet<string>, span: number): ReadonlySet<string> {
  const inTheWay = [...collapsed].filter((id) => {
    const at = numbers.get(id) ?? span;
    return at < span && spans[at]!.subtreeEnd > span;
  });
  if (inTheWay.length === 0) return collapsed;
  const expanded = new Set(collapsed);
  for (const id of inTheWay) expanded.delete(id);
  return expanded;
}

export function toggled(collapsed: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const changed = new Set(collapsed);
  if (!changed.delete(id)) changed.add(id);
  return changed;
}

/** What ArrowLeft and ArrowRight do to a span of a tree: open, close, or go to another span. */
export type TreeStep = { readonly toggle: number } | { readonly goTo: number } | undefined;

export function treeStep(key: string, spans: readonly TreeSpan[], collapsed: ReadonlySet<number>, span: number): TreeStep {
  const isOpen = hasChildren(spans, span) && !collapsed.has(span);
  if (key === 'ArrowRight') {
    if (!hasChildren(spans, span)) return undefined;
    return isOpen ? { goTo: span + 1 } : { toggle: span };
  }
  if (key === 'ArrowLeft') {
    if (isOpen) return { toggle: span };
    const parent = parentOf(spans, span);
    return parent === -1 ? undefined : { goTo: parent };
  }
  return undefined;
}
