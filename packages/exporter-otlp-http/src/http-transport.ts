import type { Agent } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createRedactor } from '@flamespan/otlp-exporter-base';
import type { Redactor } from '@flamespan/otlp-exporter-base';
import { exchangeHttp } from './http-exchange.ts';
import type { HttpExchangeResult } from './http-exchange.ts';
import type { OtlpConfiguration } from './otlp-configuration.ts';
import { VERSION } from './version.ts';

/** What became of one send. Its texts from outside are still to be redacted. */
export type TransportResult =
  | HttpExchangeResult
  | { readonly status: 'timeout' }
  | { readonly status: 'headers-failed' | 'agent-failed' | 'invalid-request'; readonly error: unknown };

export interface SendOutcome {
  readonly result: TransportResult;
  readonly redact: Redactor;
}

export interface HttpTransport {
  /** Sends `body` once. Never rejects. */
  send(body: Uint8Array, timeoutMillis: number): Promise<SendOutcome>;
  /** Closes the connections that are kept. */
  shutdown(): Promise<void>;
}

const USER_AGENT = `Flamespan-OTLP-Exporter-JavaScript/${VERSION}`;
/** The server may have closed a kept connection just as it was used: collectors keep idle ones for about an export interval. */
const STALE_CONNECTION_CODES = new Set(['ECONNRESET', 'EPIPE']);
/** Those that say who sends, and those that describe the body. */
const OWN_HEADERS = new Set(['user-agent', 'content-length', 'content-encoding', 'transfer-encoding']);

const gzipAsync = promisify(gzip);

export function createHttpTransport(configuration: OtlpConfiguration): HttpTransport {
  const { url, compression, userAgent } = configuration;
  let agent: Promise<Agent | undefined> | undefined;

  /** One agent for all requests; a factory that failed is asked again next time. */
  const loadAgent = async (): Promise<Agent | undefined> => {
    agent ??= Promise.resolve(configuration.agentFactory(url.protocol));
    try {
      return await agent;
    } catch (error) {
      agent = undefined;
      throw error;
    }
  };

  const attempt = async (body: Uint8Array, signal: AbortSignal, noteHeaders: (headers: Record<string, string>) => void): Promise<TransportResult> => {
    let headers: Record<string, string>;
    try {
      headers = await configuration.headers();
    } catch (error) {
      return { status: 'headers-failed', error };
    }
    noteHeaders(headers);
    let loaded: Agent | undefined;
    try {
      loaded = await loadAgent();
    } catch (error) {
      return { status: 'agent-failed', error };
    }
    const payload = compression === 'gzip' ? await gzipAsync(body) : body;
    const exchange = {
      url,
      headers: {
        ...Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()))),
        'User-Agent': userAgent === undefined || userAgent === '' ? USER_AGENT : `${userAgent} ${USER_AGENT}`,
        'Content-Length': payload.byteLength,
        ...(compression === 'gzip' ? { 'Content-Encoding': 'gzip' } : {}),
      },
      agent: loaded,
      body: payload,
      signal,
    };
    const result = await exchangeHttp(exchange);
    const stale = result.status === 'connection-failed' && result.reusedSocket && STALE_CONNECTION_CODES.has(result.error.code ?? '');
    return stale ? exchangeHttp(exchange) : result;
  };

  return {
    async send(body, timeoutMillis) {
      let redact = createRedactor(url, {});
      const noteHeaders = (headers: Record<string, string>): void => {
        redact = createRedactor(url, headers);
      };
      const result = await withDeadline(timeoutMillis, (signal) => attempt(body, signal, noteHeaders));
      return { result, redact };
    },
    async shutdown() {
      if (configuration.foreignAgent) return;
      try {
        (await agent)?.destroy();
      } catch {
        // There is no agent to close.
      }
    },
  };
}

/** Whatever `work` waits for, the result is there in time. */
async function withDeadline(timeoutMillis: number, work: (signal: AbortSignal) => Promise<TransportResult>): Promise<TransportResult> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<TransportResult>((resolve) => {
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
