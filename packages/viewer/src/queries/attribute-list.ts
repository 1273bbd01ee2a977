import type { Attributes, AttributeValue } from '@flamespan/profile';
import type { Attribute } from '../api/answers.ts';

/** Attributes as text, in the order in which they came. Lists and maps are written as JSON, bytes in base64. */
export function attributeList(attributes: Attributes): Attribute[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: typeof value === 'string' ? value : JSON.stringify(plain(value)) ?? '' }));
}

function plain(value: AttributeValue): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return isList(value) ? value.map(plain) : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}
