/** Why a viewer could not be started. */
export type ViewerErrorCode = 'ERR_PORT_IN_USE' | 'ERR_LISTEN_FAILED' | 'ERR_INVALID_OPTION';

/** The viewer could not be started. The message begins with the code and says what to do. */
export class ViewerError extends Error {
  override readonly name = 'ViewerError';
  readonly code: ViewerErrorCode;

  constructor(code: ViewerErrorCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}
