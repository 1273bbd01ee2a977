import type { Attributes, Profile, ProfileType, Resource } from '@flamespan/profile';
import { createProfileBuilder } from '@flamespan/profile';
import type { Span } from '@flamespan/viewer';

/** All drawings begin here. Far beyond 2^53, so that lost digits show. */
export const ORIGIN = 1_700_000_000_123_456_789n;
export const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const MILLI = 1_000_000;

export function resource(service: string, more: Attributes = {}): Resource {
  return { attributes: { 'service.name': service, 'process.pid': 7, ...more } };
}

/** Span ids are drawn short: `1` is `0000000000000001`. */
export const id = (short: string): string => short.padStart(16, '0');

export interface SpanDrawing {
  readonly service?: string;
  readonly traceId?: string;
  readonly attributes?: Attributes;
}

/**
 * Spans from text, one a line: id, parent (- = none), start and end in milliseconds, name. Indentation is for the
 * reader. `!` after the end marks an error.
 */
export function drawSpans(text: string, { service = 'shop', traceId = TRACE, attributes = {} }: SpanDrawing = {}): Span[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '').map((line) => {
    const [, spanId, parent, start, end, error, name] = /^(\S+)\s+(\S+)\s+(-?[\d.]+)\s+(-?[\d.]+)(!?)\s+(.*)$/.exec(line)!;
    const startTimeUnixNano = at(Number(start));
    const endTimeUnixNano = at(Number(end));
    return {
      traceId,
      spanId: id(spanId!),
      parentSpanId: parent === '-' ? '' : id(parent!),
      name: name!,
      kind: parent === '-' ? 2 : 1,
      startTimeUnixNano,
      endTimeUnixNano,
      durationNanos: Math.max(0, Number(endTimeUnixNano - startTimeUnixNano)),
      attributes,
      events: [],
      status: { code: error === '!' ? 2 : 0 },
      resource: resource(service),
      scope: { name: 'test' },
    };
  });
}

export interface ProfileDrawing {
  readonly service?: string;
  readonly traceId?: string;
  /** Window, milliseconds. */
  readonly window?: readonly [number, number];
  readonly calls?: Readonly<Record<string, number>>;
  readonly types?: readonly ProfileType[];
}

/**
 * A profile from text, one sample a line: time, wall and CPU in milliseconds, span id (- = none), endpoint (- = none, _
 * for a blank), stack from the outermost frame on as `name@file:line` joined by `;`.
 */
export function drawProfile(text: string, { service = 'shop', traceId = TRACE, window = [0, 1_000], calls = {}, types = ['wall', 'cpu'] }: ProfileDrawing = {}): Profile {
  const builder = createProfileBuilder();
  for (const line of text.split('\n').map((line) => line.trim()).filter((line) => line !== '')) {
    const [time, wall, cpu, span, endpoint, ...stackText] = line.split(/\s+/);
    let stack = 0;
    for (const frame of stackText.join(' ').split(';')) {
      const [, name, file = '', lineNumber = '0'] = /^([^@]*)(?:@(.*?)(?::(\d+))?)?$/.exec(frame.trim())!;
      const fn = builder.function(builder.string(name!), builder.string(file), Number(lineNumber));
      stack = builder.stack(stack, builder.location(fn, Number(lineNumber), 0, builder.string('v8js')));
    }
    const row = span === '-' && endpoint === '-' ? 0 : builder.span({
      traceId: span === '-' ? '' : traceId,
      spanId: span === '-' ? '' : id(span!),
      localRootSpanId: '',
      sampled: span !== '-',
      ...(endpoint === '-' ? {} : { endpoint: endpoint!.replaceAll('_', ' ') }),
    });
    builder.addSample(stack, row, at(Number(time)), BigInt(Math.round(Number(wall) * MILLI)), BigInt(Math.round(Number(cpu) * MILLI)));
  }
  for (const [endpoint, count] of Object.entries(calls)) builder.addEndpointCalls(endpoint, count);
  return builder.build({
    startTimeUnixNano: at(window[0]),
    durationNanos: BigInt((window[1] - window[0]) * MILLI),
    resource: resource(service),
    scope: { name: '@flamespan/profiler' },
    thread: { id: 0, name: 'main' },
    linkScope: 'span',
    types,
    samplingIntervalNanos: 10_101_000n,
    heapIntervalBytes: 0n,
  });
}

function at(millis: number): bigint {
  return ORIGIN + BigInt(Math.round(millis * MILLI));
}
