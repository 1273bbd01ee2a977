import type { Attributes, Context, Span, SpanContext, SpanKind } from '@opentelemetry/api';

/** What is read of an SDK's span. Structural, so that SDK 2.x and 3.x both fit without being imported. */
export interface ReadableSpanLike {
  readonly name: string;
  readonly attributes: Attributes;
  readonly kind?: SpanKind;
  spanContext(): SpanContext;
}

/** OpenTelemetry's SpanProcessor in terms of the API alone. */
export interface SpanProcessorLike {
  onStart(span: Span, parentContext: Context): void;
  onEnd(span: ReadableSpanLike): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}
