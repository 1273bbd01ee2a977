import type { TraceAnswer, TraceSpan } from '../../../../src/api/answers.ts';

/** For so long after its end the spans of a trace come in: they are sent in batches, and profiles once a minute by default. */
const LEAST_MILLIS = 180_000;
/** The longest `exportIntervalMillis` is ten minutes; and the way to here. */
const MOST_MILLIS = 720_000;

export interface SettlingTrace extends Pick<TraceAnswer, 'startMoment' | 'durationNanos'> {
  readonly spans: readonly Pick<TraceSpan, 'waitingNanos'>[];
}

/** Whether nothing more is to be expected of a trace. Services without profiles leave that open the longest. */
export function isSettled({ startMoment, durationNanos, spans }: SettlingTrace, nowMoment: number): boolean {
  const sinceEnd = nowMoment - startMoment - durationNanos / 1e6;
  return sinceEnd > MOST_MILLIS || (sinceEnd > LEAST_MILLIS && spans.every(({ waitingNanos }) => waitingNanos !== null));
}
