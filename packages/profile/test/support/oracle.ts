import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { DescField, DescMessage, Message } from '@bufbuild/protobuf';
import type { ProfilesData } from '@flamespan/profile';
import { descriptorOf } from './otlp-descriptors.ts';

type Plain = Record<string, unknown>;

const root = descriptorOf('ProfilesData');

/** Decodes with `@bufbuild/protobuf`, to the shape that the package's own decoder returns. */
export function oracleRead(bytes: Uint8Array): ProfilesData {
  return oracleReadMessage(root, bytes) as ProfilesData;
}

/** Encodes with `@bufbuild/protobuf`. */
export function oracleWrite(data: ProfilesData): Uint8Array {
  return oracleWriteMessage(root, data);
}

/** As {@link oracleRead}, of any message. */
export function oracleReadMessage(descriptor: DescMessage, bytes: Uint8Array): unknown {
  return plainOf(descriptor, fromBinary(descriptor, bytes));
}

/** As {@link oracleWrite}, of any message. */
export function oracleWriteMessage(descriptor: DescMessage, message: object): Uint8Array {
  return toBinary(descriptor, messageOf(descriptor, message as Plain));
}

function plainOf(descriptor: DescMessage, message: Message): Plain {
  const unknown = (message.$unknown ?? []).map(({ no, wireType, data }) => ({ no, wireType, data: [...data] }));
  const unknownPart: Plain = unknown.length === 0 ? {} : { unknownFields: unknown };
  const values = message as unknown as Plain;
  if (descriptor.oneofs.length > 0) {
    const { case: member, value } = values['value'] as { case?: string; value?: unknown };
    const field = descriptor.fields.find(({ localName }) => localName === member);
    return { case: member, value: field && plainValue(field, value), ...unknownPart };
  }
  const plain: Plain = {};
  for (const field of descriptor.fields) {
    const value = values[field.localName];
    if (field.fieldKind === 'list') plain[field.localName] = (value as unknown[]).map((item) => plainValue(field, item));
    else if (value !== undefined) plain[field.localName] = plainValue(field, value);
  }
  return { ...plain, ...unknownPart };
}

function plainValue(field: DescField, value: unknown): unknown {
  return field.message === undefined ? value : plainOf(field.message, value as Message);
}

function messageOf(descriptor: DescMessage, plain: Plain): Message {
  const message = create(descriptor) as unknown as Plain;
  if (descriptor.oneofs.length > 0) {
    const field = descriptor.fields.find(({ localName }) => localName === plain['case']);
    if (field !== undefined) message['value'] = { case: field.localName, value: messageValue(field, plain['value']) };
    return message as unknown as Message;
  }
  for (const field of descriptor.fields) {
    const value = plain[field.localName];
    if (field.fieldKind === 'list') {
      message[field.localName] = (value as unknown[]).map((item) => messageValue(field, item));
    } else if (value !== undefined) message[field.localName] = messageValue(field, value);
  }
  return message as unknown as Message;
}

function messageValue(field: DescField, value: unknown): unknown {
  return field.message === undefined ? value : messageOf(field.message, value as Plain);
}

/** Without the unknown fields, which each decoder keeps in a form of its own. */
export function withoutUnknownFields<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutUnknownFields) as T;
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => key !== 'unknownFields').map(([key, item]) => [key, withoutUnknownFields(item)]),
  ) as T;
}
