const FIRST_DELAY_MILLIS = 1_000;
const MAX_DELAY_MILLIS = 60_000;

/**
 * How long to wait before try number `attempt` + 1 (the first try is 1): doubling from a second to a minute, of which
 * a random half is taken off, so that many processes do not come back at the same moment.
 */
export function backoffMillis(attempt: number, random: () => number = Math.random): number {
  const delay = Math.min(MAX_DELAY_MILLIS, FIRST_DELAY_MILLIS * 2 ** Math.min(attempt - 1, 16));
  return delay / 2 + (delay / 2) * random();
}
