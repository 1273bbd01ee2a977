import type { Profile } from '@flamespan/profile';

/** What an endpoint has used since the processor was created. */
export interface EndpointUsage {
  readonly calls: number;
  readonly cpuNanos: bigint;
}

/** Adds up calls and CPU per endpoint over all profiles. Endpoints are few: their names are capped. */
export class EndpointUsages {
  readonly #usages = new Map<string, { calls: number; cpuNanos: bigint }>();

  add({ samples, spans, strings, endpointCalls }: Profile): void {
    const cpuByString = new Map<number, bigint>();
    for (let row = 0; row < samples.length; row++) {
      const endpoint = spans.endpoint[samples.span[row] as number] as number;
      if (endpoint !== 0) cpuByString.set(endpoint, (cpuByString.get(endpoint) ?? 0n) + (samples.cpuNanos[row] as bigint));
    }
    for (const [endpoint, cpuNanos] of cpuByString) this.#of(strings[endpoint] as string).cpuNanos += cpuNanos;
    for (const [endpoint, calls] of endpointCalls) this.#of(endpoint).calls += calls;
  }

  [Symbol.iterator](): IterableIterator<[string, EndpointUsage]> {
    return this.#usages.entries();
  }

  #of(endpoint: string): { calls: number; cpuNanos: bigint } {
    let usage = this.#usages.get(endpoint);
    if (usage === undefined) this.#usages.set(endpoint, (usage = { calls: 0, cpuNanos: 0n }));
    return usage;
  }
}
