import { clampRetryDelay, decodeRpcStatus, failed, printableMessage, timesTooLarge } from '@flamespan/otlp-exporter-base';
import type { Redactor } from '@flamespan/otlp-exporter-base';
import type { ServiceError } from '@grpc/grpc-js';
import type { ExportResult, PartOutcome } from '@flamespan/profile';
import type { GrpcOutcome } from './grpc-transport.ts';
import type { OtlpConfiguration } from './otlp-configuration.ts';

const ENDPOINT_HINT = 'OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT or the url option';

/** By number. */
const STATUS_NAMES = [
  'OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS', 'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS',
  'UNAUTHENTICATED',
];
/** OTLP/gRPC, "Failures". RESOURCE_EXHAUSTED is retryable only with a RetryInfo. */
const RETRYABLE = new Set(['CANCELLED', 'DEADLINE_EXCEEDED', 'ABORTED', 'OUT_OF_RANGE', 'UNAVAILABLE', 'DATA_LOSS']);

/** What became of a request with `requestBytes` before compression. */
export function toPartOutcome({ result, redact }: GrpcOutcome, { target, timeoutMillis }: OtlpConfiguration, requestBytes: number): PartOutcome {
  switch (result.status) {
    case 'answered':
      return { status: 'delivered' };
    case 'invalid': {
      const message = result.error instanceof Error ? result.error.message : String(result.error);
      return { status: 'failed', result: fromInvalid(message, target, redact) };
    }
    case 'status':
      if (!result.timedOut) return fromStatus(result.error, target, redact, requestBytes);
      return { status: 'failed', result: failed('ERR_TIMEOUT', `no answer from ${target} within ${timeoutMillis} ms (timeoutMillis or OTEL_EXPORTER_OTLP_PROFILES_TIMEOUT)`, { retryable: true }) };
    default:
      return result satisfies never;
  }
}

function fromInvalid(message: string, target: string, redact: Redactor): ExportResult {
  const text = printableMessage(message, redact);
  if (/PEM|SSL routines|asn1|private key|certificate/i.test(message)) return fromTlsFailure(text, target);
  return failed('ERR_INVALID_REQUEST', `the call to ${target} could not be made: ${text}`);
}

function fromStatus(error: ServiceError, target: string, redact: Redactor, requestBytes: number): PartOutcome {
  const { details, code } = error;
  const name = STATUS_NAMES[code] ?? String(code);
  const message = printableMessage(details, redact);
  const broken = fromBrokenConnection(name, details, message, target);
  if (broken !== undefined) return { status: 'failed', result: broken };

  const answer = `${target} answered ${name}${message === '' ? '' : ` (${message})`}`;
  const retryDelayMillis = retryDelayOf(error);
  const times = timesTooLarge(details, requestBytes);
  if (times !== undefined && retryDelayMillis === undefined) {
    return { status: 'too-large', result: failed('ERR_TOO_LARGE', answer, { grpcStatus: code }), times };
  }
  return { status: 'failed', result: fromAnswer(name, code, answer, details, retryDelayMillis) };
}

function fromAnswer(name: string, grpcStatus: number, answer: string, details: string, retryDelayMillis: number | undefined): ExportResult {
  if (RETRYABLE.has(name) || (name === 'RESOURCE_EXHAUSTED' && retryDelayMillis !== undefined)) {
    return failed('ERR_UNAVAILABLE', answer, { grpcStatus, retryable: true, retryAfterMillis: retryDelayMillis });
  }
  if (name === 'UNIMPLEMENTED') {
    return failed(
      'ERR_NO_PROFILES_ENDPOINT',
      `${answer}: it takes no profiles there. Set ${ENDPOINT_HINT} to a server that does; an OpenTelemetry Collector needs a profiles pipeline and --feature-gates=service.profilesSupport`,
      { grpcStatus },
    );
  }
  // Of @grpc/grpc-js itself, about what it received.
  if (name === 'RESOURCE_EXHAUSTED' && /larger than/.test(details)) {
    return failed('ERR_RESPONSE_TOO_LARGE', `${answer.replace(/ answered .*/, '')} answers with more than 4 MiB, which is not what a profiles endpoint does. Check ${ENDPOINT_HINT}`);
  }
  return failed('ERR_REFUSED', answer, { grpcStatus });
}

