import { TraceDecodeError } from './trace-decode-error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** In proto3 JSON null stands for the default value, as an absent field does. */
export function objectField(value: unknown, path: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw malformed(path, 'an object');
  return value as JsonObject;
}

export function arrayField(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw malformed(path, 'an array');
  return value as readonly unknown[];
}

export function stringField(value: unknown, path: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw malformed(path, 'a string');
  return value;
}

export function integerField(value: unknown, path: string): number {
  if (value === undefined || value === null) return 0;
  if (!Number.isInteger(value)) throw malformed(path, 'an integer');
  return value as number;
}

const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** OTLP writes 64-bit integers as decimal strings; numbers are read too. */
export function uint64Field(value: unknown, path: string): bigint {
  return wideInteger(value, path, 0n, MAX_UINT64);
}

export function int64Field(value: unknown, path: string): bigint {
  return wideInteger(value, path, MIN_INT64, MAX_INT64);
}

function wideInteger(value: unknown, path: string, min: bigint, max: bigint): bigint {
  if (value === undefined || value === null) return 0n;
  const exact = typeof value === 'string' ? /^-?\d{1,20}$/.test(value) : Number.isInteger(value);
  const integer = exact ? BigInt(value as string | number) : undefined;
  if (integer === undefined || integer < min || integer > max) throw malformed(path, `an integer from ${min} to ${max}`);
  return integer;
}

export function malformed(path: string, expected: string): TraceDecodeError {
  return new TraceDecodeError(`${path} is not ${expected}`);
}
