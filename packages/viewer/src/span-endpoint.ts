import type { Attributes } from '@flamespan/profile';
import type { Span } from './span.ts';

const CLIENT = 3;
const PRODUCER = 4;

/**
 * The endpoint that a span serves by OpenTelemetry's semantic conventions: `GET /users/:id`, `shop.Cart/AddItem`.
 * The names equal those that `@flamespan/span-processor` puts on samples.
 */
export function endpointOfSpan(span: Span): string | undefined {
  if (span.kind === CLIENT || span.kind === PRODUCER) return undefined;
  const { attributes } = span;
  const route = text(attributes, 'http.route');
  if (route !== undefined) {
    const method = text(attributes, 'http.request.method') ?? text(attributes, 'http.method');
    return method === undefined ? route : `${method} ${route}`;
  }
  const rpcMethod = text(attributes, 'rpc.method');
  if (rpcMethod === undefined) return undefined;
  const rpcService = text(attributes, 'rpc.service');
  return rpcService === undefined ? rpcMethod : `${rpcService}/${rpcMethod}`;
}

function text(attributes: Attributes, key: string): string | undefined {
  const value = attributes[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
