import type { Attributes, AttributeValue, Profile, Resource } from '@flamespan/profile';
import type { Span } from './span.ts';

// Measured on Node 24 (x64) with spans of 0 to 30 attributes and 0 to 2 events: the estimate is 1.1 to 1.4 times what
// they take.
export const SPAN_BYTES = 440;
export const EVENT_BYTES = 160;
export const ATTRIBUTES_BYTES = 120;
export const ATTRIBUTE_BYTES = 32;
const STRING_BYTES = 24;
/** Three ids as strings, and the columns. */
const SPAN_ROW_BYTES = 220;

/** V8 keeps a string with one byte for each character where all are Latin-1, and with two otherwise. */
export function stringBytes(value: string): number {
  return STRING_BYTES + (WIDE.test(value) ? value.length * 2 : value.length);
}

const WIDE = /[^\0-\xFF]/;

function valueBytes(value: AttributeValue): number {
  if (typeof value === 'string') return stringBytes(value);
  if (typeof value === 'bigint') return 24;
  if (typeof value !== 'object' || value === null) return 12;
  if (value instanceof Uint8Array) return 120 + value.byteLength;
  if (isArray(value)) return value.reduce<number>((sum, item) => sum + 16 + valueBytes(item), 48);
  return attributesBytes(value);
}

function isArray(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}

export function attributesBytes(attributes: Attributes): number {
  let bytes = ATTRIBUTES_BYTES;
  for (const key in attributes) bytes += ATTRIBUTE_BYTES + stringBytes(key) + valueBytes(attributes[key]);
  return bytes;
}

export function resourceBytes(resource: Resource): number {
  return 64 + attributesBytes(resource.attributes) + stringBytes(resource.schemaUrl ?? '');
}

/** A span without its resource and scope, which spans share. */
export function spanBytes(span: Span): number {
  let bytes = SPAN_BYTES + stringBytes(span.name) + attributesBytes(span.attributes) + stringBytes(span.status.message ?? '');
  for (const event of span.events) bytes += EVENT_BYTES + stringBytes(event.name) + attributesBytes(event.attributes);
  return bytes;
}

/** A profile as it was decoded. */
export function profileBytes(profile: Profile): number {
  let bytes = 1024 + resourceBytes(profile.resource);
  for (const text of profile.strings) bytes += 8 + stringBytes(text);
  const { functions, locations, stacks, spans, samples, heapSamples } = profile;
  bytes += functions.length * 12 + locations.length * 16 + stacks.length * 8;
  bytes += spans.length * SPAN_ROW_BYTES;
  bytes += samples.length * 32 + heapSamples.length * 36;
  for (const endpoint of profile.endpointCalls.keys()) bytes += 40 + stringBytes(endpoint);
  return bytes;
}
