import { ProfileDecodeError } from './decode-error.ts';

/** Bounds on what a decoder accepts, so that a small request can neither fill the memory nor keep the thread busy. */
export interface DecodeLimits {
  /** Size of the encoded input. @defaultValue 67 108 864 (64 MiB, the recommendation of OTLP 1.11) */
  readonly maxBytes?: number;
  /**
   * Number of decoded elements: one for each entry of a repeated number or string, and for each message one plus one
   * for each of its fields. An element takes about 32 bytes of memory. Names and labels count by their length, each time
   * that a profile or a set of labels is made of them. @defaultValue 16 777 216
   */
  readonly maxElements?: number;
  /**
   * How deep messages may be nested in each other, at most 1 000; an array within an attribute value takes two levels.
   * @defaultValue 100
   */
  readonly maxDepth?: number;
}

const DEFAULT_LIMITS = { maxBytes: 64 * 1024 * 1024, maxElements: 16 * 1024 * 1024, maxDepth: 100 } as const;
/** Decoders recurse: the call stack has to suffice. */
const MAX_DEPTH = 1000;

export function withDefaultLimits(limits: DecodeLimits | undefined): Required<DecodeLimits> {
  return {
    maxBytes: limits?.maxBytes ?? DEFAULT_LIMITS.maxBytes,
    maxElements: limits?.maxElements ?? DEFAULT_LIMITS.maxElements,
    maxDepth: Math.min(limits?.maxDepth ?? DEFAULT_LIMITS.maxDepth, MAX_DEPTH),
  };
}

/** A typed array beside its bytes, in elements of the budget. */
export const BYTES_COST = 8;
/** So many characters that are compared or copied cost what one element does. */
const CHARACTERS_OF_ELEMENT = 8;

/** Counts elements down to the limit. */
export class ElementBudget {
  readonly #limit: number;
  #left: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#left = limit;
  }

  /** @param texts - what is compared or copied whole, so that a long one costs each time */
  charge(elements: number, ...texts: readonly string[]): void {
    this.#left -= elements;
    for (const { length } of texts) this.#left -= Math.floor(length / CHARACTERS_OF_ELEMENT);
    if (this.#left < 0) {
      throw new ProfileDecodeError('ERR_TOO_LARGE', `more than ${this.#limit} elements (limit maxElements)`);
    }
  }
}

export function checkDepth(depth: number, limits: Required<DecodeLimits>): void {
  if (depth > limits.maxDepth) {
    throw new ProfileDecodeError('ERR_TOO_LARGE', `messages nested deeper than ${limits.maxDepth} (limit maxDepth)`);
  }
}
