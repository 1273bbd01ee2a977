import { endpointOf } from '@flamespan/profile';
import type { Span } from './span.ts';

/** The endpoint that a finished span serves, by the rules that name it on samples. */
export function endpointOfSpan({ name, kind, attributes }: Span): string | undefined {
  // OTLP counts kinds from 1, the API from 0.
  return endpointOf({ name, kind: kind - 1, attributes, route: undefined, ended: true });
}
