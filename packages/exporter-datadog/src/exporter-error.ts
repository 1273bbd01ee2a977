/**
 * Why an export failed.
 *
 * - `ERR_INVALID_CONFIGURATION`: an option or variable cannot be used; nothing is ever sent.
 * - `ERR_SHUT_DOWN`: `export()` after `shutdown()`.
 * - `ERR_ENCODING_FAILED`: the profile could not be encoded.
 * - `ERR_API_KEY_FILE`: the file with the API key cannot be read, or holds no key.
 * - `ERR_HTTP_AGENT_FAILED`: the function given as `httpAgentOptions` threw.
 * - `ERR_INVALID_REQUEST`: the request could not be built.
 * - `ERR_TIMEOUT`: no answer within `timeoutMillis`.
 * - `ERR_NETWORK`: no connection, or the connection broke before the server answered.
 * - `ERR_PROXY`: the proxy refused to connect us.
 * - `ERR_TLS`: a certificate or the TLS handshake was refused, by either side.
 * - `ERR_NOT_HTTP`: what the server answered is not HTTP/1.1.
 * - `ERR_RESPONSE_TOO_LARGE`: the answer is longer than 4 MiB.
 * - `ERR_TOO_LARGE`: the server takes no request of this size, not even one with the smallest part of the profile.
 * - `ERR_UNAVAILABLE`: 408, 429 or 5xx; the server may take it later.
 * - `ERR_FORBIDDEN`: 401 or 403; the API key is not accepted at this site.
 * - `ERR_NO_PROFILES_ENDPOINT`: 404 or 405; the server takes no profiles at this URL.
 * - `ERR_REDIRECTED`: 3xx; redirects are not followed.
 * - `ERR_REFUSED`: any other status.
 */
export type DatadogProfileExporterErrorCode =
  | 'ERR_INVALID_CONFIGURATION'
  | 'ERR_SHUT_DOWN'
  | 'ERR_ENCODING_FAILED'
  | 'ERR_API_KEY_FILE'
  | 'ERR_HTTP_AGENT_FAILED'
  | 'ERR_INVALID_REQUEST'
  | 'ERR_TIMEOUT'
  | 'ERR_NETWORK'
  | 'ERR_PROXY'
  | 'ERR_TLS'
  | 'ERR_NOT_HTTP'
  | 'ERR_RESPONSE_TOO_LARGE'
  | 'ERR_TOO_LARGE'
  | 'ERR_UNAVAILABLE'
  | 'ERR_FORBIDDEN'
  | 'ERR_NO_PROFILES_ENDPOINT'
  | 'ERR_REDIRECTED'
  | 'ERR_REFUSED';

/**
 * The `error` of a failed export. Its message starts with its code, says what to do, and holds no API key, header value,
 * credentials or query string.
 */
export class DatadogProfileExporterError extends Error {
  override readonly name: string = 'DatadogProfileExporterError';
  readonly code: DatadogProfileExporterErrorCode;
  /** The status the server answered with, if it answered. */
  readonly httpStatus?: number;

  constructor(code: DatadogProfileExporterErrorCode, message: string, options: { readonly httpStatus?: number; readonly cause?: unknown } = {}) {
    super(`${code}: ${message}`, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    if (options.httpStatus !== undefined) this.httpStatus = options.httpStatus;
  }
}
