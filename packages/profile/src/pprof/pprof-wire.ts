import { ProfileDecodeError } from '../otlp/decode-error.ts';
import type { DecodeLimits } from '../otlp/decode-limits.ts';
import { readMessage } from '../otlp/wire-reader.ts';
import { encodeMessage } from '../otlp/wire-writer.ts';
import { runAtOnce } from '../sliced-work.ts';
import type { PprofProfile } from './messages.ts';
import { pprofSchema } from './pprof-schema.ts';

/** None of these is the beginning of a pprof message. */
const COMPRESSIONS = [
  { name: 'gzip', magic: [0x1f, 0x8b] },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd] },
];

/**
 * Decodes a pprof `Profile` message of any producer. Nothing of `bytes` is kept; indices and ids are not checked.
 *
 * @throws {@link ProfileDecodeError} if the bytes are not a valid message (compressed ones are named as such), or exceed a
 * limit.
 */
export function readPprof(bytes: Uint8Array, limits?: DecodeLimits): PprofProfile {
  const compression = COMPRESSIONS.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte));
  if (compression !== undefined) {
    throw new ProfileDecodeError('ERR_INVALID_WIRE', `the bytes are compressed with ${compression.name}: decompress them first`);
  }
  return readMessage(pprofSchema, bytes, limits) as PprofProfile;
}

/** Encodes a pprof `Profile` message, fields unknown to this version included. Not compressed. */
export function writePprof(profile: PprofProfile): Uint8Array {
  return runAtOnce(encodeMessage(pprofSchema, profile));
}
