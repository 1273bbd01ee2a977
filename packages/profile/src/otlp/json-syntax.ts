import { ProfileDecodeError } from './decode-error.ts';
import type { DecodeLimits } from './decode-limits.ts';

/** Digits that a number may lose when it becomes a JavaScript number. */
const LONG_NUMBER = /[:[,\s]-?\d{16}/;
const INTEGER = /^-?\d+$/;

/**
 * Parses JSON within the limits. Integers beyond JavaScript's exact range become bigints.
 *
 * @throws {@link ProfileDecodeError}
 */
export function parseJson(text: string, limits: Required<DecodeLimits>): unknown {
  if (text.length > limits.maxBytes) {
    throw new ProfileDecodeError('ERR_TOO_LARGE', `${text.length} characters, limit maxBytes is ${limits.maxBytes}`);
  }
  checkStructure(text, limits);
  try {
    return LONG_NUMBER.test(text) ? (JSON.parse(text, keepLongIntegers) as unknown) : (JSON.parse(text) as unknown);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProfileDecodeError('ERR_INVALID_JSON', reason, { cause });
  }
}

/** The source text comes as the third argument where the engine has it (V8 11.4 and later). */
function keepLongIntegers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && INTEGER.test(source) ? BigInt(source) : value;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Each message takes an object and up to two arrays, so that text can be nested three times as deep as messages. */
const LEVELS_PER_MESSAGE = 3;

/** Counts what parsing would create before it is created. */
function checkStructure(text: string, limits: Required<DecodeLimits>): void {
  let elements = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) i = endOfString(text, i);
    else if (char === COMMA) elements++;
    else if (OPENING.has(char)) {
      elements++;
      if (++depth > limits.maxDepth * LEVELS_PER_MESSAGE) {
        throw new ProfileDecodeError('ERR_TOO_LARGE', `nested too deeply at offset ${i} (limit maxDepth)`);
      }
    } else if (CLOSING.has(char)) depth--;
    if (elements > limits.maxElements) {
      throw new ProfileDecodeError('ERR_TOO_LARGE', `more than ${limits.maxElements} elements (limit maxElements)`);
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) return i;
    if (char === BACKSLASH) i++;
  }
  return text.length;
}
