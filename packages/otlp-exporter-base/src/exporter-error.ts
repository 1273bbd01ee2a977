/**
 * Why an export failed.
 *
 * - `ERR_INVALID_CONFIGURATION`: an option or variable cannot be used; nothing is ever sent.
 * - `ERR_SHUT_DOWN`: `export()` after `shutdown()`.
 * - `ERR_CONCURRENCY_LIMIT`: as many exports as `concurrencyLimit` allows are under way.
 * - `ERR_ENCODING_FAILED`: the profile could not be encoded.
 * - `ERR_HEADERS_FAILED`, `ERR_AGENT_FAILED`: the function given as `headers` or `httpAgentOptions` threw (HTTP).
 * - `ERR_INVALID_REQUEST`: the request could not be built, for instance because a header holds a line break.
 * - `ERR_TIMEOUT`: no answer within `timeoutMillis`.
 * - `ERR_NETWORK`: no connection, or the connection broke before the server answered.
 * - `ERR_TLS`: a certificate or the TLS handshake was refused, by either side.
 * - `ERR_NOT_HTTP`: what the server answered is not HTTP/1.1 (HTTP).
 * - `ERR_NOT_GRPC`: what the server answered is not gRPC (gRPC).
 * - `ERR_RESPONSE_TOO_LARGE`: the answer is longer than 4 MiB.
 * - `ERR_TOO_LARGE`: the server takes no request of this size, not even one with the smallest part of the profile.
 * - `ERR_UNAVAILABLE`: 429, 502, 503 or 504, or a gRPC status of that kind; the server asks to try again later.
 * - `ERR_NO_PROFILES_ENDPOINT`: 404, 405 or UNIMPLEMENTED; the server takes no profiles there.
 * - `ERR_REDIRECTED`: 3xx; redirects are not followed (HTTP).
 * - `ERR_REFUSED`: any other status.
 */
export type OTLPProfileExporterErrorCode =
  | 'ERR_INVALID_CONFIGURATION'
  | 'ERR_SHUT_DOWN'
  | 'ERR_CONCURRENCY_LIMIT'
  | 'ERR_ENCODING_FAILED'
  | 'ERR_HEADERS_FAILED'
  | 'ERR_AGENT_FAILED'
  | 'ERR_INVALID_REQUEST'
  | 'ERR_TIMEOUT'
  | 'ERR_NETWORK'
  | 'ERR_TLS'
  | 'ERR_NOT_HTTP'
  | 'ERR_NOT_GRPC'
  | 'ERR_RESPONSE_TOO_LARGE'
  | 'ERR_TOO_LARGE'
  | 'ERR_UNAVAILABLE'
  | 'ERR_NO_PROFILES_ENDPOINT'
  | 'ERR_REDIRECTED'
  | 'ERR_REFUSED';

export interface OTLPProfileExporterErrorOptions {
  readonly httpStatus?: number;
  readonly grpcStatus?: number;
  readonly cause?: unknown;
}

/**
 * The `error` of a failed export. Its message starts with its code, says what to do, and holds no header or metadata
 * values, credentials or query strings.
 */
export class OTLPProfileExporterError extends Error {
  override readonly name: string = 'OTLPProfileExporterError';
  readonly code: OTLPProfileExporterErrorCode;
  /** The HTTP status the server answered with, if it answered. */
  readonly httpStatus?: number;
  /** The number of the gRPC status, if the server answered. */
  readonly grpcStatus?: number;

  constructor(code: OTLPProfileExporterErrorCode, message: string, options: OTLPProfileExporterErrorOptions = {}) {
    super(`${code}: ${message}`, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    if (options.httpStatus !== undefined) this.httpStatus = options.httpStatus;
    if (options.grpcStatus !== undefined) this.grpcStatus = options.grpcStatus;
  }
}
