import type { TraceRow } from '../../../../src/api/answers.ts';

/** What has changed above what the reader sees. */
export interface Arrivals {
  readonly count: number;
  /** Whether there are more than could be counted. */
  readonly isAtLeast: boolean;
}

/**
 * Compares what is shown with the newest first page of the same filter and order. In the order of arrival what is new
 * stands above the first known trace; in another order it is whatever is not known, and `matched` counts the rest.
 */
export function arrivals(known: ReadonlySet<string>, knownMatched: number, fresh: readonly TraceRow[], freshMatched: number, order: string): Arrivals {
  if (order === 'newest') {
    const first = fresh.findIndex(({ traceId }) => known.has(traceId));
    if (first !== -1 || fresh.length === 0) return { count: Math.max(0, first), isAtLeast: false };
    return { count: fresh.length, isAtLeast: freshMatched > fresh.length };
  }
  const unknown = fresh.reduce((count, { traceId }) => count + (known.has(traceId) ? 0 : 1), 0);
  return { count: Math.max(unknown, freshMatched - knownMatched), isAtLeast: false };
}
