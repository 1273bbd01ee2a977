import type { Attributes, AttributeValue } from '@flamespan/profile';
import { createAttributes, exactInteger } from './attribute-values.ts';
import type { DecodeBudget } from './decode-budget.ts';
import { MAX_VALUE_DEPTH } from './decode-budget.ts';
import { arrayField, int64Field, malformed, objectField, stringField } from './json-message.ts';
import { ATTRIBUTE_BYTES } from '../store/memory-size.ts';
import { TraceDecodeError } from './trace-decode-error.ts';

/** OTLP/JSON's list of `KeyValue`. Of a key that comes twice the last value stays. */
export function attributesFromJson(value: unknown, path: string, budget: DecodeBudget, depth = 0): Attributes {
  const attributes = createAttributes();
  for (const item of arrayField(value, path)) {
    const keyValue = objectField(item, path);
    const key = stringField(keyValue['key'], `${path}.key`);
    budget.charge(ATTRIBUTE_BYTES + key.length * 2);
    attributes[key] = anyValue(keyValue['value'], path, budget, depth);
  }
  return attributes;
}

function anyValue(json: unknown, path: string, budget: DecodeBudget, depth: number): AttributeValue {
  if (depth > MAX_VALUE_DEPTH) throw new TraceDecodeError(`an attribute is nested more than ${MAX_VALUE_DEPTH} levels deep`);
  const value = objectField(json, path);
  if (isSet(value['stringValue'])) return stringField(value['stringValue'], `${path}.stringValue`);
  if (isSet(value['boolValue'])) {
    if (typeof value['boolValue'] !== 'boolean') throw malformed(`${path}.boolValue`, 'a boolean');
    return value['boolValue'];
  }
  if (isSet(value['intValue'])) return exactInteger(int64Field(value['intValue'], `${path}.intValue`));
  if (isSet(value['doubleValue'])) return double(value['doubleValue'], `${path}.doubleValue`);
  if (isSet(value['arrayValue'])) {
    return arrayField(objectField(value['arrayValue'], path)['values'], `${path}.arrayValue`).map((item) => {
      budget.charge(16);
      return anyValue(item, path, budget, depth + 1);
    });
  }
  if (isSet(value['kvlistValue'])) {
    return attributesFromJson(objectField(value['kvlistValue'], path)['values'], `${path}.kvlistValue`, budget, depth + 1);
  }
  if (isSet(value['bytesValue'])) return Uint8Array.from(Buffer.from(stringField(value['bytesValue'], `${path}.bytesValue`), 'base64'));
  return undefined;
}

/** proto3 JSON writes what JSON has no number for as a string. */
function double(value: unknown, path: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
  throw malformed(path, 'a number');
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
