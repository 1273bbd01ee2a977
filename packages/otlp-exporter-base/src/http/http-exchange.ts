import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';

const LONGEST_RESPONSE_BYTES = 4 * 1024 * 1024;

/** One request. */
export interface HttpExchange {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly agent: Agent | undefined;
  readonly body: Uint8Array;
  /** Aborted, the request ends with what there is of an answer, or without a result. */
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: 'response';
  readonly httpStatus: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** False when the connection broke, or time ran out, before the body's end. */
  readonly complete: boolean;
}

export type HttpExchangeResult =
  | HttpResponse
  | { readonly status: 'response-too-large'; readonly httpStatus: number }
  /** The request could not be built. */
  | { readonly status: 'invalid-request'; readonly error: Error }
  | {
      readonly status: 'connection-failed';
      readonly error: NodeJS.ErrnoException;
      /** The connection had been kept from an earlier request, so that the server may just have closed it. */
      readonly reusedSocket: boolean;
    };

type RequestFunction = (url: URL, options: RequestOptions) => ClientRequest;

/** Sends one POST and reads the answer. Never rejects; stays pending when aborted before there is an answer. */
export async function exchangeHttp(exchange: HttpExchange): Promise<HttpExchangeResult> {
  // Imported late: instrumentation-http patches these modules when they are loaded, or not at all.
  const { request }: { request: RequestFunction } = exchange.url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  return new Promise((resolve) => {
    if (exchange.signal.aborted) return;
    let clientRequest: ClientRequest;
    try {
      const { headers, agent } = exchange;
      clientRequest = request(exchange.url, { method: 'POST', headers, ...(agent === undefined ? {} : { agent }) });
    } catch (error) {
      resolve({ status: 'invalid-request', error: error instanceof Error ? error : new Error(String(error)) });
      return;
    }
    /** Set once the server has answered: ends the reading of its answer. */
    let cutAnswer: (() => void) | undefined;
    let settled = false;
    const settle = (result: HttpExchangeResult): void => {
      if (settled) return;
      settled = true;
      exchange.signal.removeEventListener('abort', abort);
      // After an answer that came before the end of the request the connection is of no further use.
      if (result.status !== 'response' || !result.complete || !clientRequest.writableFinished) clientRequest.destroy();
      resolve(result);
    };
    const abort = (): void => {
      cutAnswer?.();
      settled = true;
      clientRequest.destroy();
    };
    exchange.signal.addEventListener('abort', abort, { once: true });
    clientRequest.on('response', (response) => {
      cutAnswer = readResponse(response, settle);
    });
    // Stays attached: a destroyed request may still report errors, which would be uncaught. Once the server has
    // answered, its response tells.
    clientRequest.on('error', (error) => {
      if (cutAnswer === undefined) settle({ status: 'connection-failed', error, reusedSocket: clientRequest.reusedSocket });
    });
    // Without an error, after a refused upgrade for instance.
    clientRequest.on('close', () => {
      if (cutAnswer === undefined) settle({ status: 'connection-failed', error: new Error('connection closed'), reusedSocket: false });
    });
    clientRequest.end(exchange.body);
  });
}

function readResponse(response: IncomingMessage, settle: (result: HttpExchangeResult) => void): () => void {
  const httpStatus = response.statusCode ?? 0;
  const chunks: Buffer[] = [];
  let bytes = 0;
  const finish = (complete: boolean): void => {
    settle({ status: 'response', httpStatus, headers: response.headers, body: Buffer.concat(chunks), complete });
  };
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LONGEST_RESPONSE_BYTES) {
      chunks.length = 0;
      settle({ status: 'response-too-large', httpStatus });
      return;
    }
    chunks.push(chunk);
  });
  response.on('end', () => {
    finish(true);
  });
  const cut = (): void => {
    finish(false);
  };
  response.on('error', cut);
  response.on('close', cut);
  return cut;
}
