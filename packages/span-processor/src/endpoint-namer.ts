import type { EndpointSource } from '@flamespan/profile';
import { endpointOf } from '@flamespan/profile';

/** What does not fit under the limit of distinct names. */
export const OTHER = '__other__';

const MAX_LENGTH = 200;

/** A user's own rule. Gets the name that the built-in rules give; what it returns is the name, undefined is none. */
export type ResolveEndpoint = (span: EndpointSource, name: string | undefined) => string | undefined;

export interface EndpointNamerOptions {
  readonly maxEndpoints: number;
  readonly resolveEndpoint: ResolveEndpoint | undefined;
  readonly onError: (error: unknown) => void;
}

/** Names endpoints under the limits that keep them low in cardinality, whatever a rule or an instrumentation does. */
export class EndpointNamer {
  readonly #options: EndpointNamerOptions;
  /** Each name once: what a local root keeps is the stored string, not one of its own. */
  readonly #names = new Map<string, string>();

  constructor(options: EndpointNamerOptions) {
    this.#options = options;
  }

  nameOf(source: EndpointSource): string | undefined {
    const name = this.#resolve(source, endpointOf(source));
    if (name === undefined) return undefined;
    const short = name.length > MAX_LENGTH ? `${name.slice(0, MAX_LENGTH - 1)}…` : name;
    const known = this.#names.get(short);
    if (known !== undefined) return known;
    if (this.#names.size >= this.#options.maxEndpoints) return OTHER;
    this.#names.set(short, short);
    return short;
  }

  #resolve(source: EndpointSource, name: string | undefined): string | undefined {
    const { resolveEndpoint, onError } = this.#options;
    if (resolveEndpoint === undefined) return name;
    try {
      const resolved: unknown = resolveEndpoint(source, name);
      return typeof resolved === 'string' && resolved !== '' ? resolved : undefined;
    } catch (error) {
      onError(error);
      return name;
    }
  }
}
