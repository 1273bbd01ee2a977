import type { TraceAnswer, TraceSpan } from '../api/answers.ts';
import { momentOf } from '../store/moment.ts';
import type { Store } from '../store/store.ts';
import type { Waterfall } from './waterfall.ts';
import { waterfallOf } from './waterfall-cache.ts';

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const ERROR = 2;

/** @returns undefined when the trace is not held */
export function traceAnswer(store: Store, traceId: string): TraceAnswer | undefined {
  const view = waterfallOf(store, traceId);
  if (view === undefined) return undefined;
  return {
    traceId,
    startMoment: momentOf(view.startTimeUnixNano),
    durationNanos: view.durationNanos,
    samples: store.samplesOfTrace(traceId)?.samples ?? 0,
    spans: view.spans.map((_, i) => traceSpanOf(view, i)),
  };
}

export function traceSpanOf({ spans }: Waterfall, index: number): TraceSpan {
  const { span, parent, depth, subtreeEnd, service, process, startNanos, durationNanos, samples, wallNanos, cpuNanos, onThread, subtreeOnThreadNanos, waitingNanos, profiledNanos } = spans[index]!;
  return {
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: KINDS[span.kind] ?? 'unspecified',
    service, process, depth, subtreeEnd,
    isLocalRoot: parent === -1 || spans[parent]!.process !== process,
    startNanos, durationNanos,
    error: span.status.code === ERROR,
    samples, wallNanos, cpuNanos,
    onThread: Array.from(onThread),
    subtreeOnThreadNanos,
    waitingNanos: waitingNanos ?? null,
    profiledNanos,
  };
}
