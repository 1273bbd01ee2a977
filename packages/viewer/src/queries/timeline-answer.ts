import type { TimelineAnswer } from '../api/answers.ts';
import type { Store } from '../store/store.ts';

/** @returns undefined when the span is not held */
export function timelineAnswer(_store: Store, _traceId: string, _spanId: string): TimelineAnswer | undefined {
  return undefined;
}
