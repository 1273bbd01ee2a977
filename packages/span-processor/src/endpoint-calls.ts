import type { ProfileBuilder } from '@flamespan/profile';

/** Finished local roots by endpoint, until a window takes them. */
export class EndpointCalls {
  #calls = new Map<string, number>();

  count(endpoint: string): void {
    this.#calls.set(endpoint, (this.#calls.get(endpoint) ?? 0) + 1);
  }

  moveTo(builder: ProfileBuilder): void {
    if (this.#calls.size === 0) return;
    for (const [endpoint, calls] of this.#calls) builder.addEndpointCalls(endpoint, calls);
    this.#calls = new Map();
  }
}
