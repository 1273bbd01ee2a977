/** Ends the command with a message for the person who gave it; no stack trace is shown. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** 1: it could not be done. 2: it was not understood. */
  readonly exitCode: 1 | 2;

  constructor(exitCode: 1 | 2, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
