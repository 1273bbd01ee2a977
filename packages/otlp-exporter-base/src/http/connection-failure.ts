/** Why there is no answer. `detail` may be shown. */
export interface ConnectionFailure {
  /**
   * - `tls-refused`: the other side refused us, or our key or certificate cannot be read.
   * - `tls-not-spoken`: the other side speaks no TLS, or no version in common.
   * - `tls-not-trusted`: nobody vouches for the server's certificate.
   * - `not-http`: what the server says is not HTTP/1.1.
   * - `network`: anything else.
   */
  readonly kind: 'tls-refused' | 'tls-not-spoken' | 'tls-not-trusted' | 'not-http' | 'network';
  /** A code, and the words of OpenSSL where there are any. `''` = the error has no code. */
  readonly detail: string;
}

/** Node's codes for OpenSSL errors and X.509 verification results ("X509 certificate error codes" in its documentation of tls). */
const TLS_CODE = /^(?:ERR_(?:SSL|OSSL|TLS)_|EPROTO$|UNABLE_TO_|INVALID_(?:CA|PURPOSE)$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$)|CERT|CRL_/;

export function classifyConnectionError(error: unknown): ConnectionFailure {
  const code = errorCode(error);
  if (TLS_CODE.test(code)) return classifyTlsError(error as Error, code);
  return { kind: code.startsWith('HPE_') ? 'not-http' : 'network', detail: code };
}

function classifyTlsError(error: Error, code: string): ConnectionFailure {
  // Of "error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:" the words.
  const reason = /:SSL routines:\w*:([\w /]+):/.exec(error.message)?.[1];
  const detail = reason === undefined ? code : `${code}, ${reason}`;
  // An alert is the refusal of the other side. OSSL: a key or certificate of ours cannot be read.
  if (/alert/i.test(detail) || code.includes('OSSL')) return { kind: 'tls-refused', detail };
  return { kind: /^(?:ERR_SSL_|EPROTO$)/.test(code) ? 'tls-not-spoken' : 'tls-not-trusted', detail };
}

/** Name and code, without the message, which may hold what is secret. */
export function errorKind(error: unknown): string {
  const code = errorCode(error);
  const name = error instanceof Error && /^\w{1,50}$/.test(error.name) ? error.name : 'something that is no Error';
  return code === '' ? name : `${name} ${code}`;
}

/** `''` = none. Only what has the form of a code: it goes into messages. */
export function errorCode(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : '';
}
