/** Stable names of what may be wrong with input. */
export type ProfileDecodeErrorCode =
  /** The input, or a message in it, ends in the middle of a field. */
  | 'ERR_TRUNCATED'
  /** One of the {@link DecodeLimits} is exceeded. */
  | 'ERR_TOO_LARGE'
  /** The bytes are not protobuf. */
  | 'ERR_INVALID_WIRE'
  /** A string is not UTF-8. */
  | 'ERR_INVALID_UTF8'
  /** The text is not OTLP/JSON. */
  | 'ERR_INVALID_JSON'
  /** A trace, span or profile id has the wrong length or is not hex. */
  | 'ERR_INVALID_ID'
  /** An index or id leads to nothing. */
  | 'ERR_INVALID_INDEX'
  /** A sample's values and timestamps do not belong together. */
  | 'ERR_INVALID_SAMPLE';

/** The input is not a valid profile. The message begins with the code and says where the fault is. */
export class ProfileDecodeError extends Error {
  override readonly name: string = 'ProfileDecodeError';
  readonly code: ProfileDecodeErrorCode;

  constructor(code: ProfileDecodeErrorCode, detail: string, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.code = code;
  }
}
