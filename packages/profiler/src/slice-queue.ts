import type { SlicedWork } from '@flamespan/profile';

export interface SliceQueueOptions {
  /** Runs a callback in a later turn. Must not throw: where it cannot, what waits is done at the next {@link SliceQueue.finish}. */
  readonly later: (callback: () => void) => () => void;
  readonly nowMillis: () => number;
  /** Runs a slice, and knows how long it takes. */
  readonly slice: (work: () => void) => void;
}

/** Beyond this a slice ends at its next step. Short against the native part of a collection, which cannot be divided. */
const SLICE_MILLIS = 2;

interface Work {
  readonly steps: SlicedWork<void>;
  readonly ended: (error: unknown) => void;
}

/** Does work in the order in which it was added, a slice in each turn of the event loop. */
export class SliceQueue {
  readonly #options: SliceQueueOptions;
  readonly #waiting: Work[] = [];
  #cancel: (() => void) | undefined;

  constructor(options: SliceQueueOptions) {
    this.#options = options;
  }

  /** `ended` must not throw; it gets what `steps` threw, if they did, and may call {@link finish}. */
  add(steps: SlicedWork<void>, ended: (error: unknown) => void): void {
    this.#waiting.push({ steps, ended });
    if (this.#cancel === undefined) this.#goOnLater();
  }

  /** Does now all that waits. */
  finish(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#waiting.length > 0) this.#options.slice(() => this.#run(Infinity));
  }

  #goOnLater(): void {
    this.#cancel = this.#options.later(() => {
      this.#cancel = undefined;
      this.#options.slice(() => this.#run(this.#options.nowMillis() + SLICE_MILLIS));
      if (this.#waiting.length > 0) this.#goOnLater();
    });
  }

  #run(untilMillis: number): void {
    for (let work = this.#waiting[0]; work !== undefined; work = this.#waiting[0]) {
      let done: boolean | undefined = true;
      let failure: unknown;
      try {
        done = work.steps.next().done;
      } catch (error) {
        failure = error;
      }
      if (done === true) {
        this.#waiting.shift();
        work.ended(failure);
      }
      if (this.#options.nowMillis() >= untilMillis) return;
    }
  }
}
