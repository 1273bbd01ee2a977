import type { OtlpMessage } from './messages.ts';

export type ScalarKind = 'int32' | 'uint32' | 'int64' | 'uint64' | 'fixed64' | 'bool' | 'double' | 'string' | 'bytes';

/** The shared value of an empty repeated field. Readers compare with it, so it must stay the only one of its kind. */
export const EMPTY_LIST: readonly never[] = Object.freeze([]);

/** A message whose field names come from its schema. */
export type SchemaMessage = Record<string, unknown>;

/** One field of a message, as the wire and the JSON mapping need it. */
export interface Field {
  readonly number: number;
  readonly name: string;
  readonly kind: ScalarKind | 'message';
  readonly repeated: boolean;
  /** Of the embedded message. */
  readonly schema: MessageSchema | undefined;
  /** Bytes that OTLP/JSON writes as hex instead of base64. */
  readonly hex: boolean;
  /** The tag as written: packed where that is possible. */
  readonly tag: number;
}

export interface MessageSchema {
  readonly name: string;
  readonly fields: readonly Field[];
  /** By field number. */
  readonly byNumber: readonly (Field | undefined)[];
  readonly byName: ReadonlyMap<string, Field>;
  /** All fields are members of one oneof, and the object is `{ case, value }`. */
  readonly oneof: boolean;
  /** Its lists may be long, so that it is written in slices, and entries that are made as they are asked for will do. */
  readonly large: boolean;
  /** What the element budget is charged for one message: roughly its size in memory, in words. */
  readonly cost: number;
  /** A message with nothing set. */
  create(): SchemaMessage;
}

/** A field whose value is a `T`; the name is added by {@link defineMessage}. */
export interface FieldDefinition<T> extends Omit<Field, 'name' | 'schema'> {
  readonly schema: (() => MessageSchema) | undefined;
  readonly valueType?: T;
}

/** One definition for each field of the message, of the field's type. */
export type FieldDefinitions<T extends OtlpMessage> = {
  readonly [K in Exclude<keyof T, 'unknownFields'>]-?: FieldDefinition<Exclude<T[K], undefined>>;
};

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_DELIMITED = 2;

/** The wire type of one value that is not packed. */
export function wireType(kind: Field['kind']): number {
  return WIRE_TYPES[kind];
}

const WIRE_TYPES: Readonly<Record<Field['kind'], number>> = {
  int32: WIRE_VARINT, uint32: WIRE_VARINT, int64: WIRE_VARINT, uint64: WIRE_VARINT, bool: WIRE_VARINT,
  fixed64: WIRE_FIXED64, double: WIRE_FIXED64,
  string: WIRE_DELIMITED, bytes: WIRE_DELIMITED, message: WIRE_DELIMITED,
};

export function isPackable(kind: Field['kind']): boolean {
  return wireType(kind) !== WIRE_DELIMITED;
}

/** Whether a scalar outside of a oneof is at its default, and so not written. */
export function isDefaultValue(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.length === 0;
  // The only double is a member of a oneof, so that -0 need not be told from 0 here.
  return value === 0 || value === 0n || value === '' || value === false;
}

interface ScalarValues {
  int32: number;
  uint32: number;
  int64: bigint;
  uint64: bigint;
  fixed64: bigint;
  bool: boolean;
  double: number;
  string: string;
  bytes: Uint8Array;
}

const SCALAR_DEFAULTS: Readonly<ScalarValues> = {
  int32: 0, uint32: 0, int64: 0n, uint64: 0n, fixed64: 0n, bool: false, double: 0, string: '', bytes: new Uint8Array(0),
};

export function scalar<K extends ScalarKind>(number: number, kind: K): FieldDefinition<ScalarValues[K]> {
  return { number, kind, repeated: false, schema: undefined, hex: false, tag: (number << 3) | wireType(kind) };
}

export function hexBytes(number: number): FieldDefinition<Uint8Array> {
  return { ...scalar(number, 'bytes'), hex: true };
}

export function list<K extends ScalarKind>(number: number, kind: K): FieldDefinition<readonly ScalarValues[K][]> {
  return { number, kind, repeated: true, schema: undefined, hex: false, tag: (number << 3) | WIRE_DELIMITED };
}

export function embedded<T extends OtlpMessage>(number: number, schema: () => MessageSchema): FieldDefinition<T> {
  return { number, kind: 'message', repeated: false, schema, hex: false, tag: (number << 3) | WIRE_DELIMITED };
}

export function embeddedList<T extends OtlpMessage>(
  number: number, schema: () => MessageSchema,
): FieldDefinition<readonly T[]> {
  return { number, kind: 'message', repeated: true, schema, hex: false, tag: (number << 3) | WIRE_DELIMITED };
}

export function defineMessage<T extends OtlpMessage>(name: string, definitions: FieldDefinitions<T>): MessageSchema {
  return build(name, Object.entries(definitions as Record<string, FieldDefinition<unknown>>), {});
}

/** As {@link defineMessage}, for a {@link MessageSchema.large} one. */
export function defineLargeMessage<T extends OtlpMessage>(name: string, definitions: FieldDefinitions<T>): MessageSchema {
  return build(name, Object.entries(definitions as Record<string, FieldDefinition<unknown>>), { large: true });
}

/** A message that is one oneof; `T` maps the names of its members to their types. */
export function defineOneof<T>(
  name: string, definitions: { readonly [K in keyof T]: FieldDefinition<T[K]> },
): MessageSchema {
  return build(name, Object.entries(definitions as Record<string, FieldDefinition<unknown>>), { oneof: true });
}

function build(
  name: string, entries: [string, FieldDefinition<unknown>][], { oneof = false, large = false }: { oneof?: boolean; large?: boolean },
): MessageSchema {
  const fields = entries
    .map(([fieldName, definition]) => createField(fieldName, definition))
    .sort((a, b) => a.number - b.number);
  const byNumber: (Field | undefined)[] = [];
  for (const field of fields) byNumber[field.number] = field;
  const template: SchemaMessage = oneof ? { case: undefined, value: undefined } : {};
  for (const field of oneof ? [] : fields) {
    if (field.repeated) template[field.name] = EMPTY_LIST;
    else if (field.kind !== 'message') template[field.name] = SCALAR_DEFAULTS[field.kind];
  }
  return {
    name,
    fields,
    byNumber,
    byName: new Map(fields.map((field) => [field.name, field])),
    oneof,
    large,
    cost: 1 + (oneof ? 2 : fields.length),
    create: () => ({ ...template }),
  };
}

function createField(name: string, definition: FieldDefinition<unknown>): Field {
  const { number, kind, repeated, hex, tag, schema } = definition;
  let embeddedSchema: MessageSchema | undefined;
  return {
    number, name, kind, repeated, hex, tag,
    // Lazy: messages refer to each other in a circle.
    get schema() {
      return (embeddedSchema ??= schema?.());
    },
  };
}
