import type { CollectionInterval } from './collection-interval.ts';
import type { Scheduler } from './types.ts';

export interface CollectionTimerOptions {
  readonly scheduler: Scheduler;
  readonly interval: CollectionInterval;
  readonly collect: () => void;
  readonly reportError: (message: string, cause: unknown) => void;
}

/** Collects when it is due, counted from the last collection, whoever asked for that. */
export class CollectionTimer {
  readonly #options: CollectionTimerOptions;
  #lastMillis = 0;
  #cancel: (() => void) | undefined;

  constructor(options: CollectionTimerOptions) {
    this.#options = options;
  }

  /** There was a collection, or sampling began. Returns the time since the one before. */
  collected(): number {
    const nowMillis = this.#options.scheduler.nowMillis();
    const elapsedMillis = nowMillis - this.#lastMillis;
    this.#lastMillis = nowMillis;
    return elapsedMillis;
  }

  /** Sets the timer, anew where the interval has changed. */
  set(): void {
    this.cancel();
    const { scheduler, interval, collect, reportError } = this.#options;
    const delayMillis = this.#lastMillis + interval.nextMillis - scheduler.nowMillis();
    try {
      this.#cancel = scheduler.schedule(() => {
        this.#cancel = undefined;
        collect();
      }, Math.max(0, delayMillis));
    } catch (error) {
      reportError('The next collection could not be scheduled', error);
    }
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
