import type { Reader, Writer } from 'protobufjs/minimal.js';
import { ProfileDecodeError } from './decode-error.ts';

// protobufjs writes a bigint as 0 without a word and, where it finds no `long` module, reads 64-bit integers as inexact
// numbers. Both directions therefore go through 32-bit halves here.

const scratch = new DataView(new ArrayBuffer(8));
const halves = { low: 0, high: 0 };
type Writer64 = Parameters<Writer['uint64']>[0];

function split(value: bigint): Writer64 {
  scratch.setBigInt64(0, value);
  halves.high = scratch.getInt32(0);
  halves.low = scratch.getInt32(4);
  // The writer takes the halves at once and keeps nothing.
  return halves as Writer64;
}

export function writeVarint64(writer: Writer, value: bigint): void {
  writer.uint64(split(value));
}

export function writeFixed64(writer: Writer, value: bigint): void {
  writer.fixed64(split(value));
}

export function readFixed64(reader: Reader): bigint {
  const low = reader.fixed32();
  const high = reader.fixed32();
  scratch.setUint32(0, high);
  scratch.setUint32(4, low);
  return scratch.getBigUint64(0);
}

export function readInt64(reader: Reader): bigint {
  readVarint(reader);
  return scratch.getBigInt64(0);
}

export function readUint64(reader: Reader): bigint {
  readVarint(reader);
  return scratch.getBigUint64(0);
}

function readVarint(reader: Reader): void {
  let low = 0;
  let high = 0;
  let shift = 0;
  for (;;) {
    if (shift === 70) throw new ProfileDecodeError('ERR_INVALID_WIRE', 'a varint longer than 10 bytes');
    if (reader.pos >= reader.len) throw new RangeError(`index out of range: ${reader.pos} + 1 > ${reader.len}`);
    const byte = reader.buf[reader.pos++] as number;
    const bits = byte & 0x7f;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high = bits >> 4;
    } else high |= bits << (shift - 32);
    if (byte < 0x80) break;
    shift += 7;
  }
  scratch.setInt32(0, high);
  scratch.setInt32(4, low);
}
