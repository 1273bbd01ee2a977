import type { SpanAnswer } from '../api/answers.ts';
import type { Scope } from '../api/selection.ts';
import { momentOf } from '../store/moment.ts';
import type { Store } from '../store/store.ts';
import { attributeList } from './attribute-list.ts';
import { longestInterval, timedProfilesCovering } from './profiled-windows.ts';
import { selectSamples } from './sample-selection.ts';
import { spanWaits } from './span-waits.ts';
import { traceSpanOf } from './trace-answer.ts';
import { waterfallOf } from './waterfall-cache.ts';

/** @returns undefined when the span is not held */
export function spanAnswer(store: Store, traceId: string, spanId: string): SpanAnswer | undefined {
  const span = store.trace(traceId)?.spans.get(spanId);
  const view = waterfallOf(store, traceId);
  if (span === undefined || view === undefined) return undefined;
  const index = view.spans.findIndex((candidate) => candidate.span.spanId === spanId);
  const count = (scope: Scope): number => selectSamples(store, { trace: traceId, span: spanId, scope }).reduce((sum, { samples }) => sum + samples.length, 0);
  return {
    span: traceSpanOf(view, index),
    statusMessage: span.status.message ?? '',
    attributes: attributeList(span.attributes),
    resource: attributeList(span.resource.attributes),
    scope: [span.scope.name, span.scope.version ?? ''].join(' ').trim(),
    events: span.events.map(({ name, timeUnixNano, attributes }) => ({ name, moment: momentOf(timeUnixNano), attributes: attributeList(attributes) })),
    samplingIntervalNanos: longestInterval(timedProfilesCovering(store, span)) ?? null,
    samplesByScope: {
      'span-and-children': count('span-and-children'),
      span: count('span'),
      'span-period': count('span-period'),
      'full-profile': count('full-profile'),
    },
    waits: spanWaits(store, view, index),
  };
}
