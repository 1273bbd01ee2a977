import type { SpanIndex, SpanTable } from './profile.ts';
import type { ElementBudget } from './otlp/decode-limits.ts';
import type { ProfileBuilder } from './profile-builder.ts';

/**
 * The spans that a decoded profile is linked to, by content. Not the builder's own table: a span that a foreign producer
 * gave two endpoints has two rows here.
 */
export class LinkedSpanTable {
  readonly #builder: ProfileBuilder;
  readonly #budget: ElementBudget;
  readonly #index = new Map<string, SpanIndex>([['/', 0]]);
  readonly #traceId: string[] = [''];
  readonly #spanId: string[] = [''];
  readonly #endpoint: number[] = [0];

  constructor(builder: ProfileBuilder, budget: ElementBudget) {
    this.#builder = builder;
    this.#budget = budget;
  }

  /** Ids are lower-case hex, `''` where there is no link. */
  row(traceId: string, spanId: string, endpoint: string): SpanIndex {
    const key = `${traceId}${spanId}/${endpoint}`;
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    this.#budget.charge(8);
    const index = this.#spanId.length;
    this.#index.set(key, index);
    this.#traceId.push(traceId);
    this.#spanId.push(spanId);
    this.#endpoint.push(this.#builder.string(endpoint));
    return index;
  }

  build(): SpanTable {
    const length = this.#spanId.length;
    return {
      length,
      traceId: this.#traceId,
      spanId: this.#spanId,
      localRootSpanId: Array.from({ length }, () => ''),
      sampled: Uint8Array.from(this.#spanId, (spanId) => (spanId === '' ? 0 : 1)),
      endpoint: Int32Array.from(this.#endpoint),
    };
  }
}
