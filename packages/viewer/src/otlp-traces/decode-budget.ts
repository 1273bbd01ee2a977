import { TraceDecodeError } from './trace-decode-error.ts';

/** Attribute values nest at most this deep. */
export const MAX_VALUE_DEPTH = 32;

/**
 * What a request may grow to while it is decoded. A span of 30 bytes on the wire takes 20 times that in memory, so the
 * limit on bodies alone bounds nothing.
 */
export class DecodeBudget {
  readonly #limit: number;
  #used = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  charge(bytes: number): void {
    this.#used += bytes;
    if (this.#used > this.#limit) {
      throw new TraceDecodeError(`the request needs more than ${this.#limit} bytes when decoded`, 'too-large');
    }
  }
}
