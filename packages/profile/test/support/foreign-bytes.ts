import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { ScalarType } from '@bufbuild/protobuf';
import { descriptorOf } from './otlp-descriptors.ts';

/** One field as it stands in the bytes: its number, wire type and payload, for delimited ones without the length. */
interface WireRecord {
  readonly number: number;
  readonly wireType: WireType;
  readonly payload: Uint8Array;
}

/** A number in [0, below). */
export type Choose = (below: number) => number;

/**
 * The same message as other encoders might have written it: fields in another order, packed lists in parts or one by
 * one, embedded messages in two parts, scalars overwritten by a later occurrence, varints longer than needed, and fields
 * nobody knows.
 */
export function asForeignBytes(bytes: Uint8Array, choose: Choose, descriptor: DescMessage = descriptorOf('ProfilesData')): Uint8Array {
  return rewrite(descriptor, bytes, choose);
}

function rewrite(descriptor: DescMessage, bytes: Uint8Array, choose: Choose): Uint8Array {
  const records = recordsOf(bytes).flatMap((record) => {
    const field = descriptor.fields.find(({ number }) => number === record.number);
    return field === undefined ? [record] : variants(field, record, choose);
  });
  // In a oneof the last member counts, whichever it is.
  const ordered = descriptor.oneofs.length > 0 ? records : reordered(records, choose);
  if (choose(3) === 0) ordered.splice(choose(ordered.length + 1), 0, unknownRecord(choose));
  return bytesOf(ordered, choose);
}

function variants(field: DescField, record: WireRecord, choose: Choose): WireRecord[] {
  const { number, payload } = record;
  if (field.message !== undefined) {
    const rewritten = { ...record, payload: rewrite(field.message, payload, choose) };
    if (field.fieldKind === 'list' || choose(2) === 0) return [rewritten];
    const parts = recordsOf(rewritten.payload);
    const cut = choose(parts.length + 1);
    return [parts.slice(0, cut), parts.slice(cut)].map((part) => ({ ...record, payload: bytesOf(part, () => 1) }));
  }
  if (field.fieldKind !== 'list') {
    const overwritten = { ...record, payload: otherPayload(record.wireType) };
    return choose(3) === 0 ? [overwritten, record] : [record];
  }
  if (record.wireType !== WireType.LengthDelimited || field.listKind !== 'scalar' || field.scalar === ScalarType.STRING) {
    return [record];
  }
  const itemType = field.scalar === ScalarType.FIXED64 ? WireType.Bit64 : WireType.Varint;
  const items = itemsOf(payload, itemType);
  if (choose(3) === 0) return items.map((item) => ({ number, wireType: itemType, payload: item }));
  const cut = choose(items.length + 1);
  return [items.slice(0, cut), items.slice(cut)].map((part) => ({ ...record, payload: concat(part) }));
}

function otherPayload(wireType: WireType): Uint8Array {
  if (wireType === WireType.Varint) return Uint8Array.of(99);
  return wireType === WireType.Bit64 ? Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) : Uint8Array.of(0x78);
}

/** Another order of the fields, in which records of the same field keep theirs. */
function reordered(records: readonly WireRecord[], choose: Choose): WireRecord[] {
  const byField = new Map<number, WireRecord[]>();
  for (const record of records) byField.set(record.number, [...(byField.get(record.number) ?? []), record]);
  const queues = [...byField.values()];
  const result: WireRecord[] = [];
  while (queues.length > 0) {
    const at = choose(queues.length);
    const queue = queues[at] as WireRecord[];
    result.push(queue.shift() as WireRecord);
    if (queue.length === 0) queues.splice(at, 1);
  }
  return result;
}

function unknownRecord(choose: Choose): WireRecord {
  const number = 1000 + choose(3);
  const candidates: WireRecord[] = [
    { number, wireType: WireType.Varint, payload: Uint8Array.of(0x96, 0x01) },
    { number, wireType: WireType.Bit64, payload: Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1) },
    { number, wireType: WireType.Bit32, payload: Uint8Array.of(4, 3, 2, 1) },
    { number, wireType: WireType.LengthDelimited, payload: Uint8Array.of(0xff, 0x00) },
  ];
  return candidates[choose(candidates.length)] as WireRecord;
}

function recordsOf(bytes: Uint8Array): WireRecord[] {
  const reader = new BinaryReader(bytes);
  const records: WireRecord[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited) records.push({ number, wireType, payload: reader.bytes().slice() });
    else {
      const start = reader.pos;
      reader.skip(wireType);
      records.push({ number, wireType, payload: bytes.slice(start, reader.pos) });
    }
  }
  return records;
}

function itemsOf(packed: Uint8Array, wireType: WireType): Uint8Array[] {
  const reader = new BinaryReader(packed);
  const items: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    reader.skip(wireType);
    items.push(packed.slice(start, reader.pos));
  }
  return items;
}

function bytesOf(records: readonly WireRecord[], choose: Choose): Uint8Array {
  const writer = new BinaryWriter();
  for (const { number, wireType, payload } of records) {
    writer.tag(number, wireType);
    if (wireType === WireType.LengthDelimited) writer.bytes(payload);
    else if (wireType === WireType.Varint && payload.length < 9 && choose(8) === 0) writer.raw(lengthened(payload));
    else writer.raw(payload);
  }
  return writer.finish();
}

/** The same varint with one more byte. */
function lengthened(varint: Uint8Array): Uint8Array {
  const last = varint.length - 1;
  return Uint8Array.of(...varint.subarray(0, last), (varint[last] as number) | 0x80, 0);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
