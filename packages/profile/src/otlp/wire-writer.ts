/// <reference lib="es2024.string" />
import protobuf from 'protobufjs/minimal.js';
import type { Writer } from 'protobufjs/minimal.js';
import { isDefaultValue, isPackable } from './message-schema.ts';
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
  return encodeMessage(profilesDataSchema, data);
}

/** Encodes any message that has a schema. */
export function encodeMessage(schema: MessageSchema, message: OtlpMessage): Uint8Array {
  const writer = protobuf.Writer.create();
  writeMessage(writer, schema, message as unknown as SchemaMessage);
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
      else if (field.kind === 'message' ? value !== undefined : !isDefaultValue(value)) {
        writer.uint32(field.tag);
        writeValue(writer, field, value);
      }
    }
  }
  for (const raw of (message as OtlpMessage).unknownFields ?? []) writer.raw(raw);
}

function writeList(writer: Writer, field: Field, values: readonly unknown[]): void {
  if (values.length === 0) return;
  if (field.kind === 'int32') {
    writer.uint32(field.tag).int32s(values as number[]);
  } else if (isPackable(field.kind)) {
    writer.uint32(field.tag).fork();
    for (const value of values) writeValue(writer, field, value);
    writer.ldelim();
  } else {
    for (const value of values) {
      writer.uint32(field.tag);
      writeValue(writer, field, value);
    }
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
