import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { AttributeValue } from '@flamespan/profile';
import { TraceDecodeError, tracesFromJson, tracesFromProtobuf } from '@flamespan/viewer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const NO_LIMIT = 2 ** 40;

interface SpanModel {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly parentSpanId: Uint8Array;
  readonly name: string;
  readonly kind: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: readonly (readonly [string, AttributeValue])[];
  readonly eventName: string;
  readonly statusMessage: string;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const idOf = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length }).filter((bytes) => bytes.some((byte) => byte !== 0));
/** Whole numbers come as bigints here, so that they are told from doubles. */
const value: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'grapheme' }), fc.boolean(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.double({ noNaN: true }).filter((n) => !Object.is(n, -0)),
    fc.uint8Array({ maxLength: 8 }), fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), tie('value'), { maxKeys: 3, noNullPrototype: false }),
  ),
})).value;

const spanModel: fc.Arbitrary<SpanModel> = fc.record({
  traceId: idOf(16),
  spanId: idOf(8),
  parentSpanId: fc.oneof(fc.constant(new Uint8Array(0)), idOf(8)),
  name: fc.string({ unit: 'grapheme' }),
  kind: fc.integer({ min: 0, max: 7 }),
  start: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  end: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  attributes: fc.uniqueArray(fc.tuple(fc.string(), value), { maxLength: 4, selector: ([key]) => key }),
  eventName: fc.string(),
  statusMessage: fc.string(),
});

// An encoder on another protobuf library: the oracle.

function anyValue(given: AttributeValue): Uint8Array {
  const writer = new BinaryWriter();
  if (typeof given === 'string') writer.uint32(0x0a).string(given);
  else if (typeof given === 'boolean') writer.uint32(0x10).bool(given);
  else if (typeof given === 'bigint') writer.uint32(0x18).int64(given);
  else if (typeof given === 'number') writer.uint32(0x21).double(given);
  else if (given instanceof Uint8Array) writer.uint32(0x3a).bytes(given);
  else if (Array.isArray(given)) {
    const list = new BinaryWriter();
    for (const item of given as readonly AttributeValue[]) list.uint32(0x0a).bytes(anyValue(item));
    writer.uint32(0x2a).bytes(list.finish());
  } else if (given) writer.uint32(0x32).bytes(attributesMessage(Object.entries(given), 0x0a));
  return writer.finish();
}

function attributesMessage(entries: readonly (readonly [string, AttributeValue])[], tag: number): Uint8Array {
  const writer = new BinaryWriter();
  for (const [key, given] of entries) {
    writer.uint32(tag).bytes(new BinaryWriter().uint32(0x0a).string(key).uint32(0x12).bytes(anyValue(given)).finish());
  }
  return writer.finish();
}

function encode(spans: readonly SpanModel[]): Uint8Array {
  const scopeSpans = new BinaryWriter();
  for (const span of spans) {
    const status = new BinaryWriter().uint32(0x12).string(span.statusMessage).uint32(0x18).int32(2).finish();
    const event = new BinaryWriter().uint32(0x09).fixed64(span.start).uint32(0x12).string(span.eventName).finish();
    scopeSpans.uint32(0x12).bytes(new BinaryWriter()
      .uint32(0x0a).bytes(span.traceId).uint32(0x12).bytes(span.spanId).uint32(0x22).bytes(span.parentSpanId)
      .uint32(0x2a).string(span.name).uint32(0x30).int32(span.kind).uint32(0x39).fixed64(span.start).uint32(0x41).fixed64(span.end)
      .raw(attributesMessage(span.attributes, 0x4a)).uint32(0x5a).bytes(event).uint32(0x7a).bytes(status)
      // Fields that the decoder does not know: a link, flags, and one that does not exist.
      .uint32(0x6a).bytes(new Uint8Array([1, 2, 3])).uint32(0x85).raw(new Uint8Array([1, 0, 0, 0])).uint32(0x7f8 + 2).string('x')
      .finish());
  }
  // The resource after its spans, as a foreign encoder may write it.
  const resource = attributesMessage([['service.name', 'shop']], 0x0a);
  return new BinaryWriter().uint32(0x0a).bytes(new BinaryWriter().uint32(0x12).bytes(scopeSpans.finish()).uint32(0x0a).bytes(resource).finish()).finish();
}

function jsonValue(given: AttributeValue): unknown {
  if (typeof given === 'string') return { stringValue: given };
  if (typeof given === 'boolean') return { boolValue: given };
  if (typeof given === 'bigint') return { intValue: String(given) };
  if (typeof given === 'number') return { doubleValue: Number.isFinite(given) ? given : String(given) };
  if (given instanceof Uint8Array) return { bytesValue: Buffer.from(given).toString('base64') };
  if (Array.isArray(given)) return { arrayValue: { values: (given as readonly AttributeValue[]).map(jsonValue) } };
  return { kvlistValue: { values: Object.entries(given ?? {}).map(([key, inner]) => ({ key, value: jsonValue(inner) })) } };
}

function encodeJson(spans: readonly SpanModel[]): string {
  return JSON.stringify({
    resourceSpans: [{
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeSpans: [{
        spans: spans.map((span) => ({
          traceId: hex(span.traceId), spanId: hex(span.spanId).toUpperCase(), parentSpanId: hex(span.parentSpanId), name: span.name, kind: span.kind,
          startTimeUnixNano: String(span.start), endTimeUnixNano: String(span.end),
          attributes: span.attributes.map(([key, given]) => ({ key, value: jsonValue(given) })),
          events: [{ name: span.eventName, timeUnixNano: String(span.start) }],
          status: { message: span.statusMessage, code: 2 },
        })),
      }],
    }],
  });
}

