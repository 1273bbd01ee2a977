import type { Resource } from '@flamespan/profile';
import { resourceBytes } from './memory-size.ts';

const MAX_RESOURCES = 64;
const MAX_RESOURCE_BYTES = 64 * 1024;

export interface InternedResource {
  /** The resource to keep instead of the one that came. */
  readonly resource: Resource;
  /** Memory that keeping it takes; 0 where it is shared with spans that came before. */
  readonly bytes: number;
}

/** Resources that were seen lately, once each: every request brings its own copy of the same one. */
export class ResourceTable {
  readonly #byText = new Map<string, Resource>();
  /** Of the objects that came, so that a request with many spans looks its resource up once. */
  readonly #interned = new WeakMap<Resource, InternedResource>();

  intern(resource: Resource): InternedResource {
    const seen = this.#interned.get(resource);
    if (seen !== undefined) return seen;
    const bytes = resourceBytes(resource);
    if (bytes > MAX_RESOURCE_BYTES) return this.#remember(resource, { resource, bytes });

    const text = JSON.stringify(resource, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
    const known = this.#byText.get(text);
    // The last used goes to the end.
    this.#byText.delete(text);
    this.#byText.set(text, known ?? resource);
    if (this.#byText.size > MAX_RESOURCES) {
      for (const oldest of this.#byText.keys()) {
        this.#byText.delete(oldest);
        break;
      }
    }
    this.#remember(resource, { resource: known ?? resource, bytes: 0 });
    return { resource: known ?? resource, bytes: known === undefined ? bytes : 0 };
  }

  #remember(resource: Resource, interned: InternedResource): InternedResource {
    this.#interned.set(resource, interned);
    return interned;
  }
}
