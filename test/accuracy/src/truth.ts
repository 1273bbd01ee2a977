import type { Attributes, Span, SpanContext } from '@opentelemetry/api';

/** Of SDK 2.x and 3.x alike. */
interface SpanLike {
  readonly name: string;
  readonly attributes: Attributes;
  readonly parentSpanContext?: SpanContext;
  spanContext(): SpanContext;
}

/** A span processor that remembers each span's local root, and what the root was in the end. */
export class SpanTruth {
  readonly #roots = new Map<string, string>();
  readonly #endpoints = new Map<string, string>();

  onStart(started: Span): void {
    const span = started as unknown as SpanLike;
    const parent = span.parentSpanContext;
    const { spanId } = span.spanContext();
    this.#roots.set(spanId, parent === undefined || parent.isRemote === true ? spanId : this.rootOf(parent.spanId));
  }

  onEnd(span: SpanLike): void {
    const { spanId } = span.spanContext();
    if (this.#roots.get(spanId) !== spanId) return;
    const route = attribute(span.attributes, 'http.route');
    const method = attribute(span.attributes, 'http.request.method') ?? attribute(span.attributes, 'http.method');
    this.#endpoints.set(spanId, route === undefined ? span.name : `${method} ${route}`);
  }

  rootOf(spanId: string): string {
    return this.#roots.get(spanId) ?? spanId;
  }

  /** undefined while it has not ended. */
  endpointOf(rootSpanId: string): string | undefined {
    return this.#endpoints.get(rootSpanId);
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

function attribute(attributes: Attributes, key: string): string | undefined {
  const value = attributes[key];
  return typeof value === 'string' ? value : undefined;
}
