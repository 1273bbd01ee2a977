import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** What the spans of a service say, by which profiles are judged. */
export class ServerSpans implements SpanProcessor {
  /** Spans of every kind. */
  readonly spanIds: Set<string> = new Set();
  /** Method and raw path by span id. */
  readonly requests: Map<string, string> = new Map();
  /** Ended server spans by method and `http.route`. */
  readonly ended: Map<string, number> = new Map();
  readonly methodAttributes: Set<string> = new Set();

  onStart(span: Span): void {
    const { spanId } = span.spanContext();
    this.spanIds.add(spanId);
    if (span.kind !== SpanKind.SERVER) return;
    const path = span.attributes['url.path'] ?? span.attributes['http.target'];
    this.requests.set(spanId, `${this.#method(span)} ${String(path).split('?', 1)[0]}`);
  }

  onEnd(span: ReadableSpan): void {
    if (span.kind !== SpanKind.SERVER) return;
    const { 'http.route': route } = span.attributes;
    const key = typeof route === 'string' ? `${this.#method(span)} ${route}` : this.#method(span);
    this.ended.set(key, (this.ended.get(key) ?? 0) + 1);
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }

  #method({ attributes }: ReadableSpan): string {
    const key = attributes['http.request.method'] === undefined ? 'http.method' : 'http.request.method';
    this.methodAttributes.add(key);
    return String(attributes[key]);
  }
}
