import { printableMessage } from '@flamespan/otlp-exporter-base';
import type { Redactor } from '@flamespan/otlp-exporter-base';
import { classifyConnectionError, errorCode, errorKind, parseRetryAfter, redirectionHost } from '@flamespan/otlp-exporter-base/http';
import type { HttpResponse } from '@flamespan/otlp-exporter-base/http';
import type { ExportResult, PartOutcome } from '@flamespan/profile';
import type { DatadogConfiguration, Destination } from './configuration.ts';
import { DatadogProfileExporterError } from './exporter-error.ts';
import type { DatadogProfileExporterErrorCode } from './exporter-error.ts';
import type { SendOutcome, TransportResult } from './http-transport.ts';
import { refusalText } from './refusal-text.ts';

/** What became of a request. */
export function toPartOutcome({ result, redact }: SendOutcome, { destination, timeoutMillis }: DatadogConfiguration): PartOutcome {
  if (result.status !== 'response') return { status: 'failed', result: fromFailure(result, redact, destination, timeoutMillis) };
  if (result.httpStatus >= 200 && result.httpStatus < 300) return { status: 'delivered' };
  return fromRefusal(result, redact, destination);
}

function fromFailure(result: Exclude<TransportResult, HttpResponse>, redact: Redactor, destination: Destination, timeoutMillis: number): ExportResult {
  const { display, setting, apiKey } = destination;
  switch (result.status) {
    case 'timeout':
      return failed('ERR_TIMEOUT', `no answer from ${display} within ${timeoutMillis} ms (timeoutMillis or DD_PROFILING_UPLOAD_TIMEOUT)`, { retryable: true });
    case 'connection-failed':
      return fromConnectionError(result.error, redact, destination);
    case 'response-too-large':
      return failed('ERR_RESPONSE_TOO_LARGE', `${display} answered ${result.httpStatus} with more than 4 MiB, which is not what Datadog does. Check ${setting}`, { httpStatus: result.httpStatus });
    case 'api-key-failed':
      // The file may be there, and right, when the secret has been mounted.
      return failed('ERR_API_KEY_FILE', `there is no API key in ${String(apiKey?.file)} (${fileTrouble(result.error)}). Check DD_API_KEY_FILE or the apiKeyFile option`, { retryable: true });
    case 'http-agent-failed':
      // Only the kind of error: what the user's own function says may hold what it was to keep secret. The rest is the cause.
      return failed('ERR_HTTP_AGENT_FAILED', `the HTTP agent could not be made: httpAgentOptions failed with ${errorKind(result.error)}`, { cause: result.error });
    case 'invalid-request':
      break;
  }
  const { error } = result;
  const { kind, detail } = classifyConnectionError(error);
  if (kind.startsWith('tls-')) return failed('ERR_TLS', `a key or certificate in httpAgentOptions cannot be read (${detail})`);
  return failed('ERR_INVALID_REQUEST', `the request to ${display} could not be made: ${printableMessage(error instanceof Error ? error.message : String(error), redact)}`);
}

function fileTrouble(error: unknown): string {
  const code = errorCode(error);
  if (code !== '') return code;
  return error instanceof Error ? error.message : String(error);
}

function fromConnectionError(error: Error, redact: Redactor, destination: Destination): ExportResult {
  const { display, setting, proxy } = destination;
  const { kind, detail } = classifyConnectionError(error);
  if (detail.startsWith('ERR_PROXY_')) {
    return failed('ERR_PROXY', `the proxy did not connect to ${display} (${printableMessage(error.message, redact)}). Check DD_PROXY_HTTPS, HTTPS_PROXY or the proxy option`, { retryable: true });
  }
  switch (kind) {
    case 'not-http':
      return failed('ERR_NOT_HTTP', `what ${display} answers is not HTTP/1.1 (${detail}). Check the port in ${setting}: an Agent takes profiles at 8126`, { retryable: true });
    case 'tls-not-spoken':
      return failed('ERR_TLS', `${display} does not speak TLS, or no version in common (${detail}). Check the scheme and the port in ${setting}`);
    case 'tls-not-trusted':
      return failed('ERR_TLS', `the certificate of ${display} is not trusted (${detail}). Give its authority as ca in httpAgentOptions, or as a file in NODE_EXTRA_CA_CERTS`);
    case 'tls-refused':
      return failed('ERR_TLS', `the TLS handshake with ${display} failed (${detail}). If the server asks for a client certificate, give cert and key in httpAgentOptions`);
    case 'network': {
      const reason = detail === '' ? printableMessage(error.message, redact) : detail;
      const hint = proxy === undefined ? setting : `${setting}, and the proxy`;
      return failed('ERR_NETWORK', `no connection to ${display} (${reason}). Is ${destination.apiKey === undefined ? 'a Datadog Agent listening there' : 'the network open'}? Otherwise check ${hint}`, { retryable: true });
    }
    default:
      return kind satisfies never;
  }
}

function fromRefusal(response: HttpResponse, redact: Redactor, { url, display, setting, apiKey }: Destination): PartOutcome {
  const { httpStatus, headers } = response;
  const message = printableMessage(refusalText(response), redact);
  const answer = `${display} answered ${httpStatus}${message === '' ? '' : ` (${message})`}`;
  const refused = (code: DatadogProfileExporterErrorCode, text: string): PartOutcome => ({ status: 'failed', result: failed(code, text, { httpStatus }) });
  if (httpStatus >= 500 || httpStatus === 429 || httpStatus === 408) {
    const retryAfterMillis = parseRetryAfter(headers['retry-after'], headers.date);
    return { status: 'failed', result: failed('ERR_UNAVAILABLE', answer, { httpStatus, retryable: true, retryAfterMillis }) };
  }
  switch (httpStatus) {
    case 413:
      return { status: 'too-large', result: failed('ERR_TOO_LARGE', answer, { httpStatus }) };
    case 401:
    case 403:
      return refused('ERR_FORBIDDEN', `${answer}: ${apiKey === undefined ? "the Agent's API key (its api_key and site)" : 'the API key'} is not accepted there. Check the key, and ${apiKey === undefined ? 'the site that it belongs to' : 'that DD_SITE is the site that it belongs to'}`);
    case 404:
    case 405:
      return refused('ERR_NO_PROFILES_ENDPOINT', `${answer}: it takes no profiles there. Check ${setting}`);
    case 407:
      return refused('ERR_PROXY', `${answer}: the proxy asks for credentials. Put them into its URL`);
    default:
      if (httpStatus >= 300 && httpStatus < 400) {
        return refused('ERR_REDIRECTED', `${display} answered ${httpStatus}, a redirect to ${redirectionHost(headers.location, url)}, which is not followed. Check ${setting}`);
      }
      return refused('ERR_REFUSED', answer);
  }
}

interface FailureDetails {
  readonly httpStatus?: number;
  readonly cause?: unknown;
  /** @defaultValue false */
  readonly retryable?: boolean;
  readonly retryAfterMillis?: number | undefined;
}

export function failed(code: DatadogProfileExporterErrorCode, message: string, details: FailureDetails = {}): ExportResult {
  const { retryable = false, retryAfterMillis, ...options } = details;
  return {
    code: 1,
    error: new DatadogProfileExporterError(code, message, options),
    retryable,
    ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }),
  };
}
