import { clampRetryDelay } from '../retry-delay.ts';

/**
 * The delay that a `Retry-After` header asks for (RFC 9110, section 10.2.3: seconds or a date), at most an hour.
 * A date is measured against the server's own `Date` where there is one, because the clocks may disagree.
 *
 * @returns milliseconds, never negative; undefined when there is no usable header.
 */
export function parseRetryAfter(retryAfter: string | undefined, date: string | undefined): number | undefined {
  const value = retryAfter?.trim() ?? '';
  if (/^\d+$/.test(value)) return clampRetryDelay(Number(value) * 1000);
  const until = parseHttpDate(value);
  if (until === undefined) return undefined;
  return clampRetryDelay(until - (parseHttpDate(date ?? '') ?? Date.now()));
}

/** All three forms of RFC 9110 begin with the day's name; `Date.parse` alone would take far more. */
function parseHttpDate(value: string): number | undefined {
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value)) return undefined;
  // The asctime form names no zone and would be read as local time.
  const millis = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(millis) ? undefined : millis;
}
