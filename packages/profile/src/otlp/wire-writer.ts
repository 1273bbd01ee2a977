/// <reference lib="es2024.string" />
import protobuf from 'protobufjs/minimal.js';
import type { Writer } from 'protobufjs/minimal.js';
import type { Field, MessageSchema, SchemaMessage } from './message-schema.ts';
import type { OtlpMessage, ProfilesData } from './messages.ts';
import { profilesDataSchema } from './profiles-schema.ts';
import { writeFixed64, writeVarint64 } from './wire-integers.ts';

/**
 * The protobuf encoding of the message. Lone surrogates in strings become U+FFFD, since protobuf strings are UTF-8.
 *
 * @experimental OTLP profiles are `v1development`.
 */
export function writeProfilesData(data: ProfilesData): Uint8Array {
  const writer = protobuf.Writer.create();
  writeMessage(writer, profilesDataSchema, data as unknown as SchemaMessage);
  const bytes = writer.finish();
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function writeMessage(writer: Writer, schema: MessageSchema, message: SchemaMessage): void {
  if (schema.oneof) {
    const field = schema.byName.get(message['case'] as string);
    if (field !== undefined) {
      writer.uint32(field.tag);
      writeValue(writer, field, message['value']);
    }
  } else {
    for (const field of schema.fields) {
      const value = message[field.name];
      if (field.repeated) writeList(writer, field, value as readonly unknown[]);
      else if (field.kind === 'message' ? value !== undefined : !isDefault(value)) {
        writer.uint32(field.tag);
        writeValue(writer, field, value);
      }
    }
  }
  for (const raw of (message as OtlpMessage).unknownFields ?? []) writer.raw(raw);
}

function isDefault(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.length === 0;
  // The only double is a member of a oneof, so that -0 need not be told from 0 here.
  return value === 0 || value === 0n || value === '' || value === false;
}

function writeList(writer: Writer, field: Field, values: readonly unknown[]): void {
  if (values.length === 0) return;
  switch (field.kind) {
    case 'string':
    case 'bytes':
    case 'message':
      for (const value of values) {
        writer.uint32(field.tag);
        writeValue(writer, field, value);
      }
      return;
    case 'int32':
      writer.uint32(field.tag).int32s(values as number[]);
      return;
    default:
      writer.uint32(field.tag).fork();
      for (const value of values) writeValue(writer, field, value);
      writer.ldelim();
  }
}

function writeValue(writer: Writer, field: Field, value: unknown): void {
  switch (field.kind) {
    case 'int32':
      writer.int32(value as number);
      return;
    case 'uint32':
      writer.uint32(value as number);
      return;
    case 'int64':
    case 'uint64':
      writeVarint64(writer, value as bigint);
      return;
    case 'fixed64':
      writeFixed64(writer, value as bigint);
      return;
    case 'bool':
      writer.bool(value as boolean);
      return;
    case 'double':
      writer.double(value as number);
      return;
    case 'string':
      writer.string((value as string).toWellFormed());
      return;
    case 'bytes':
      writer.bytes(value as Uint8Array);
      return;
    case 'message':
      writer.fork();
      writeMessage(writer, field.schema as MessageSchema, value as SchemaMessage);
      writer.ldelim();
  }
}
