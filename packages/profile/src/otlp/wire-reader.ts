import protobuf from 'protobufjs/minimal.js';
import type { Reader } from 'protobufjs/minimal.js';
import { ProfileDecodeError } from './decode-error.ts';
import { BYTES_COST, checkDepth, ElementBudget, withDefaultLimits } from './decode-limits.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { EMPTY_LIST, isPackable, WIRE_DELIMITED, WIRE_VARINT, wireType } from './message-schema.ts';
import type { Field, MessageSchema, SchemaMessage } from './message-schema.ts';
import type { OtlpMessage, ProfilesData } from './messages.ts';
import { profilesDataSchema } from './profiles-schema.ts';
import { readFixed64, readInt64, readUint64 } from './wire-integers.ts';

/**
 * Decodes a protobuf `ProfilesData` or `ExportProfilesServiceRequest`. Nothing of `bytes` is kept. Indices are not
 * checked.
 *
 * @throws {@link ProfileDecodeError} if the bytes are not a valid message, or exceed a limit.
 * @experimental OTLP profiles are `v1development`.
 */
export function readProfilesData(bytes: Uint8Array, limits?: DecodeLimits): ProfilesData {
  return readMessage(profilesDataSchema, bytes, limits) as ProfilesData;
}

/** Decodes any message that has a schema. */
export function readMessage(schema: MessageSchema, bytes: Uint8Array, limits?: DecodeLimits): OtlpMessage {
  return new WireReader(bytes, withDefaultLimits(limits)).read(schema);
}

class WireReader {
  readonly #reader: Reader;
  readonly #limits: Required<DecodeLimits>;
  readonly #budget: ElementBudget;
  /** What is being read, for the error message. */
  #where = '';
  #offset = 0;

  constructor(bytes: Uint8Array, limits: Required<DecodeLimits>) {
    if (bytes.length > limits.maxBytes) {
      throw new ProfileDecodeError('ERR_TOO_LARGE', `${bytes.length} bytes, limit maxBytes is ${limits.maxBytes}`);
    }
    this.#reader = protobuf.Reader.create(bytes);
    this.#limits = limits;
    this.#budget = new ElementBudget(limits.maxElements);
  }

  read(schema: MessageSchema): SchemaMessage {
    const message = schema.create();
    try {
      this.#readFields(schema, message, 0);
    } catch (cause) {
      throw this.#locate(cause);
    }
    return message;
  }

  /**
   * Merges the fields up to the reader's end into `message`. The end is that of this very message, so that no read
   * can go beyond it: a field that does is out of range for the reader.
   */
  #readFields(schema: MessageSchema, message: SchemaMessage, depth: number): void {
    checkDepth(depth, this.#limits);
    const reader = this.#reader;
    let unknown: [start: number, end: number][] | undefined;
    while (reader.pos < reader.len) {
      const start = reader.pos;
      this.#offset = start;
      this.#where = schema.name;
      const tag = reader.tag();
      const field = schema.byNumber[tag >>> 3];
      if (field !== undefined) this.#where = `${schema.name}.${field.name}`;
      if (field !== undefined && this.#readField(schema, field, message, tag & 7, depth)) continue;
      this.#skip(tag);
      const last = unknown?.at(-1);
      if (last?.[1] === start) last[1] = reader.pos;
      else (unknown ??= []).push([start, reader.pos]);
    }
    if (unknown !== undefined) this.#keepUnknown(message, unknown);
  }

  /** False if the wire type is not one the field can have: such a field is unknown. */
  #readField(schema: MessageSchema, field: Field, message: SchemaMessage, wire: number, depth: number): boolean {
    const packed = field.repeated && wire === WIRE_DELIMITED && isPackable(field.kind);
    if (!packed && wire !== wireType(field.kind)) return false;
    if (packed) this.#readPacked(field, listOf(message, field));
    else if (field.repeated) {
      const list = listOf(message, field);
      if (field.kind !== 'message') this.#budget.charge(1);
      list.push(this.#readValue(field, undefined, depth));
    } else if (schema.oneof) {
      const before = message['case'] === field.name ? message['value'] : undefined;
      message['value'] = this.#readValue(field, before, depth);
      message['case'] = field.name;
    } else message[field.name] = this.#readValue(field, message[field.name], depth);
    return true;
  }

  #readPacked(field: Field, list: unknown[]): void {
    const reader = this.#reader;
    const outerEnd = this.#enter();
    while (reader.pos < reader.len) {
      this.#budget.charge(1);
      list.push(this.#readValue(field, undefined, 0));
    }
    reader.len = outerEnd;
  }

  /** `before` is what the field held: an embedded message that comes in several parts is merged. */
  #readValue(field: Field, before: unknown, depth: number): unknown {
    const reader = this.#reader;
    switch (field.kind) {
      case 'int32':
        return reader.int32();
      case 'uint32':
        return reader.uint32();
      case 'int64':
        return readInt64(reader);
      case 'uint64':
        return readUint64(reader);
      case 'fixed64':
        return readFixed64(reader);
      case 'bool':
        return reader.bool();
      case 'double':
        return reader.double();
      case 'string':
        return this.#readString();
      case 'bytes':
        this.#budget.charge(BYTES_COST);
        return new Uint8Array(reader.bytes());
      case 'message':
        return this.#readEmbedded(field.schema as MessageSchema, before as SchemaMessage | undefined, depth);
      default:
        return field.kind satisfies never;
    }
  }

