import type { InstrumentationScope, Resource } from '@flamespan/profile';
import { DecodeBudget } from './decode-budget.ts';
import { attributesFromJson } from './json-attributes.ts';
import { arrayField, integerField, objectField, stringField, uint64Field } from './json-message.ts';
import { ATTRIBUTES_BYTES, EVENT_BYTES, SPAN_BYTES } from '../store/memory-size.ts';
import type { Span, SpanEvent, SpanStatus } from '../store/span.ts';
import { durationBetween } from '../store/span.ts';
import { TraceDecodeError } from './trace-decode-error.ts';
import { NO_SCOPE, UNSET_STATUS, checkSpanId, checkTraceId } from './trace-fields.ts';

/**
 * The spans of an `ExportTraceServiceRequest` in OTLP/JSON: ids in hex, 64-bit integers as decimal strings or numbers,
 * enums as integers. Unknown fields are ignored.
 *
 * @throws TraceDecodeError when the text is something else, an id has the wrong length, or the spans would take more
 * than `maxDecodedBytes`.
 */
export function tracesFromJson(text: string, maxDecodedBytes: number): Span[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new TraceDecodeError(`not JSON: ${(error as Error).message}`, 'malformed', { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new TraceDecodeError('not an ExportTraceServiceRequest: the JSON text is not an object');
  }
  const budget = new DecodeBudget(maxDecodedBytes);
  const spans: Span[] = [];
  for (const item of arrayField((parsed as { resourceSpans?: unknown }).resourceSpans, 'resourceSpans')) {
    const resourceSpans = objectField(item, 'resourceSpans');
    const attributes = attributesFromJson(objectField(resourceSpans['resource'], 'resource')['attributes'], 'resource.attributes', budget);
    const schemaUrl = stringField(resourceSpans['schemaUrl'], 'schemaUrl');
    const resource: Resource = schemaUrl === '' ? { attributes } : { attributes, schemaUrl };
    for (const inner of arrayField(resourceSpans['scopeSpans'], 'scopeSpans')) {
      const scopeSpans = objectField(inner, 'scopeSpans');
      const scope = scopeFromJson(scopeSpans['scope']);
      for (const span of arrayField(scopeSpans['spans'], 'spans')) spans.push(spanFromJson(span, resource, scope, budget));
    }
  }
  return spans;
}

function scopeFromJson(value: unknown): InstrumentationScope {
  if (value === undefined || value === null) return NO_SCOPE;
  const scope = objectField(value, 'scope');
  const name = stringField(scope['name'], 'scope.name');
  const version = stringField(scope['version'], 'scope.version');
  return version === '' ? { name } : { name, version };
}

function spanFromJson(value: unknown, resource: Resource, scope: InstrumentationScope, budget: DecodeBudget): Span {
  const span = objectField(value, 'span');
  const name = stringField(span['name'], 'span.name');
  budget.charge(SPAN_BYTES + name.length * 2);
  const startTimeUnixNano = uint64Field(span['startTimeUnixNano'], 'span.startTimeUnixNano');
  const endTimeUnixNano = uint64Field(span['endTimeUnixNano'], 'span.endTimeUnixNano');
  return {
    traceId: checkTraceId(stringField(span['traceId'], 'span.traceId').toLowerCase()),
    spanId: checkSpanId(stringField(span['spanId'], 'span.spanId').toLowerCase()),
    parentSpanId: checkSpanId(stringField(span['parentSpanId'], 'span.parentSpanId').toLowerCase(), 'parentSpanId'),
    name,
    kind: integerField(span['kind'], 'span.kind'),
    startTimeUnixNano,
    endTimeUnixNano,
    durationNanos: durationBetween(startTimeUnixNano, endTimeUnixNano),
    attributes: attributesFromJson(span['attributes'], 'span.attributes', budget),
    events: arrayField(span['events'], 'span.events').map((event) => eventFromJson(event, budget)),
    status: statusFromJson(span['status']),
    resource,
    scope,
  };
}

function eventFromJson(value: unknown, budget: DecodeBudget): SpanEvent {
  const event = objectField(value, 'event');
  const name = stringField(event['name'], 'event.name');
  budget.charge(EVENT_BYTES + ATTRIBUTES_BYTES + name.length * 2);
  return {
    name,
    timeUnixNano: uint64Field(event['timeUnixNano'], 'event.timeUnixNano'),
    attributes: attributesFromJson(event['attributes'], 'event.attributes', budget),
  };
}

function statusFromJson(value: unknown): SpanStatus {
  if (value === undefined || value === null) return UNSET_STATUS;
  const status = objectField(value, 'status');
  const code = integerField(status['code'], 'status.code');
  const message = stringField(status['message'], 'status.message');
  return message === '' ? { code } : { code, message };
}
