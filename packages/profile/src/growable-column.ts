type Column = Int32Array | BigInt64Array | BigUint64Array;

/** A typed array that grows by doubling. */
export class GrowableColumn<T extends Column> {
  #values: T;
  readonly #create: (length: number) => T;
  #length = 0;

  constructor(create: (length: number) => T) {
    this.#create = create;
    this.#values = create(64);
  }

  get length(): number {
    return this.#length;
  }

  get byteLength(): number {
    return this.#values.byteLength;
  }

  push(value: T[number]): void {
    if (this.#length === this.#values.length) {
      const grown = this.#create(this.#length * 2);
      grown.set(this.#values as never);
      this.#values = grown;
    }
    this.#values[this.#length++] = value as never;
  }

  /** A copy, cut to length. */
  toArray(): T {
    return this.#values.slice(0, this.#length) as T;
  }
}
