import type { Agent, AgentOptions as HttpAgentOptions } from 'node:http';
import type { AgentOptions as HttpsAgentOptions } from 'node:https';
import { createRedactor } from '@flamespan/otlp-exporter-base';
import type { Redactor } from '@flamespan/otlp-exporter-base';
import { createAgentSource, postHttp, withDeadline } from '@flamespan/otlp-exporter-base/http';
import type { DeadlineResult, HttpExchangeResult } from '@flamespan/otlp-exporter-base/http';
import type { DatadogConfiguration } from './configuration.ts';
import type { MultipartForm } from './multipart-form.ts';
import { VERSION } from './version.ts';

/** What became of one send. Its texts from outside are still to be redacted. */
export type TransportResult = DeadlineResult<AttemptResult>;

type AttemptResult = HttpExchangeResult | { readonly status: 'api-key-failed' | 'http-agent-failed'; readonly error: unknown };

export interface SendOutcome {
  readonly result: TransportResult;
  readonly redact: Redactor;
}

export interface HttpTransport {
  /** Sends one form. Never rejects. */
  send(form: MultipartForm, timeoutMillis: number): Promise<SendOutcome>;
  /** Closes the connections that are kept. */
  shutdown(): Promise<void>;
}

export function createHttpTransport(configuration: DatadogConfiguration): HttpTransport {
  const { destination, httpAgentOptions } = configuration;
  const { url, apiKey, headers } = destination;
  const foreignAgent = typeof httpAgentOptions === 'function';
  const agent = createAgentSource(() => (foreignAgent ? httpAgentOptions(url.protocol) : createAgent(configuration)), foreignAgent);

  const attempt = async ({ contentType, body }: MultipartForm, signal: AbortSignal, noteKey: (key: string) => void): Promise<AttemptResult> => {
    let key: string | undefined;
    try {
      key = await apiKey?.read();
    } catch (error) {
      return { status: 'api-key-failed', error };
    }
    if (key !== undefined) noteKey(key);
    let loaded: Agent | undefined;
    try {
      loaded = await agent.load();
    } catch (error) {
      return { status: 'http-agent-failed', error };
    }
    return postHttp({
      url,
      headers: {
        ...headers,
        ...(key === undefined ? {} : { 'DD-API-KEY': key }),
        'DD-EVP-ORIGIN': 'flamespan',
        'DD-EVP-ORIGIN-VERSION': VERSION,
        'Content-Type': contentType,
        'Content-Length': body.byteLength,
      },
      agent: loaded,
      body,
      signal,
    });
  };

  return {
    async send(form, timeoutMillis) {
      let redact = redactorFor(configuration, undefined);
      const noteKey = (key: string): void => {
        redact = redactorFor(configuration, key);
      };
      const result = await withDeadline(timeoutMillis, (signal) => attempt(form, signal, noteKey));
      return { result, redact };
    },
    shutdown: () => agent.close(),
  };
}

async function createAgent({ destination, httpAgentOptions }: DatadogConfiguration): Promise<Agent> {
  const { url, proxy, socketPath } = destination;
  // Imported late: instrumentation-http patches these modules when they are loaded, or not at all.
  const { Agent: AgentClass } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const options: HttpAgentOptions & HttpsAgentOptions = {
    keepAlive: true,
    ...(httpAgentOptions as HttpAgentOptions | undefined),
    ...(proxy === undefined ? {} : { proxyEnv: proxy }),
    ...(socketPath === undefined ? {} : { socketPath }),
  };
  return new AgentClass(options);
}

function redactorFor({ destination: { url, headers, proxy } }: DatadogConfiguration, apiKey: string | undefined): Redactor {
  const redactRequest = createRedactor(url, apiKey === undefined ? headers : { ...headers, 'DD-API-KEY': apiKey });
  const proxyUrl = proxy?.['HTTPS_PROXY'];
  if (proxyUrl === undefined) return redactRequest;
  const redactProxy = createRedactor(new URL(proxyUrl), {});
  return (text) => redactProxy(redactRequest(text));
}
