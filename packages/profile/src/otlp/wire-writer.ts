import { runAtOnce } from '../sliced-work.ts';
import type { SlicedWork } from '../sliced-work.ts';
import { ByteWriter } from './byte-writer.ts';
import { isDefaultValue, isPackable, WIRE_VARINT, wireType } from './message-schema.ts';
import type { Field, MessageSchema, SchemaMessage } from './message-schema.ts';
import type { OtlpMessage, ProfilesData } from './messages.ts';
import { profilesDataSchema } from './profiles-schema.ts';

/** About as many bytes are written from one `yield` to the next. */
const SLICE_BYTES = 1024;

/**
 * The protobuf encoding of the message. Lone surrogates in strings become U+FFFD, since protobuf strings are UTF-8.
 *
 * @experimental OTLP profiles are `v1development`.
 */
export function writeProfilesData(data: ProfilesData): Uint8Array {
  return runAtOnce(encodeMessage(profilesDataSchema, data));
}

/**
 * Encodes any message that has a schema. In its large messages lists may be iterables that make their entries as they are
 * asked for, in the order of the wire, and undefined is no entry but a place to interrupt the work. 64-bit integers may be
 * numbers where these are exact.
 */
export function* encodeMessage(schema: MessageSchema, message: object): SlicedWork<Uint8Array> {
  const out = new ByteWriter();
  yield* writeLargeMessage(out, schema, message as SchemaMessage);
  return out.finish();
}

function* writeLargeMessage(out: ByteWriter, schema: MessageSchema, message: SchemaMessage): SlicedWork<void> {
  let nextSlice = out.length + SLICE_BYTES;
  for (const field of schema.fields) {
    const value = message[field.name];
    if (field.schema?.large === true) {
      for (const item of field.repeated ? (value as Iterable<SchemaMessage | undefined>) : [value as SchemaMessage | undefined]) {
        if (item === undefined) continue;
        out.varint(field.tag);
        const start = out.begin();
        yield* writeLargeMessage(out, field.schema, item);
        out.end(start);
      }
    } else if (field.repeated && !isPackable(field.kind)) {
      for (const item of value as Iterable<unknown>) {
        if (item !== undefined) {
          out.varint(field.tag);
          writeValue(out, field, item);
        }
        if (item === undefined || out.length > nextSlice) {
          nextSlice = out.length + SLICE_BYTES;
          yield;
        }
      }
    } else writeField(out, field, value);
  }
  writeUnknownFields(out, message);
}

function writeMessage(out: ByteWriter, schema: MessageSchema, message: SchemaMessage): void {
  if (schema.oneof) {
    const field = schema.byName.get(message['case'] as string);
    if (field !== undefined) {
      out.varint(field.tag);
      writeValue(out, field, message['value']);
    }
  } else {
    for (const field of schema.fields) writeField(out, field, message[field.name]);
  }
  writeUnknownFields(out, message);
}

function writeUnknownFields(out: ByteWriter, message: SchemaMessage): void {
  const { unknownFields } = message as OtlpMessage;
  if (unknownFields !== undefined) for (const raw of unknownFields) out.raw(raw);
}

function writeField(out: ByteWriter, field: Field, value: unknown): void {
  if (field.repeated) writeList(out, field, value as readonly unknown[]);
  else if (field.kind === 'message' ? value !== undefined : !isDefaultValue(value)) {
    out.varint(field.tag);
    writeValue(out, field, value);
  }
}

function writeList(out: ByteWriter, field: Field, values: readonly unknown[]): void {
  if (values.length === 0) return;
  if (field.kind !== 'bool' && wireType(field.kind) === WIRE_VARINT) {
    out.varint(field.tag);
    out.packedVarints(values as readonly (bigint | number)[]);
  } else if (isPackable(field.kind)) {
    out.varint(field.tag);
    const start = out.begin();
    for (const value of values) writeValue(out, field, value);
    out.end(start);
  } else {
    for (const value of values) {
      out.varint(field.tag);
      writeValue(out, field, value);
    }
  }
}

function writeValue(out: ByteWriter, field: Field, value: unknown): void {
  switch (field.kind) {
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'uint64':
      out.varint(value as bigint | number);
      return;
    case 'fixed64':
      out.fixed64(value as bigint);
      return;
    case 'bool':
      out.varint(value === true ? 1 : 0);
      return;
    case 'double':
      out.double(value as number);
      return;
    case 'string':
      out.string(value as string);
      return;
    case 'bytes':
      out.bytes(value as Uint8Array);
      return;
    case 'message': {
      const start = out.begin();
      writeMessage(out, field.schema as MessageSchema, value as SchemaMessage);
      out.end(start);
    }
  }
}
