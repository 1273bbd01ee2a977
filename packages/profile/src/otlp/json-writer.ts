/// <reference lib="es2024.string" />
import { runAtOnce } from '../sliced-work.ts';
import type { SlicedWork } from '../sliced-work.ts';
import { base64Of, hexOf } from './byte-text.ts';
import { ByteWriter } from './byte-writer.ts';
import type { ProfilesDataSource } from './from-profile.ts';
import { isDefaultValue } from './message-schema.ts';
import type { Field, MessageSchema, SchemaMessage } from './message-schema.ts';
import type { ProfilesData } from './messages.ts';
import { profilesDataSchema } from './profiles-schema.ts';

/** About as many characters are written from one `yield` to the next. */
const SLICE_CHARACTERS = 4096;

/**
 * The message as OTLP/JSON: lowerCamelCase names, 64-bit integers as decimal strings, ids in hex (`profileId` too, as the
 * Collector has it), other bytes in base64, fields at their default left out. JSON has no place for unknown fields.
 *
 * @experimental OTLP profiles are `v1development`.
 */
export function profilesDataToJson(data: ProfilesData): string {
  return new TextDecoder().decode(runAtOnce(encodeProfilesDataJson(data)));
}

/** The UTF-8 of {@link profilesDataToJson}. */
export function* encodeProfilesDataJson(data: ProfilesData | ProfilesDataSource): SlicedWork<Uint8Array> {
  const out = new ByteWriter();
  for (const piece of largeMessageJson(profilesDataSchema, data as unknown as SchemaMessage)) {
    out.text(piece);
    yield;
  }
  return out.finish();
}

/** In pieces, some of them empty. */
function* largeMessageJson(schema: MessageSchema, message: SchemaMessage): Generator<string, void, undefined> {
  let text = '{';
  let written = 0;
  const begin = ({ name }: Field): string => `${written++ === 0 ? '' : ','}"${name}":`;
  for (const field of schema.fields) {
    const value = message[field.name];
    if (field.repeated) {
      let entries = 0;
      for (const item of value as Iterable<unknown>) {
        if (item === undefined) {
          yield '';
          continue;
        }
        text += entries++ === 0 ? `${begin(field)}[` : ',';
        if (field.schema?.large === true) {
          yield text;
          yield* largeMessageJson(field.schema, item as SchemaMessage);
          text = '';
        } else text += valueJson(field, item);
        if (text.length > SLICE_CHARACTERS) {
          yield text;
          text = '';
        }
      }
      if (entries > 0) text += ']';
    } else if (field.kind === 'message' ? value !== undefined : !isDefaultValue(value)) {
      text += begin(field);
      if (field.schema?.large === true) {
        yield text;
        yield* largeMessageJson(field.schema, value as SchemaMessage);
        text = '';
      } else text += valueJson(field, value);
    }
  }
  yield `${text}}`;
}

function messageJson(schema: MessageSchema, message: SchemaMessage): string {
  if (schema.oneof) {
    const field = schema.byName.get(message['case'] as string);
    return field === undefined ? '{}' : `{"${field.name}":${valueJson(field, message['value'])}}`;
  }
  let text = '{';
  for (const field of schema.fields) {
    const value = message[field.name];
    const isSet = field.repeated ? (value as readonly unknown[]).length > 0 : field.kind === 'message' ? value !== undefined : !isDefaultValue(value);
    if (isSet) text += `${text === '{' ? '' : ','}"${field.name}":${field.repeated ? listJson(field, value as readonly unknown[]) : valueJson(field, value)}`;
  }
  return `${text}}`;
}

function listJson(field: Field, values: readonly unknown[]): string {
  if (field.kind === 'int32') return `[${values.join()}]`;
  return `[${values.map((value) => valueJson(field, value)).join()}]`;
}

function valueJson(field: Field, value: unknown): string {
  switch (field.kind) {
    case 'int64':
    case 'uint64':
    case 'fixed64':
      return `"${value as bigint}"`;
    case 'bytes':
      return `"${field.hex ? hexOf(value as Uint8Array) : base64Of(value as Uint8Array)}"`;
    case 'string':
      return JSON.stringify((value as string).toWellFormed());
    case 'double':
      return Number.isFinite(value) ? JSON.stringify(value) : `"${value as number}"`;
    case 'message':
      return messageJson(field.schema as MessageSchema, value as SchemaMessage);
    case 'bool':
    case 'int32':
    case 'uint32':
      return String(value);
    default:
      return field.kind satisfies never;
  }
}
