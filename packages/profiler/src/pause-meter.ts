export interface PauseMeterOptions {
  readonly nowMillis: () => number;
  /** Told of each pause, and of how much of it was {@link PauseMeter.measureFixed}. An exception ends here. */
  readonly onPause: ((millis: number, fixedMillis: number) => void) | undefined;
}

/** Measures for how long the event loop stands still for us. */
export class PauseMeter {
  readonly #options: PauseMeterOptions;
  #measuring = false;
  #fixedMillis = 0;
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
    this.#fixedMillis = 0;
    try {
      work();
    } finally {
      this.#measuring = false;
      const millis = Math.max(0, nowMillis() - startMillis);
      this.#millisTotal += millis;
      this.#millisMax = Math.max(this.#millisMax, millis);
      try {
        onPause?.(millis, Math.min(this.#fixedMillis, millis));
      } catch {
        // Whoever listens must not stop the sampling.
      }
    }
  }

  /** As {@link measure}, for work that takes as long at any sampling rate. */
  measureFixed<T>(work: () => T): T {
    let result: T | undefined;
    this.measure(() => {
      const startMillis = this.#options.nowMillis();
      try {
        result = work();
      } finally {
        this.#fixedMillis += Math.max(0, this.#options.nowMillis() - startMillis);
      }
    });
    return result as T;
  }
}
