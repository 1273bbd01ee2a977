import type { Attributes, InstrumentationScope, Resource } from '@flamespan/profile';

/** As OTLP's `Span.SpanKind`: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. Others are kept as they came. */
export type SpanKind = number;

/** As OTLP's `Status`: code 0 is unset, 1 is ok, 2 is error. */
export interface SpanStatus {
  readonly code: number;
  readonly message?: string;
}

export interface SpanEvent {
  readonly name: string;
  /** Nanoseconds since the Unix epoch. */
  readonly timeUnixNano: bigint;
  readonly attributes: Attributes;
}

/** A finished span as OTLP carries it (opentelemetry-proto 1.10, `trace.proto`). */
export interface Span {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  /** 16 lower-case hex digits; `''` = no parent. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** Nanoseconds since the Unix epoch. */
  readonly startTimeUnixNano: bigint;
  /** Nanoseconds since the Unix epoch. May lie before the start where a clock was set back. */
  readonly endTimeUnixNano: bigint;
  /** End minus start; 0 where the end lies before the start. */
  readonly durationNanos: number;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly status: SpanStatus;
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
}

/** End minus start of a span, never negative. Exact up to 104 days. */
export function durationBetween(startTimeUnixNano: bigint, endTimeUnixNano: bigint): number {
  return endTimeUnixNano > startTimeUnixNano ? Number(endTimeUnixNano - startTimeUnixNano) : 0;
}
