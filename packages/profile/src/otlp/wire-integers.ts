import type { Reader } from 'protobufjs/minimal.js';
import { ProfileDecodeError } from './decode-error.ts';

// Where it finds no `long` module, protobufjs reads 64-bit integers as inexact numbers.

const scratch = new DataView(new ArrayBuffer(8));

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
