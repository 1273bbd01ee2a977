import type { RejectionReason } from '../store/store.ts';

/** A request that is refused: the HTTP status to answer, and words that say what would be right. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  readonly reason: RejectionReason;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, reason: RejectionReason, message: string, headers: Readonly<Record<string, string>> = {}, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.reason = reason;
    this.headers = headers;
  }
}
