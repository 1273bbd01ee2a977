import type { ExportResult } from '@flamespan/profile';

/**
 * Why an export failed.
 *
 * - `ERR_INVALID_CONFIGURATION`: an option cannot be used; nothing is ever written.
 * - `ERR_SHUT_DOWN`: `export()` after `shutdown()`.
 * - `ERR_ENCODING_FAILED`: the profile could not be encoded.
 * - `ERR_NO_SPACE`: the disk or the quota is full.
 * - `ERR_NOT_WRITABLE`: the process may not write into the directory, or the file system is read-only.
 * - `ERR_INVALID_DIRECTORY`: the path is not that of a directory and cannot become one.
 * - `ERR_WRITE_FAILED`: writing failed for another reason.
 */
export type FileProfileExporterErrorCode =
  | 'ERR_INVALID_CONFIGURATION'
  | 'ERR_SHUT_DOWN'
  | 'ERR_ENCODING_FAILED'
  | 'ERR_NO_SPACE'
  | 'ERR_NOT_WRITABLE'
  | 'ERR_INVALID_DIRECTORY'
  | 'ERR_WRITE_FAILED';

/** The `error` of a failed export. Its message starts with its code and says what to do; the system's error is its `cause`. */
export class FileProfileExporterError extends Error {
  override readonly name: string = 'FileProfileExporterError';
  readonly code: FileProfileExporterErrorCode;

  constructor(code: FileProfileExporterErrorCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

export function failed(code: FileProfileExporterErrorCode, message: string, details: ErrorOptions & { readonly retryable?: boolean } = {}): ExportResult {
  const { retryable = false, ...options } = details;
  return { code: 1, error: new FileProfileExporterError(code, message, options), retryable };
}