/** What the decoders make of whole numbers: numbers where they are exact. */
function decoded(given: AttributeValue): AttributeValue {
  if (typeof given === 'bigint') return Number.isSafeInteger(Number(given)) ? Number(given) : given;
  if (given instanceof Uint8Array || typeof given !== 'object' || given === null) return given;
  if (Array.isArray(given)) return (given as readonly AttributeValue[]).map(decoded);
  return record(Object.entries(given));
}

function record(entries: readonly (readonly [string, AttributeValue])[]): Record<string, AttributeValue> {
  const object = Object.create(null) as Record<string, AttributeValue>;
  for (const [key, given] of entries) object[key] = decoded(given);
  return object;
}

function expected(span: SpanModel): unknown {
  return {
    traceId: hex(span.traceId), spanId: hex(span.spanId), parentSpanId: hex(span.parentSpanId), name: span.name, kind: span.kind,
    startTimeUnixNano: span.start, endTimeUnixNano: span.end, durationNanos: span.end > span.start ? Number(span.end - span.start) : 0,
    attributes: record(span.attributes),
    events: [{ name: span.eventName, timeUnixNano: span.start, attributes: {} }],
    status: span.statusMessage === '' ? { code: 2 } : { code: 2, message: span.statusMessage },
    resource: { attributes: { 'service.name': 'shop' } },
    scope: { name: '' },
  };
}

/** Another error is thrown on. */
function outcome(decode: () => unknown): unknown {
  try {
    return decode();
  } catch (error) {
    if (error instanceof TraceDecodeError) return 'typed error';
    throw error;
  }
}

const isSpansOrTypedError = (result: unknown): boolean => Array.isArray(result) || result === 'typed error';

describe('the trace decoders', () => {
  it('read what another protobuf library writes', () => {
    fc.assert(fc.property(fc.array(spanModel, { maxLength: 3 }), (spans) => {
      expect(tracesFromProtobuf(encode(spans), NO_LIMIT)).toEqual(spans.map(expected));
    }));
  });

  it('read the same from JSON', () => {
    fc.assert(fc.property(fc.array(spanModel, { maxLength: 3 }), (spans) => {
      expect(tracesFromJson(encodeJson(spans), NO_LIMIT)).toEqual(spans.map(expected));
    }));
  });

  it('keep no view of the request', () => {
    const bytes = encode([{
      traceId: new Uint8Array(16).fill(1), spanId: new Uint8Array(8).fill(2), parentSpanId: new Uint8Array(0), name: 'n', kind: 1,
      start: 1n, end: 2n, attributes: [['bytes', new Uint8Array([1, 2, 3])]], eventName: '', statusMessage: '',
    }]);
    const [span] = tracesFromProtobuf(bytes, NO_LIMIT);
    bytes.fill(0);
    expect(span!.attributes['bytes']).toEqual(new Uint8Array([1, 2, 3]));
    expect((span!.attributes['bytes'] as Uint8Array).buffer.byteLength).toBe(3);
  });

  it('give a typed error for truncated messages', () => {
    fc.assert(fc.property(fc.array(spanModel, { minLength: 1, maxLength: 2 }), fc.nat(), (spans, cut) => {
      const bytes = encode(spans);
      const end = cut % bytes.length;
      expect(outcome(() => tracesFromProtobuf(bytes.subarray(0, end), NO_LIMIT))).toEqual(end === 0 ? [] : 'typed error');
    }));
  });

  it('give spans or a typed error for any bytes', () => {
    const damaged = fc.tuple(spanModel, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 6 })).map(([span, place, noise]) => {
      const bytes = encode([span]);
      bytes.set(noise.subarray(0, bytes.length), place % Math.max(1, bytes.length - noise.length));
      return bytes;
    });
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged), (bytes) => {
      expect(outcome(() => tracesFromProtobuf(bytes, NO_LIMIT))).toSatisfy(isSpansOrTypedError);
    }), { numRuns: 1_000 });
  });

  it('give spans or a typed error for any JSON', () => {
    const shaped = fc.record({ resourceSpans: fc.array(fc.record({ resource: fc.jsonValue(), scopeSpans: fc.array(fc.record({ scope: fc.jsonValue(), spans: fc.array(fc.jsonValue()) }, { requiredKeys: [] })) }, { requiredKeys: [] })) }, { requiredKeys: [] });
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), shaped.map((json) => JSON.stringify(json))), (text) => {
      expect(outcome(() => tracesFromJson(text, NO_LIMIT))).toSatisfy(isSpansOrTypedError);
    }), { numRuns: 500 });
  });

  it('stop where a small message would take much memory', () => {
    // One byte pair each: empty scope spans, spans, attributes.
    const empty = (tag: number): Uint8Array => new Uint8Array(100_000).map((_byte, i) => (i % 2 === 0 ? tag : 0));
    const wrap = (tag: number, inner: Uint8Array): Uint8Array => new BinaryWriter().uint32(tag).bytes(inner).finish();
    for (const bytes of [wrap(0x0a, empty(0x12)), wrap(0x0a, wrap(0x12, empty(0x12))), wrap(0x0a, wrap(0x0a, empty(0x0a)))]) {
      expect(() => tracesFromProtobuf(bytes, 1_000_000)).toThrow(expect.objectContaining({ failure: 'too-large' }));
    }
  });
});
