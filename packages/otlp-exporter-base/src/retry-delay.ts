/** A server that asks for more is taken to be wrong: what waits in a queue would be lost. */
const LONGEST_DELAY_MILLIS = 3_600_000;

/** The delay that a server asks for, from 0 to an hour. */
export function clampRetryDelay(millis: number): number {
  return Math.min(Math.max(millis, 0), LONGEST_DELAY_MILLIS);
}
