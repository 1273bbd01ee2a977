/// <reference lib="es2024.string" />
import { base64Of, hexOf } from './byte-text.ts';
import { isDefaultValue } from './message-schema.ts';
import type { Field, MessageSchema, SchemaMessage } from './message-schema.ts';
import type { ProfilesData } from './messages.ts';
import { profilesDataSchema } from './profiles-schema.ts';

/**
 * The message as OTLP/JSON: lowerCamelCase names, 64-bit integers as decimal strings, ids in hex (`profileId` too, as the
 * Collector has it), other bytes in base64, fields at their default left out. JSON has no place for unknown fields.
 *
 * @experimental OTLP profiles are `v1development`.
 */
export function profilesDataToJson(data: ProfilesData): string {
  return JSON.stringify(messageJson(profilesDataSchema, data as unknown as SchemaMessage));
}

function messageJson(schema: MessageSchema, message: SchemaMessage): SchemaMessage {
  if (schema.oneof) {
    const field = schema.byName.get(message['case'] as string);
    return field === undefined ? {} : { [field.name]: valueJson(field, message['value']) };
  }
  const json: SchemaMessage = {};
  for (const field of schema.fields) {
    const value = message[field.name];
    if (field.repeated) {
      const list = value as readonly unknown[];
      if (list.length > 0) json[field.name] = list.map((item) => valueJson(field, item));
    } else if (field.kind === 'message' ? value !== undefined : !isDefaultValue(value)) {
      json[field.name] = valueJson(field, value);
    }
  }
  return json;
}

function valueJson(field: Field, value: unknown): unknown {
  switch (field.kind) {
    case 'int64':
    case 'uint64':
    case 'fixed64':
      return String(value);
    case 'bytes':
      return field.hex ? hexOf(value as Uint8Array) : base64Of(value as Uint8Array);
    case 'string':
      return (value as string).toWellFormed();
    case 'double':
      return Number.isFinite(value) ? value : String(value);
    case 'message':
      return messageJson(field.schema as MessageSchema, value as SchemaMessage);
    case 'bool':
    case 'int32':
    case 'uint32':
      return value;
    default:
      return field.kind satisfies never;
  }
}
