import type { SpanAnswer } from '../api/answers.ts';
import type { Store } from '../store/store.ts';

/** @returns undefined when the span is not held */
export function spanAnswer(_store: Store, _traceId: string, _spanId: string): SpanAnswer | undefined {
  return undefined;
}
