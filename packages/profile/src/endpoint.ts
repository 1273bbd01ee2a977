/** OpenTelemetry's semantic conventions: the stable names, and the older ones that instrumentations still send. */
const ATTR_HTTP_REQUEST_METHOD = 'http.request.method';
const ATTR_HTTP_METHOD = 'http.method';
const ATTR_HTTP_ROUTE = 'http.route';
const ATTR_URL_PATH = 'url.path';
const ATTR_HTTP_TARGET = 'http.target';
const ATTR_RPC_SERVICE = 'rpc.service';
const ATTR_RPC_METHOD = 'rpc.method';
const ATTR_MESSAGING_OPERATION_NAME = 'messaging.operation.name';
const ATTR_MESSAGING_OPERATION_TYPE = 'messaging.operation.type';
const ATTR_MESSAGING_OPERATION = 'messaging.operation';
const ATTR_MESSAGING_DESTINATION_TEMPLATE = 'messaging.destination.template';

/** `SpanKind` as `@opentelemetry/api` numbers it. */
const KIND_CLIENT = 2;
const KIND_PRODUCER = 3;

type SpanAttributes = Readonly<Record<string, unknown>>;

/** What is known of a local root span when its endpoint is named. */
export interface EndpointSource {
  readonly name: string;
  /** As `SpanKind` of `@opentelemetry/api`: 0 internal, 1 server, 2 client, 3 producer, 4 consumer. */
  readonly kind: number | undefined;
  readonly attributes: SpanAttributes;
  /** The route that a router has noted in the Context's RPC metadata, before it becomes `http.route`. */
  readonly route: string | undefined;
  /** The span has ended: nothing more will be known. */
  readonly ended: boolean;
}

/**
 * The endpoint that a local root serves, from low-cardinality sources only, first that applies:
 *
 * 1. HTTP: method and route template, `GET /users/:id`
 * 2. RPC: service and method, `shop.Cart/AddItem`
 * 3. messaging: operation and destination template, `process orders.{region}`
 * 4. the span's name, unless the request's path is in it; for HTTP once the span has ended
 * 5. HTTP without a route: the method, once the span has ended
 *
 * Never a raw path or a query string. Spans of outgoing calls (CLIENT, PRODUCER) serve nothing.
 */
export function endpointOf(source: EndpointSource): string | undefined {
  const { kind, attributes } = source;
  if (kind === KIND_CLIENT || kind === KIND_PRODUCER) return undefined;
  return httpRoute(source) ?? rpcEndpoint(attributes) ?? messagingEndpoint(attributes) ?? plainName(source);
}

/** RPC spans have their final name from the start, so that a long stream holds no window up. */
export function rpcEndpoint(attributes: SpanAttributes): string | undefined {
  const method = text(attributes[ATTR_RPC_METHOD]);
  if (method === undefined) return undefined;
  const service = text(attributes[ATTR_RPC_SERVICE]);
  // Since semantic conventions 1.39 the method is fully qualified and there is no service.
  return service === undefined || method.startsWith(`${service}/`) ? method : `${service}/${method}`;
}

function httpRoute({ attributes, route }: EndpointSource): string | undefined {
  const template = text(attributes[ATTR_HTTP_ROUTE]) ?? text(route);
  if (template === undefined) return undefined;
  const method = httpMethod(attributes);
  return method === undefined ? template : `${method} ${template}`;
}

function messagingEndpoint(attributes: SpanAttributes): string | undefined {
  const template = text(attributes[ATTR_MESSAGING_DESTINATION_TEMPLATE]);
  if (template === undefined) return undefined;
  const operation = text(attributes[ATTR_MESSAGING_OPERATION_NAME]) ?? text(attributes[ATTR_MESSAGING_OPERATION_TYPE])
    ?? text(attributes[ATTR_MESSAGING_OPERATION]);
  return operation === undefined ? template : `${operation} ${template}`;
}

function plainName({ name, attributes, ended }: EndpointSource): string | undefined {
  const method = httpMethod(attributes);
  // The name of a running HTTP span is its method alone until the route is known.
  if (method !== undefined && !ended) return undefined;
  const path = pathOf(attributes);
  const raw = name.includes('?') || name.includes('://') || (path !== undefined && name.includes(path));
  return raw ? method : (text(name) ?? method);
}

function pathOf(attributes: SpanAttributes): string | undefined {
  const path = text(attributes[ATTR_URL_PATH]) ?? text(attributes[ATTR_HTTP_TARGET]);
  return path?.split('?', 1)[0];
}

/** The client chooses the method; what is not shaped like one is not let through. */
function httpMethod(attributes: SpanAttributes): string | undefined {
  const method = text(attributes[ATTR_HTTP_REQUEST_METHOD]) ?? text(attributes[ATTR_HTTP_METHOD]);
  return method === undefined || /^[A-Z_]{1,20}$/.test(method) ? method : '_OTHER';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
