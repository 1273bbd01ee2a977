import type { IncomingMessage, ServerResponse } from 'node:http';
import { QueryError } from '../api/query-error.ts';
import type { RejectionReason } from '../store/store.ts';
import { answerError } from './otlp-answer.ts';
import { checkAddressee, mediaTypeOf } from './request-checks.ts';
import { RequestError } from './request-error.ts';
import type { Exchange, Route } from './route.ts';
import { JSON_TYPE, send, setSecurityHeaders } from './send.ts';

export interface HttpHandlerOptions {
  /** What answers a path, if anything does. */
  readonly routeOf: (pathname: string) => Route | undefined;
  /** Named to whom asks for a path that is not there. */
  readonly paths: readonly string[];
  readonly onRejected: (reason: RejectionReason) => void;
}

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers every request, with the security headers. Never throws. */
export function createHttpHandler({ routeOf, paths, onRejected }: HttpHandlerOptions): HttpHandler {
  const handle = async (exchange: Exchange): Promise<void> => {
    const { request, pathname } = exchange;
    checkAddressee(request, request.socket.localPort ?? 0);
    const route = routeOf(pathname);
    if (route === undefined) throw new RequestError(404, 'not-found', `there is nothing at this path; there is ${paths.join(', ')}`);
    requireMethod(request, route.methods);
    await route.answer(exchange);
  };
  return (request, response) => {
    response.on('error', () => {});
    setSecurityHeaders(response);
    const exchange = exchangeOf(request, response);
    handle(exchange).catch((error: unknown) => {
      // The client went away while it was sending: nobody to answer.
      if (request.destroyed && !request.complete) return;
      if (error instanceof QueryError) {
        answerAsJson(response, error.status, error.message);
        return;
      }
      const refusal = error instanceof RequestError
        ? error
        : new RequestError(500, 'internal-error', `a fault in the viewer: ${String(error)}`, {}, { cause: error });
      onRejected(refusal.reason);
      if (exchange.pathname.startsWith('/api/')) answerAsJson(response, refusal.status, refusal.message, refusal.headers);
      else answerError(response, refusal, mediaTypeOf(request));
    });
  };
}

function answerAsJson(response: ServerResponse, status: number, message: string, headers: Readonly<Record<string, string>> = {}): void {
  send(response, { status, headers, type: JSON_TYPE, body: JSON.stringify({ error: message }) });
}

function exchangeOf(request: IncomingMessage, response: ServerResponse): Exchange {
  // Never `new URL(...)`: a request target may be anything, and is not normalised here.
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return mark === -1
    ? { request, response, pathname: url, query: new URLSearchParams() }
    : { request, response, pathname: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

function requireMethod(request: IncomingMessage, methods: readonly string[]): void {
  if (methods.includes(request.method ?? '')) return;
  const allow = methods.join(', ');
  throw new RequestError(405, 'method-not-allowed', `this path takes ${allow} only`, { Allow: allow });
}
