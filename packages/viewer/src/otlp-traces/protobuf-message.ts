import type { Reader as ProtobufReader } from 'protobufjs/minimal.js';
import protobuf from 'protobufjs/minimal.js';

export type Reader = ProtobufReader;

/** Tags as they stand on the wire: field number and wire type in one. A field of another wire type is an unknown one. */
export const varintTag = (field: number): number => field << 3;
export const fixed64Tag = (field: number): number => (field << 3) | 1;
export const lengthTag = (field: number): number => (field << 3) | 2;

/**
 * Calls `field` for each field of a message; fields for which it returns false are skipped. Each message has a reader
 * over its own bytes, so that no length inside of it can reach beyond.
 */
export function readMessage(bytes: Uint8Array, field: (tag: number, reader: Reader) => boolean): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (!field(tag, reader)) reader.skipType(tag & 7, 0, tag >>> 3);
  }
}

// protobufjs reads 64-bit integers as inexact numbers where it does not find `long` (in a bundle, for instance): they
// are put together here.

export function readFixed64(reader: Reader): bigint {
  const low = reader.fixed32();
  return (BigInt(reader.fixed32()) << 32n) | BigInt(low);
}

export function readInt64(reader: Reader): bigint {
  /** Groups of 28 bits: four bytes of a varint each. */
  const groups = [0, 0, 0];
  for (let i = 0; i < 10; i++) {
    if (reader.pos >= reader.len) throw new RangeError('the message ends within a varint');
    const byte = reader.buf[reader.pos++]!;
    groups[i >> 2]! |= (byte & 0x7f) << ((i & 3) * 7);
    if (byte < 0x80) return BigInt.asIntN(64, BigInt(groups[0]!) | (BigInt(groups[1]!) << 28n) | (BigInt(groups[2]!) << 56n));
  }
  throw new RangeError('a varint is longer than 10 bytes');
}
