import { ProfileDecodeError } from './decode-error.ts';
import { BYTES_COST, ElementBudget, withDefaultLimits } from './decode-limits.ts';
import type { DecodeLimits } from './decode-limits.ts';

// There is no standard for files of OTLP profiles. What is written is the convention of the one tool that has files called
// `.otlp`, Jeffrey: `OTLP`, a little-endian uint32 version, then messages each with its length as a varint in front.

const MAGIC = Uint8Array.of(0x4f, 0x54, 0x4c, 0x50);
const VERSION = 1;
const HEADER_BYTES = 8;

/**
 * An `.otlp` file with these encoded `ProfilesData` messages, for example of `encodeOtlp`.
 *
 * @experimental OTLP profiles are `v1development`, and there is no standard for files of them.
 */
export function writeOtlpFile(messages: readonly Uint8Array[]): Uint8Array {
  const lengths = messages.map(({ length }) => varint(length));
  const size = messages.reduce((sum, message, i) => sum + (lengths[i]?.length ?? 0) + message.length, HEADER_BYTES);
  const file = new Uint8Array(size);
  file.set(MAGIC);
  new DataView(file.buffer).setUint32(4, VERSION, true);
  let position = HEADER_BYTES;
  for (const [i, message] of messages.entries()) {
    const length = lengths[i] as Uint8Array;
    file.set(length, position);
    file.set(message, position + length.length);
    position += length.length + message.length;
  }
  return file;
}

/**
 * The encoded `ProfilesData` messages of a file: one written by {@link writeOtlpFile}, by the Collector's file exporter
 * (`format: proto`, each message after its length in four bytes), or a single bare message. Views of `file`.
 *
 * @throws {@link ProfileDecodeError} if the file ends within a message, has another version, or exceeds `limits.maxBytes`
 * or, each message counting as 8, `limits.maxElements`.
 * @experimental OTLP profiles are `v1development`, and there is no standard for files of them.
 */
export function readOtlpFile(file: Uint8Array, limits?: DecodeLimits): Uint8Array[] {
  const { maxBytes, maxElements } = withDefaultLimits(limits);
  if (file.length > maxBytes) throw new ProfileDecodeError('ERR_TOO_LARGE', `${file.length} bytes, limit maxBytes is ${maxBytes}`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const budget = new ElementBudget(maxElements);
  if (MAGIC.every((byte, i) => file[i] === byte)) {
    if (file.length < HEADER_BYTES) throw new ProfileDecodeError('ERR_TRUNCATED', 'the file ends within its header');
    const version = view.getUint32(4, true);
    if (version !== VERSION) throw new ProfileDecodeError('ERR_INVALID_WIRE', `version ${version} of .otlp files is not known`);
    return framesOf(file, HEADER_BYTES, budget, (position) => readVarint(file, position));
  }
  // As a protobuf tag this would have the field number 0, which does not exist: so it begins a length.
  if ((file[0] ?? 0xff) < 8) {
    return framesOf(file, 0, budget, (position) => (position + 4 > file.length ? undefined : { value: view.getUint32(position), end: position + 4 }));
  }
  return file.length === 0 ? [] : [file];
}

/** undefined: the file ends within the length. */
type ReadLength = (position: number) => { readonly value: number; readonly end: number } | undefined;

function framesOf(file: Uint8Array, start: number, budget: ElementBudget, readLength: ReadLength): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let position = start;
  while (position < file.length) {
    const length = readLength(position);
    if (length === undefined || length.end + length.value > file.length) {
      throw new ProfileDecodeError('ERR_TRUNCATED', `the file ends within message ${frames.length} at offset ${position}`);
    }
    budget.charge(BYTES_COST);
    position = length.end + length.value;
    frames.push(file.subarray(length.end, position));
  }
  return frames;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function readVarint(file: Uint8Array, start: number): ReturnType<ReadLength> {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = file[start + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  throw new ProfileDecodeError('ERR_INVALID_WIRE', `a length of more than 5 bytes at offset ${start}`);
}