/** `grpc-status-details-bin`: a `google.rpc.Status`, whose details may hold a RetryInfo. */
function retryDelayOf({ metadata }: ServiceError): number | undefined {
  const [bytes] = metadata.get('grpc-status-details-bin');
  if (!(bytes instanceof Uint8Array)) return undefined;
  try {
    const { retryDelayMillis } = decodeRpcStatus(bytes);
    return retryDelayMillis === undefined ? undefined : clampRetryDelay(retryDelayMillis);
  } catch {
    return undefined;
  }
}

/**
 * `@grpc/grpc-js` reports trouble with connections as a status of its own making; its texts are all there is to tell it
 * from a server's.
 */
function fromBrokenConnection(name: string, details: string, message: string, target: string): ExportResult | undefined {
  if (name === 'UNAVAILABLE' && details.startsWith('No connection established')) {
    // "…. Last error: <text> (<date>). Resolution note: <text>"
    const lastError = /Last error: (?:Error: )?(.*?)(?: \(\d{4}-\d\d-\d\dT[\d:.]+Z\))?\. Resolution note/s.exec(details)?.[1] ?? message;
    if (/certificate|SSL routines|altname/i.test(lastError)) return fromTlsFailure(lastError, target);
    if (/protocol error|bad client magic|HTTP\/2|ERR_HTTP2|frame|Expected HTTP/i.test(lastError)) return notGrpc(lastError, target);
    return unreachable(lastError, target);
  }
  if (name === 'UNAVAILABLE' && /^(?:Connection dropped|Name resolution failed|Channel closed|Stream refused|.*\bE(?:CONNRESET|TIMEDOUT|PIPE)\b)/.test(details)) return unreachable(message, target);
  if (name === 'INTERNAL' && details.startsWith('Received RST_STREAM')) return unreachable(message, target);
  if (name === 'UNKNOWN' && /^Received HTTP status code (?!413)/.test(details)) return notGrpc(message, target, false);
  return undefined;
}

function unreachable(reason: string, target: string): ExportResult {
  return failed('ERR_NETWORK', `no connection to ${target} (${reason}). Is a server listening there? Otherwise set ${ENDPOINT_HINT}`, { retryable: true });
}

function notGrpc(reason: string, target: string, retryable: boolean = true): ExportResult {
  return failed('ERR_NOT_GRPC', `what ${target} answers is not gRPC (${reason}). Check the port in ${ENDPOINT_HINT}: 4317 is usual for gRPC, 4318 is OTLP/HTTP`, { retryable });
}

function fromTlsFailure(text: string, target: string): ExportResult {
  // Of "error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:" the words.
  const reason = /:SSL routines:\w*:([\w /]+)/.exec(text)?.[1] ?? text;
  if (/alert|PEM|asn1|private key|key values/i.test(reason)) {
    return failed(
      'ERR_TLS',
      `the TLS handshake with ${target} failed (${reason}). If the server asks for a client certificate, give credentials, or files in OTEL_EXPORTER_OTLP_PROFILES_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_PROFILES_CLIENT_KEY`,
    );
  }
  if (/wrong version number|packet length|unexpected message/i.test(reason)) {
    return failed('ERR_TLS', `${target} does not speak TLS, or no version in common (${reason}). Check the scheme and the port in ${ENDPOINT_HINT}`);
  }
  return failed('ERR_TLS', `the certificate of ${target} is not trusted (${reason}). Give its authority in credentials, or as a file in OTEL_EXPORTER_OTLP_PROFILES_CERTIFICATE`);
}
