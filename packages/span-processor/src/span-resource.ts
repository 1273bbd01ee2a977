import { trace } from '@opentelemetry/api';
import type { Attributes, Resource } from '@flamespan/profile';
import { endsWithin } from './deadline.ts';

/** What is read of an SDK's Resource (`@opentelemetry/resources` 2.x and 3.x). */
export interface ResourceLike {
  readonly attributes: Attributes;
  readonly schemaUrl?: string;
  readonly asyncAttributesPending?: boolean;
  waitForAsyncAttributes?(): Promise<void>;
}

/** The Resource that spans carry. Later spans of the same provider carry the same one. */
export function resourceOf(span: object): ResourceLike | undefined {
  return asResource((span as { resource?: unknown }).resource);
}

/**
 * The Resource where no span has been seen yet: the registered provider's own, or what the environment says
 * (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`), which the OpenTelemetry specification makes every SDK honour.
 */
export function resourceWithoutSpan(env: NodeJS.ProcessEnv = process.env): ResourceLike {
  const provider = trace.getTracerProvider() as { getDelegate?(): unknown };
  const delegate = provider.getDelegate?.() ?? provider;
  return asResource((delegate as { _resource?: unknown })._resource) ?? { attributes: environmentAttributes(env) };
}

/** Resource detectors may ask servers that never answer; what is known by then names the service well enough. */
const DETECTION_TIMEOUT_MILLIS = 5_000;

/** Resolves with what is known once the Resource's asynchronous attributes are there, or after a few seconds. */
export async function settledResource(resource: ResourceLike): Promise<Resource> {
  if (resource.asyncAttributesPending === true && resource.waitForAsyncAttributes !== undefined) {
    await endsWithin(resource.waitForAsyncAttributes(), DETECTION_TIMEOUT_MILLIS);
  }
  const { attributes, schemaUrl } = resource;
  return schemaUrl === undefined ? { attributes } : { attributes, schemaUrl };
}

function asResource(value: unknown): ResourceLike | undefined {
  return typeof value === 'object' && value !== null && 'attributes' in value ? (value as ResourceLike) : undefined;
}

function environmentAttributes(env: NodeJS.ProcessEnv): Attributes {
  const attributes: Record<string, string> = { 'service.name': 'unknown_service:node' };
  for (const pair of (env['OTEL_RESOURCE_ATTRIBUTES'] ?? '').split(',')) {
    const equals = pair.indexOf('=');
    if (equals > 0) attributes[pair.slice(0, equals).trim()] = decoded(pair.slice(equals + 1).trim());
  }
  const serviceName = env['OTEL_SERVICE_NAME'];
  if (serviceName !== undefined && serviceName !== '') attributes['service.name'] = serviceName;
  return attributes;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
