/** Collecting pauses the thread in proportion to the nodes of the call tree, by some seven milliseconds at this size. */
const TARGET_NODES = 6_000;

/** Chooses the time between collections so that the call tree, and with it the pause, stays small. */
export class CollectionInterval {
  readonly #minMillis: number;
  readonly #maxMillis: number;
  #nextMillis: number;

  constructor(minMillis: number, maxMillis: number) {
    this.#minMillis = minMillis;
    this.#maxMillis = Math.max(minMillis, maxMillis);
    this.#nextMillis = minMillis;
  }

  get nextMillis(): number {
    return this.#nextMillis;
  }

  /** Notes the size that the tree reached in `elapsedMillis`. */
  observe(nodes: number, elapsedMillis: number): void {
    // A young tree grows fastest: what was seen at an early collection says little about a long one.
    if (elapsedMillis < this.#minMillis / 2) return;
    const millis = (elapsedMillis * TARGET_NODES) / Math.max(nodes, 1);
    this.#nextMillis = Math.min(Math.max(millis, this.#minMillis), this.#maxMillis);
  }
}
