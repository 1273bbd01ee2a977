import type { TraceAnswer } from '../api/answers.ts';
import type { Store } from '../store/store.ts';

/** @returns undefined when the trace is not held */
export function traceAnswer(store: Store, traceId: string): TraceAnswer | undefined {
  return store.trace(traceId) === undefined ? undefined : { traceId, startMoment: 0, durationNanos: 0, samples: 0, spans: [] };
}
