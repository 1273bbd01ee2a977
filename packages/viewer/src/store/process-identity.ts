import type { AttributeValue, Resource } from '@flamespan/profile';

/** Shown where a resource has no `service.name`; the name that OpenTelemetry's SDKs begin theirs with. */
const UNKNOWN_SERVICE = 'unknown_service';

const IDENTIFYING = ['service.namespace', 'service.name', 'service.instance.id', 'host.id', 'host.name', 'container.id', 'process.pid'] as const;

export function serviceNameOf(resource: Resource): string {
  const name = resource.attributes['service.name'];
  return typeof name === 'string' && name !== '' ? name : UNKNOWN_SERVICE;
}

const identities = new WeakMap<Resource, string>();

/** Equal for what one process sent: its spans and its profiles carry the same Resource. */
export function processIdentityOf(resource: Resource): string {
  let identity = identities.get(resource);
  if (identity === undefined) {
    identity = IDENTIFYING.map((key) => text(resource.attributes[key])).join('\u0000');
    identities.set(resource, identity);
  }
  return identity;
}

function text(value: AttributeValue): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
}