  #readEmbedded(schema: MessageSchema, before: SchemaMessage | undefined, depth: number): SchemaMessage {
    const message = before ?? schema.create();
    this.#budget.charge(schema.cost);
    const outerEnd = this.#enter();
    this.#readFields(schema, message, depth + 1);
    this.#reader.len = outerEnd;
    return message;
  }

  #readString(): string {
    try {
      return this.#reader.stringVerify();
    } catch (cause) {
      if (cause instanceof TypeError) {
        throw new ProfileDecodeError('ERR_INVALID_UTF8', `a string that is not UTF-8 ${this.#place()}`, { cause });
      }
      throw cause;
    }
  }

  /** Reads a length and makes its end the reader's end. Returns the end before. */
  #enter(): number {
    const reader = this.#reader;
    const length = reader.size();
    const outerEnd = reader.len;
    const end = reader.pos + length;
    if (end > outerEnd) throw new RangeError(`index out of range: ${reader.pos} + ${length} > ${outerEnd}`);
    reader.len = end;
    return outerEnd;
  }

  #skip(tag: number): void {
    if (tag >>> 3 === 0) throw new ProfileDecodeError('ERR_INVALID_WIRE', `field number 0 ${this.#place()}`);
    if ((tag & 7) === WIRE_VARINT) readUint64(this.#reader);
    else this.#reader.skipType(tag & 7, 0, tag >>> 3);
  }

  #keepUnknown(message: SchemaMessage, ranges: readonly [start: number, end: number][]): void {
    this.#budget.charge(BYTES_COST);
    const raw = new Uint8Array(ranges.reduce((length, [start, end]) => length + end - start, 0));
    let position = 0;
    for (const [start, end] of ranges) {
      raw.set(this.#reader.buf.subarray(start, end), position);
      position += end - start;
    }
    const kept = message['unknownFields'] as Uint8Array[] | undefined;
    if (kept === undefined) message['unknownFields'] = [raw];
    else kept.push(raw);
  }

  #place(): string {
    return `in ${this.#where} at offset ${this.#offset}`;
  }

  #locate(cause: unknown): ProfileDecodeError {
    if (cause instanceof ProfileDecodeError) {
      if (cause.message.endsWith(this.#place())) return cause;
      return new ProfileDecodeError(cause.code, `${cause.message.slice(cause.code.length + 2)} ${this.#place()}`, { cause });
    }
    if (cause instanceof RangeError) {
      return new ProfileDecodeError('ERR_TRUNCATED', `the message ends within a field ${this.#place()}`, { cause });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new ProfileDecodeError('ERR_INVALID_WIRE', `${reason} ${this.#place()}`, { cause });
  }
}

function listOf(message: SchemaMessage, field: Field): unknown[] {
  const list = message[field.name];
  if (list !== EMPTY_LIST) return list as unknown[];
  const created: unknown[] = [];
  message[field.name] = created;
  return created;
}
