/** `malformed` = not what OTLP says it must be; `too-large` = would take more memory than is allowed. */
export type TraceDecodeFailure = 'malformed' | 'too-large';

/** Bytes or JSON that are not an `ExportTraceServiceRequest`. */
export class TraceDecodeError extends Error {
  override readonly name = 'TraceDecodeError';
  readonly failure: TraceDecodeFailure;

  constructor(message: string, failure: TraceDecodeFailure = 'malformed', options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}
