import type { Attributes, AttributeValue, InstrumentationScope, Resource } from '@flamespan/profile';
import { createAttributes } from './attribute-values.ts';
import { DecodeBudget } from './decode-budget.ts';
import { ATTRIBUTES_BYTES, EVENT_BYTES, SPAN_BYTES } from '../store/memory-size.ts';
import { readKeyValue } from './protobuf-attributes.ts';
import { fixed64Tag, lengthTag, readFixed64, readMessage, varintTag } from './protobuf-message.ts';
import type { Span, SpanEvent, SpanStatus } from '../store/span.ts';
import { durationBetween } from '../store/span.ts';
import { TraceDecodeError } from './trace-decode-error.ts';
import { NO_SCOPE, UNSET_STATUS, checkSpanId, checkTraceId } from './trace-fields.ts';

/**
 * The spans of an OTLP `ExportTraceServiceRequest` (or `TracesData`, which is the same on the wire).
 *
 * @throws TraceDecodeError when the bytes are something else, an id has the wrong length, or the spans would take more
 * than `maxDecodedBytes`.
 */
export function tracesFromProtobuf(bytes: Uint8Array, maxDecodedBytes: number): Span[] {
  const budget = new DecodeBudget(maxDecodedBytes);
  const spans: Span[] = [];
  try {
    // A Buffer: protobufjs reads its strings natively.
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    readMessage(buffer, (tag, reader) => {
      if (tag !== lengthTag(1)) return false;
      readResourceSpans(reader.bytes(), spans, budget);
      return true;
    });
  } catch (error) {
    if (error instanceof TraceDecodeError) throw error;
    throw new TraceDecodeError(`not an ExportTraceServiceRequest: ${(error as Error).message}`, 'malformed', { cause: error });
  }
  return spans;
}

function readResourceSpans(bytes: Uint8Array, spans: Span[], budget: DecodeBudget): void {
  let attributes: Attributes = createAttributes();
  let schemaUrl = '';
  const scopeSpans: Uint8Array[] = [];
  readMessage(bytes, (tag, reader) => {
    if (tag === lengthTag(1)) attributes = readAttributes(reader.bytes(), 1, budget);
    else if (tag === lengthTag(2)) scopeSpans.push(reader.bytes());
    else if (tag === lengthTag(3)) schemaUrl = reader.string();
    else return false;
    budget.charge(64);
    return true;
  });
  // The resource may stand after its spans.
  const resource: Resource = schemaUrl === '' ? { attributes } : { attributes, schemaUrl };
  for (const scope of scopeSpans) readScopeSpans(scope, resource, spans, budget);
}

function readScopeSpans(bytes: Uint8Array, resource: Resource, spans: Span[], budget: DecodeBudget): void {
  let scope: InstrumentationScope = NO_SCOPE;
  const spanMessages: Uint8Array[] = [];
  readMessage(bytes, (tag, reader) => {
    if (tag === lengthTag(1)) scope = readScope(reader.bytes());
    else if (tag === lengthTag(2)) spanMessages.push(reader.bytes());
    else return false;
    budget.charge(SPAN_BYTES);
    return true;
  });
  for (const span of spanMessages) spans.push(readSpan(span, resource, scope, budget));
}

function readScope(bytes: Uint8Array): InstrumentationScope {
  let name = '';
  let version = '';
  readMessage(bytes, (tag, reader) => {
    if (tag === lengthTag(1)) name = reader.string();
    else if (tag === lengthTag(2)) version = reader.string();
    else return false;
    return true;
  });
  return version === '' ? { name } : { name, version };
}

function readSpan(bytes: Uint8Array, resource: Resource, scope: InstrumentationScope, budget: DecodeBudget): Span {
  let traceId = '';
  let spanId = '';
  let parentSpanId = '';
  let name = '';
  let kind = 0;
  let startTimeUnixNano = 0n;
  let endTimeUnixNano = 0n;
  let status = UNSET_STATUS;
  const attributes = createAttributes();
  const events: SpanEvent[] = [];
  budget.charge(bytes.length);
  readMessage(bytes, (tag, reader) => {
    switch (tag) {
      case lengthTag(1):
        traceId = hex(reader.bytes());
        return true;
      case lengthTag(2):
        spanId = hex(reader.bytes());
        return true;
      case lengthTag(4):
        parentSpanId = hex(reader.bytes());
        return true;
      case lengthTag(5):
        name = reader.string();
        return true;
      case varintTag(6):
        kind = reader.int32();
        return true;
      case fixed64Tag(7):
        startTimeUnixNano = readFixed64(reader);
        return true;
      case fixed64Tag(8):
        endTimeUnixNano = readFixed64(reader);
        return true;
      case lengthTag(9):
        readKeyValue(reader.bytes(), attributes, budget);
        return true;
      case lengthTag(11):
        events.push(readEvent(reader.bytes(), budget));
        return true;
      case lengthTag(15):
        status = readStatus(reader.bytes());
        return true;
      default:
        return false;
    }
  });
  return {
    traceId: checkTraceId(traceId),
    spanId: checkSpanId(spanId),
    parentSpanId: checkSpanId(parentSpanId, 'parentSpanId'),
    name, kind, startTimeUnixNano, endTimeUnixNano,
    durationNanos: durationBetween(startTimeUnixNano, endTimeUnixNano),
    attributes, events, status, resource, scope,
  };
}

function readEvent(bytes: Uint8Array, budget: DecodeBudget): SpanEvent {
  budget.charge(EVENT_BYTES + ATTRIBUTES_BYTES);
  let name = '';
  let timeUnixNano = 0n;
  const attributes = createAttributes();
  readMessage(bytes, (tag, reader) => {
    if (tag === fixed64Tag(1)) timeUnixNano = readFixed64(reader);
    else if (tag === lengthTag(2)) name = reader.string();
    else if (tag === lengthTag(3)) readKeyValue(reader.bytes(), attributes, budget);
    else return false;
    return true;
  });
  return { name, timeUnixNano, attributes };
}

function readStatus(bytes: Uint8Array): SpanStatus {
  let message = '';
  let code = 0;
  readMessage(bytes, (tag, reader) => {
    if (tag === lengthTag(2)) message = reader.string();
    else if (tag === varintTag(3)) code = reader.int32();
    else return false;
    return true;
  });
  return message === '' ? { code } : { code, message };
}

/** The attributes of a message that has them as its field `field`. */
function readAttributes(bytes: Uint8Array, field: number, budget: DecodeBudget): Attributes {
  const attributes: Record<string, AttributeValue> = createAttributes();
  readMessage(bytes, (tag, reader) => {
    if (tag !== lengthTag(field)) return false;
    readKeyValue(reader.bytes(), attributes, budget);
    return true;
  });
  return attributes;
}

function hex(bytes: Uint8Array): string {
  // Longer ones are refused: their digits are not needed.
  return Buffer.from(bytes.subarray(0, 17)).toString('hex');
}
