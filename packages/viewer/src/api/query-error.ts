/** A query that cannot be answered as it is asked. The message says what would be right. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly status: 400 | 404;

  constructor(status: 400 | 404, message: string) {
    super(message);
    this.status = status;
  }
}
