import { exchangeHttp } from './http-exchange.ts';
import type { HttpExchange, HttpExchangeResult } from './http-exchange.ts';

/** The server may have closed a kept connection just as it was used: servers keep idle ones for about an export interval. */
const STALE_CONNECTION_CODES = new Set(['ECONNRESET', 'EPIPE']);

/** As {@link exchangeHttp}, and once more on a new connection where a kept one turns out to be closed. */
export async function postHttp(exchange: HttpExchange): Promise<HttpExchangeResult> {
  const result = await exchangeHttp(exchange);
  const stale = result.status === 'connection-failed' && result.reusedSocket && STALE_CONNECTION_CODES.has(result.error.code ?? '');
  return stale ? exchangeHttp(exchange) : result;
}

export type DeadlineResult<T> = T | { readonly status: 'timeout' } | { readonly status: 'invalid-request'; readonly error: unknown };

/** Whatever `work` waits for, the result is there in time. Never rejects: what `work` throws is an invalid request. */
export async function withDeadline<T>(timeoutMillis: number, work: (signal: AbortSignal) => Promise<T>): Promise<DeadlineResult<T>> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<DeadlineResult<T>>((resolve) => {
    timer = setTimeout(() => {
      controller.abort();
      // What the abort itself brings to light comes first: a status without the rest of its body.
      setImmediate(resolve, { status: 'timeout' });
    }, timeoutMillis);
  });
  try {
    return await Promise.race([work(controller.signal), deadline]);
  } catch (error) {
    return { status: 'invalid-request', error };
  } finally {
    clearTimeout(timer);
  }
}
