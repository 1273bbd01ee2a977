import type { Context } from '@opentelemetry/api';
import { createContextKey } from '@opentelemetry/api';

/** `@opentelemetry/core`'s key; the API makes equal descriptions equal keys, so core need not be imported. */
const RPC_METADATA_KEY = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA');

/** The object on which router instrumentations note the route of an HTTP request while it is being served. */
export function rpcMetadataOf(context: Context): { readonly route?: string } | undefined {
  const metadata = context.getValue(RPC_METADATA_KEY);
  return typeof metadata === 'object' && metadata !== null ? metadata : undefined;
}
