export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  /** As in OTLP: 2 = SERVER, 3 = CLIENT. */
  readonly kind: number;
  /** Scalars as OTLP/JSON writes them. */
  readonly attributes: ReadonlyMap<string, string | number | boolean>;
}

interface TracesJson {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly SpanJson[] }[] }[];
}

interface SpanJson extends Omit<SentSpan, 'attributes'> {
  readonly attributes?: readonly { readonly key: string; readonly value: Readonly<Record<string, string | number | boolean>> }[];
}

const SERVER_KIND = 2;

export function spansOf(messages: readonly Buffer[]): SentSpan[] {
  return messages.flatMap((message) =>
    (JSON.parse(message.toString()) as TracesJson).resourceSpans
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap(({ spans }) => spans)
      .map(({ attributes = [], ...span }) => ({ ...span, attributes: new Map(attributes.map(({ key, value }) => [key, Object.values(value)[0] ?? ''])) })));
}

/** The routes of a trace's server spans, `''` for one that matched no route. */
export function routesByTraceId(spans: readonly SentSpan[]): ReadonlyMap<string, ReadonlySet<string>> {
  const routes = new Map<string, Set<string>>();
  for (const { traceId, kind, attributes } of spans) {
    if (kind !== SERVER_KIND) continue;
    const route = attributes.get('http.route');
    const method = attributes.get('http.request.method') ?? attributes.get('http.method');
    const known = routes.get(traceId) ?? new Set();
    known.add(route === undefined ? '' : `${method} ${route}`);
    routes.set(traceId, known);
  }
  return routes;
}
