interface TracesJson {
  readonly resourceSpans?: readonly { readonly scopeSpans?: readonly { readonly spans?: readonly SpanJson[] }[] }[];
}
interface SpanJson {
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes?: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

/**
 * For each span in OTLP/JSON trace messages the route of the request that it belongs to, such as `GET /orders/:id`;
 * `''` where the request matched none.
 */
export function routesBySpanId(messages: readonly Buffer[]): ReadonlyMap<string, string> {
  const spans = new Map<string, SpanJson>();
  for (const message of messages) {
    const { resourceSpans = [] } = JSON.parse(message.toString()) as TracesJson;
    for (const { scopeSpans = [] } of resourceSpans) for (const scope of scopeSpans) for (const span of scope.spans ?? []) spans.set(span.spanId, span);
  }
  const rootOf = (span: SpanJson): SpanJson => {
    const parent = span.parentSpanId ? spans.get(span.parentSpanId) : undefined;
    return parent === undefined ? span : rootOf(parent);
  };
  return new Map([...spans.values()].map((span) => [span.spanId, routeOf(rootOf(span))]));
}

function routeOf({ attributes = [] }: SpanJson): string {
  const valueOf = (name: string): string | undefined => attributes.find(({ key }) => key === name)?.value.stringValue;
  const route = valueOf('http.route');
  return route === undefined ? '' : `${valueOf('http.request.method') ?? valueOf('http.method')} ${route}`;
}
