import type { TraceSpan } from '../../../../src/api/answers.ts';
import type { Scope } from '../../../../src/api/selection.ts';
import { NO_FLAME_STATE } from '../../flame-graph/flame-address.ts';
import { address, changeQuery, hrefOf } from '../../router/address.ts';

export const SCOPES: readonly { readonly scope: Scope; readonly label: string; readonly title: string }[] = [
  { scope: 'span-and-children', label: 'Span & children', title: 'The span and its descendants in the same process' },
  { scope: 'span', label: 'Span only', title: 'The samples that were taken while this very span was active' },
  { scope: 'span-period', label: 'Span time period', title: 'Everything the process did while the span was open, also for others' },
  { scope: 'full-profile', label: 'Full profile', title: 'The whole window of the profiles that cover the span' },
];

export interface SpanAddress {
  /** null = not chosen. */
  readonly span: string | null;
  readonly scope: Scope;
  readonly type: 'wall' | 'cpu';
  readonly view: 'flame' | 'timeline';
}

export function spanAddress(query: URLSearchParams = address.value.query): SpanAddress {
  return {
    span: query.get('span'),
    scope: SCOPES.find(({ scope }) => scope === query.get('scope'))?.scope ?? 'span-and-children',
    type: query.get('type') === 'cpu' ? 'cpu' : 'wall',
    view: query.get('view') === 'timeline' ? 'timeline' : 'flame',
  };
}

export function changeSpan(changes: Partial<SpanAddress>): void {
  const { span, scope, type, view } = changes;
  changeQuery({
    ...(span !== undefined && { span, ...NO_FLAME_STATE }),
    ...(scope !== undefined && { scope: scope === 'span-and-children' ? null : scope, zoom: null }),
    ...(type !== undefined && { type: type === 'wall' ? null : type, zoom: null }),
    ...(view !== undefined && { view: view === 'flame' ? null : view }),
  });
}

export function spanHref(traceId: string, spanId: string, scope?: Scope | null): string {
  return hrefOf(`/trace/${encodeURIComponent(traceId)}`, { span: spanId, scope: scope === 'span-and-children' ? null : scope });
}

/** The span that is shown while none is chosen: the longest local root. */
export function defaultSpan(spans: readonly TraceSpan[]): TraceSpan | undefined {
  return spans.reduce<TraceSpan | undefined>((best, span) => (span.isLocalRoot && (best === undefined || !best.isLocalRoot || span.durationNanos > best.durationNanos) ? span : best), spans[0]);
}
