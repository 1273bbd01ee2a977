import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerError, answerSuccess, answerText } from './otlp-answer.ts';
import type { BodyMemory } from './request-body.ts';
import { decompress, readBody } from './request-body.ts';
import { checkAddressee, isGzip, mediaTypeOf, requireMediaType } from './request-checks.ts';
import { RequestError } from './request-error.ts';
import type { Signal } from './signals.ts';
import type { Store } from '../store/store.ts';

export interface ReceiverOptions {
  readonly store: Store;
  readonly maxRequestBytes: number;
  /** Path to what it takes, by POST. */
  readonly signals: ReadonlyMap<string, Signal>;
  /** Path to what it says, by GET. */
  readonly pages: ReadonlyMap<string, (query: URLSearchParams) => string>;
}

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Takes what is posted into the store, and answers every request. Never throws. */
export function createReceiver(options: ReceiverOptions): RequestHandler {
  const memory: BodyMemory = { limitBytes: options.maxRequestBytes * 2, usedBytes: 0 };
  return (request, response) => {
    response.on('error', () => {});
    handle(options, memory, request, response).catch((error: unknown) => {
      // The client went away while it was sending: nobody to answer.
      if (request.destroyed && !request.complete) return;
      const refusal = error instanceof RequestError
        ? error
        : new RequestError(500, 'internal-error', `a fault in the viewer: ${String(error)}`, {}, { cause: error });
      options.store.countRejectedRequest(refusal.reason);
      answerError(response, refusal, mediaTypeOf(request));
    });
  };
}

async function handle(options: ReceiverOptions, memory: BodyMemory, request: IncomingMessage, response: ServerResponse): Promise<void> {
  checkAddressee(request, request.socket.localPort ?? 0);
  const { pathname, query } = target(request);
  const page = options.pages.get(pathname);
  if (page !== undefined) {
    requireMethod(request, ['GET', 'HEAD']);
    answerText(response, page(query));
    return;
  }
  const signal = options.signals.get(pathname);
  if (signal === undefined) {
    const paths = [...options.signals.keys()].map((path) => `POST ${path}`).concat([...options.pages.keys()].map((path) => `GET ${path}`));
    throw new RequestError(404, 'not-found', `there is nothing at this path; there is ${paths.join(', ')}`);
  }
  requireMethod(request, ['POST']);
  const mediaType = requireMediaType(request);
  const gzip = isGzip(request);
  const received = await readBody(request, options.maxRequestBytes, memory);
  const body = gzip ? decompress(received, options.maxRequestBytes) : received;
  signal(body, mediaType);
  answerSuccess(response, mediaType);
}

function target(request: IncomingMessage): { pathname: string; query: URLSearchParams } {
  // Never `new URL(...)`: a request target may be anything, and is not normalised here.
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return mark === -1
    ? { pathname: url, query: new URLSearchParams() }
    : { pathname: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

function requireMethod(request: IncomingMessage, methods: readonly string[]): void {
  if (methods.includes(request.method ?? '')) return;
  const allow = methods.join(', ');
  throw new RequestError(405, 'method-not-allowed', `this path takes ${allow} only`, { Allow: allow });
}
