import { describe, expect, it } from 'vitest';
import { isSettled } from '../src/views/trace/settled.ts';

const MINUTE = 60_000;
const settledAfter = (minutes: number, ...waitingNanos: readonly (number | null)[]): boolean =>
  isSettled({ startMoment: 1_000, durationNanos: MINUTE * 1e6, spans: waitingNanos.map((nanos) => ({ waitingNanos: nanos })) }, 1_000 + (1 + minutes) * MINUTE);

describe('a trace that is shown', () => {
  it('is followed for three minutes after its end, although all spans have their profile', () => {
    expect([-0.5, 2.9, 3.1].map((minutes) => settledAfter(minutes, 5, 0))).toEqual([false, false, true]);
  });

  it('is followed as long as a profile may come for a span that has none', () => {
    expect([3.1, 11.9, 12.1].map((minutes) => settledAfter(minutes, 5, null))).toEqual([false, false, true]);
  });
});
