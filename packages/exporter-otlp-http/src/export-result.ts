import { displayUrl, failed, printableMessage, timesTooLarge } from '@flamespan/otlp-exporter-base';
import type { Redactor } from '@flamespan/otlp-exporter-base';
import { classifyConnectionError, errorKind, parseRetryAfter, redirectionHost } from '@flamespan/otlp-exporter-base/http';
import type { ConnectionFailure, HttpResponse } from '@flamespan/otlp-exporter-base/http';
import type { ExportResult, PartOutcome } from '@flamespan/profile';
import type { SendOutcome, TransportResult } from './http-transport.ts';
import { refusalText } from './server-message.ts';

const ENDPOINT_HINT = 'OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT or the url option';
/** OTLP/HTTP, "Retryable Response Codes". */
const RETRYABLE_STATUS = new Set([429, 502, 503, 504]);

/** What became of a request with `requestBytes` before compression. */
export function toPartOutcome(outcome: SendOutcome, url: URL, timeoutMillis: number, requestBytes: number): PartOutcome {
  const { result } = outcome;
  if (result.status !== 'response') return { status: 'failed', result: fromFailure(outcome, result, url, timeoutMillis) };
  if (result.httpStatus >= 200 && result.httpStatus < 300) return { status: 'delivered' };
  return fromRefusal(result, url, outcome.redact, requestBytes);
}

function fromFailure({ redact }: SendOutcome, result: Exclude<TransportResult, HttpResponse>, url: URL, timeoutMillis: number): ExportResult {
  const target = displayUrl(url);
  switch (result.status) {
    case 'timeout':
      return failed('ERR_TIMEOUT', `no answer from ${target} within ${timeoutMillis} ms (timeoutMillis or OTEL_EXPORTER_OTLP_PROFILES_TIMEOUT)`, { retryable: true });
    case 'connection-failed':
      return fromConnectionError(result.error, target, redact);
    case 'response-too-large':
      return failed('ERR_RESPONSE_TOO_LARGE', `${target} answered ${result.httpStatus} with more than 4 MiB, which is not what a profiles endpoint does. Check ${ENDPOINT_HINT}`, { httpStatus: result.httpStatus });
    // What the function asks, such as a server of identities, may be there again soon. Only the kind of error: what the user's
    // own function says may hold what it was to keep secret. The rest is the cause.
    case 'headers-failed':
      return failed('ERR_HEADERS_FAILED', `the headers function failed with ${errorKind(result.error)}`, { cause: result.error, retryable: true });
    case 'agent-failed':
      return failed('ERR_AGENT_FAILED', `the HTTP agent could not be made: httpAgentOptions failed with ${errorKind(result.error)}`, { cause: result.error, retryable: true });
    case 'invalid-request':
      break;
  }
  const { error } = result;
  // A key or certificate that cannot be read.
  const failure = classifyConnectionError(error);
  if (failure.kind.startsWith('tls-')) return fromTlsFailure(failure, target);
  const message = error instanceof Error ? error.message : String(error);
  return failed('ERR_INVALID_REQUEST', `the request to ${target} could not be made: ${printableMessage(message, redact)}`);
}

function fromRefusal(response: HttpResponse, url: URL, redact: Redactor, requestBytes: number): PartOutcome {
  const { httpStatus, headers } = response;
  const encoded = headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity';
  const text = encoded ? '' : refusalText(response.body, headers['content-type'] ?? '');
  const message = printableMessage(text, redact);
  const answer = `${displayUrl(url)} answered ${httpStatus}${message === '' ? '' : ` (${message})`}`;
  if (RETRYABLE_STATUS.has(httpStatus)) {
    const retryAfterMillis = parseRetryAfter(headers['retry-after'], headers.date);
    return { status: 'failed', result: failed('ERR_UNAVAILABLE', answer, { httpStatus, retryable: true, retryAfterMillis }) };
  }
  const times = timesTooLarge(text, requestBytes);
  if (httpStatus === 413 || times !== undefined) {
    return { status: 'too-large', result: failed('ERR_TOO_LARGE', answer, { httpStatus }), times: times ?? 2 };
  }
  return { status: 'failed', result: finalRefusal(response, answer, url) };
}

function finalRefusal({ httpStatus, headers }: HttpResponse, answer: string, url: URL): ExportResult {
  if (httpStatus === 404 || httpStatus === 405) {
    return failed(
      'ERR_NO_PROFILES_ENDPOINT',
      `${answer}: it takes no profiles there. Set ${ENDPOINT_HINT} to a server that does; an OpenTelemetry Collector needs a profiles pipeline and --feature-gates=service.profilesSupport`,
      { httpStatus },
    );
  }
  if (httpStatus >= 300 && httpStatus < 400) {
    return failed('ERR_REDIRECTED', `${displayUrl(url)} answered ${httpStatus}, a redirect to ${redirectionHost(headers.location, url)}, which is not followed. Set ${ENDPOINT_HINT} to where profiles are taken`, { httpStatus });
  }
  return failed('ERR_REFUSED', answer, { httpStatus });
}

function fromConnectionError(error: Error, target: string, redact: Redactor): ExportResult {
  const failure = classifyConnectionError(error);
  const { kind, detail } = failure;
  if (kind === 'not-http') {
    return failed('ERR_NOT_HTTP', `what ${target} answers is not HTTP/1.1 (${detail}). Check the port in ${ENDPOINT_HINT}: 4318 is usual for OTLP/HTTP, 4317 is gRPC`, { retryable: true });
  }
  if (kind !== 'network') return fromTlsFailure(failure, target);
  return failed('ERR_NETWORK', `no connection to ${target} (${detail === '' ? printableMessage(error.message, redact) : detail}). Is a server listening there? Otherwise set ${ENDPOINT_HINT}`, { retryable: true });
}

function fromTlsFailure({ kind, detail }: ConnectionFailure, target: string): ExportResult {
  if (kind === 'tls-refused') {
    return failed(
      'ERR_TLS',
      `the TLS handshake with ${target} failed (${detail}). If the server asks for a client certificate, give cert and key in httpAgentOptions, or files in OTEL_EXPORTER_OTLP_PROFILES_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_PROFILES_CLIENT_KEY`,
    );
  }
  if (kind === 'tls-not-spoken') {
    return failed('ERR_TLS', `${target} does not speak TLS, or no version in common (${detail}). Check the scheme and the port in ${ENDPOINT_HINT}`);
  }
  return failed('ERR_TLS', `the certificate of ${target} is not trusted (${detail}). Give its authority as ca in httpAgentOptions, or as a file in OTEL_EXPORTER_OTLP_PROFILES_CERTIFICATE`);
}
