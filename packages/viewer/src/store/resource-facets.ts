import type { Resource } from '@flamespan/profile';

/** `''` = unknown. */
export function versionOf({ attributes }: Resource): string {
  return text(attributes['service.version']);
}

/** Where the process runs: the machine, else the container. `''` = unknown. */
export function hostOf({ attributes }: Resource): string {
  return text(attributes['host.name']) || text(attributes['host.id']) || text(attributes['container.id']);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
