import type { Agent } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createRedactor } from '@flamespan/otlp-exporter-base';
import type { Redactor } from '@flamespan/otlp-exporter-base';
import { createAgentSource, postHttp, withDeadline } from '@flamespan/otlp-exporter-base/http';
import type { DeadlineResult, HttpExchangeResult } from '@flamespan/otlp-exporter-base/http';
import type { OtlpConfiguration } from './otlp-configuration.ts';
import { VERSION } from './version.ts';

/** What became of one send. Its texts from outside are still to be redacted. */
export type TransportResult = DeadlineResult<AttemptResult>;

type AttemptResult = HttpExchangeResult | { readonly status: 'headers-failed' | 'agent-failed'; readonly error: unknown };

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
/** Those that say who sends, and those that describe the body. */
const OWN_HEADERS = new Set(['user-agent', 'content-length', 'content-encoding', 'transfer-encoding']);

const gzipAsync = promisify(gzip);

export function createHttpTransport(configuration: OtlpConfiguration): HttpTransport {
  const { url, compression, userAgent } = configuration;
  const agent = createAgentSource(() => configuration.agentFactory(url.protocol), configuration.foreignAgent);

  const attempt = async (body: Uint8Array, signal: AbortSignal, noteHeaders: (headers: Record<string, string>) => void): Promise<AttemptResult> => {
    let headers: Record<string, string>;
    try {
      headers = await configuration.headers();
    } catch (error) {
      return { status: 'headers-failed', error };
    }
    noteHeaders(headers);
    let loaded: Agent | undefined;
    try {
      loaded = await agent.load();
    } catch (error) {
      return { status: 'agent-failed', error };
    }
    const payload = compression === 'gzip' ? await gzipAsync(body) : body;
    return postHttp({
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
    });
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
    shutdown: () => agent.close(),
  };
}
