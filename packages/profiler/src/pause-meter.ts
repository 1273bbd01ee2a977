export interface PauseMeterOptions {
  readonly nowMillis: () => number;
  /** Told of each pause. An exception ends here. */
  readonly onPause: ((millis: number) => void) | undefined;
}

/** Measures for how long the event loop stands still for us. */
export class PauseMeter {
  readonly #options: PauseMeterOptions;
  #measuring = false;
  #millisTotal = 0;
  #millisMax = 0;

  constructor(options: PauseMeterOptions) {
    this.#options = options;
  }

  get millisTotal(): number {
    return this.#millisTotal;
  }

  get millisMax(): number {
    return this.#millisMax;
  }

  /** Does `work`, which is one pause, or part of the one that is being measured. */
  measure(work: () => void): void {
    if (this.#measuring) {
      work();
      return;
    }
    const { nowMillis, onPause } = this.#options;
    const startMillis = nowMillis();
    this.#measuring = true;
    try {
      work();
    } finally {
      this.#measuring = false;
      const millis = Math.max(0, nowMillis() - startMillis);
      this.#millisTotal += millis;
      this.#millisMax = Math.max(this.#millisMax, millis);
      try {
        onPause?.(millis);
      } catch {
        // Whoever listens must not stop the sampling.
      }
    }
  }
}
