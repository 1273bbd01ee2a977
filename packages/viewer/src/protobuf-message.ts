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

interface Halves {
  readonly low: number;
  readonly high: number;
}

export function readFixed64(reader: Reader): bigint {
  const { low, high } = reader.fixed64() as unknown as Halves;
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

export function readInt64(reader: Reader): bigint {
  const { low, high } = reader.int64() as unknown as Halves;
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}
