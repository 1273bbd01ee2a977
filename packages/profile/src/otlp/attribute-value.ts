/// <reference lib="es2024.string" />
import type { Attributes, AttributeValue } from '../attributes.ts';
import { EMPTY_LIST } from './message-schema.ts';
import type { OtlpAnyValue, OtlpKeyValue } from './messages.ts';

const INT64_LIMIT = 2n ** 63n;
/** Deeper values, and values that contain themselves, are left empty. Decoders refuse messages nested much deeper. */
const MAX_DEPTH = 32;
const EMPTY: OtlpAnyValue = { case: undefined };

/** Attributes with their keys and values inline: a reference would hide `service.name` from Collector processors. */
export function keyValuesOf(attributes: Attributes): readonly OtlpKeyValue[] {
  return keyValuesWithin(attributes, []);
}

function keyValuesWithin(attributes: Attributes, ancestors: readonly object[]): readonly OtlpKeyValue[] {
  // Keys are unique in OTLP, so of those that differ only in lone surrogates the last one counts.
  const byKey = new Map(Object.entries(attributes).map(([key, value]) => [key.toWellFormed(), value]));
  if (byKey.size === 0) return EMPTY_LIST;
  return Array.from(byKey, ([key, value]) => ({ key, value: anyValueWithin(value, ancestors), keyStrindex: 0 }));
}

/**
 * The value as OpenTelemetry JS encodes it: an integral number is an int, any other a double. Integers beyond 64 bits
 * become doubles (numbers) or decimal strings (bigints).
 */
export function anyValueOf(value: AttributeValue): OtlpAnyValue {
  return anyValueWithin(value, []);
}

function anyValueWithin(value: AttributeValue, ancestors: readonly object[]): OtlpAnyValue {
  switch (typeof value) {
    case 'string':
      return { case: 'stringValue', value };
    case 'boolean':
      return { case: 'boolValue', value };
    case 'number':
      if (Number.isInteger(value) && isInt64(BigInt(value))) return { case: 'intValue', value: BigInt(value) };
      return { case: 'doubleValue', value };
    case 'bigint':
      return isInt64(value) ? { case: 'intValue', value } : { case: 'stringValue', value: String(value) };
    case 'object':
      return value === null ? EMPTY : objectValue(value, ancestors);
    // Typed callers have neither functions nor symbols; in attributes of a host application they may occur.
    case 'undefined':
    case 'function':
    case 'symbol':
    default:
      return EMPTY;
  }
}

function objectValue(value: object, ancestors: readonly object[]): OtlpAnyValue {
  if (value instanceof Uint8Array) return { case: 'bytesValue', value };
  if (ancestors.length === MAX_DEPTH || ancestors.includes(value)) return EMPTY;
  const inner = [...ancestors, value];
  if (Array.isArray(value)) {
    const values = (value as readonly AttributeValue[]).map((item) => anyValueWithin(item, inner));
    return { case: 'arrayValue', value: { values } };
  }
  return { case: 'kvlistValue', value: { values: keyValuesWithin(value as Attributes, inner) } };
}

function isInt64(value: bigint): boolean {
  return value >= -INT64_LIMIT && value < INT64_LIMIT;
}

/** Looks up what attributes refer to in the string table. */
export type StringLookup = (index: number) => string;

/** The inverse of {@link keyValuesOf}, with references resolved. Of equal keys the last one counts. */
export function attributesOf(keyValues: readonly OtlpKeyValue[], stringAt: StringLookup): Attributes {
  return Object.fromEntries(
    keyValues.map(({ key, keyStrindex, value }) => [
      key === '' ? stringAt(keyStrindex) : key, attributeValueOf(value, stringAt),
    ]),
  );
}

/** The inverse of {@link anyValueOf}. An int beyond JavaScript's exact integers is a bigint, an empty value null. */
export function attributeValueOf(any: OtlpAnyValue | undefined, stringAt: StringLookup): AttributeValue {
  if (any === undefined) return null;
  switch (any.case) {
    case undefined:
      return null;
    case 'stringValueStrindex':
      return stringAt(any.value);
    case 'intValue': {
      const number = Number(any.value);
      return Number.isSafeInteger(number) ? number : any.value;
    }
    case 'arrayValue':
      return any.value.values.map((item) => attributeValueOf(item, stringAt));
    case 'kvlistValue':
      return attributesOf(any.value.values, stringAt);
    case 'stringValue':
    case 'boolValue':
    case 'doubleValue':
    case 'bytesValue':
      return any.value;
    default:
      return any satisfies never;
  }
}
