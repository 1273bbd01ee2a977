import type { Attributes } from '@opentelemetry/api';
import { SpanKind } from '@opentelemetry/api';
import type { PendingEndpoint } from './sample-context.ts';
import {
  ATTR_HTTP_METHOD, ATTR_HTTP_REQUEST_METHOD, ATTR_HTTP_ROUTE, ATTR_RPC_METHOD, ATTR_RPC_SERVICE,
} from './semconv.ts';

/**
 * The endpoint that a local root serves, from low-cardinality sources only: `GET /users/:id` from method and route
 * template, `shop.Cart/AddItem` from RPC service and method. undefined where neither is known; never a raw URL.
 * Spans of outgoing calls serve nothing.
 */
export function endpointOf(source: PendingEndpoint): string | undefined {
  if (source.kind === SpanKind.CLIENT || source.kind === SpanKind.PRODUCER) return undefined;
  const { attributes } = source;
  const route = text(attributes, ATTR_HTTP_ROUTE) ?? nonEmpty(source.rpcMetadata?.route);
  if (route !== undefined) {
    const method = text(attributes, ATTR_HTTP_REQUEST_METHOD) ?? text(attributes, ATTR_HTTP_METHOD);
    return method === undefined ? route : `${method} ${route}`;
  }
  const rpcMethod = text(attributes, ATTR_RPC_METHOD);
  if (rpcMethod !== undefined) {
    const rpcService = text(attributes, ATTR_RPC_SERVICE);
    return rpcService === undefined ? rpcMethod : `${rpcService}/${rpcMethod}`;
  }
  return undefined;
}

function text(attributes: Attributes, key: string): string | undefined {
  return nonEmpty(attributes[key]);
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
