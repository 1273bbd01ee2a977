export interface SentSpan {
  /** `service.name` of the process. */
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** undefined for the first span of a trace. */
  readonly parentSpanId?: string;
  readonly name: string;
  /** As in OTLP: 2 = SERVER, 3 = CLIENT. */
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  /** Scalars as OTLP/JSON writes them. */
  readonly attributes: ReadonlyMap<string, string | number | boolean>;
}

type AttributesJson = readonly { readonly key: string; readonly value: Readonly<Record<string, string | number | boolean>> }[];

interface TracesJson {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: AttributesJson };
    readonly scopeSpans: readonly { readonly spans: readonly SpanJson[] }[];
  }[];
}

interface SpanJson extends Omit<SentSpan, 'attributes' | 'service'> {
  readonly attributes?: AttributesJson;
}

export const SERVER_KIND = 2;
export const CLIENT_KIND = 3;

export function spansOf(messages: readonly Buffer[]): SentSpan[] {
  return messages.flatMap((message) =>
    (JSON.parse(message.toString()) as TracesJson).resourceSpans.flatMap(({ resource, scopeSpans }) => {
      const service = String(attributesOf(resource.attributes).get('service.name'));
      return scopeSpans.flatMap(({ spans }) => spans).map(({ attributes = [], ...span }) => ({ ...span, service, attributes: attributesOf(attributes) }));
    }));
}

function attributesOf(attributes: AttributesJson): SentSpan['attributes'] {
  return new Map(attributes.map(({ key, value }) => [key, Object.values(value)[0] ?? '']));
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
