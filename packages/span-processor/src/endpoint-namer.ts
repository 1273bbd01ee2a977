import type { EndpointSource } from '@flamespan/profile';
import { endpointOf } from '@flamespan/profile';
import type { RootSampleContext } from './sample-context.ts';
import { endpointSourceOf } from './sample-context.ts';
import type { ReadableSpanLike } from './span-processor-like.ts';

/** What does not fit under the limit of distinct names. */
export const OTHER = '__other__';

const MAX_LENGTH = 200;

/** A user's own rule. Gets the name that the built-in rules give; what it returns is the name, undefined is none. */
export type ResolveEndpoint = (span: EndpointSource, name: string | undefined) => string | undefined;

export interface EndpointNamerOptions {
  readonly maxEndpoints: number;
  readonly resolveEndpoint: ResolveEndpoint | undefined;
  readonly onError: (place: 'resolveEndpoint' | 'naming an endpoint', error: unknown) => void;
}

/** Names endpoints under the limits that keep them low in cardinality, whatever a rule or an instrumentation does. */
export class EndpointNamer {
  readonly #options: EndpointNamerOptions;
  /** Each name once: what a local root keeps is the stored string, not one of its own. */
  readonly #names = new Map<string, string>();

  constructor(options: EndpointNamerOptions) {
    this.#options = options;
  }

  /** Never throws: a span of somebody else's making that cannot be read has no endpoint, and costs no other its own. */
  nameOf(root: RootSampleContext, span: ReadableSpanLike, ended: boolean): string | undefined {
    try {
      const source = endpointSourceOf(root, span, ended);
      return this.#limited(this.#resolve(source, endpointOf(source)));
    } catch (error) {
      this.#options.onError('naming an endpoint', error);
      return undefined;
    }
  }

  #limited(name: string | undefined): string | undefined {
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
      onError('resolveEndpoint', error);
      return name;
    }
  }
}
