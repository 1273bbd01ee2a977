import type { Scheduler } from '@flamespan/profiler';
import type { RootSampleContext } from './sample-context.ts';
import type { ClosedWindow } from './window.ts';

/** Windows that wait hold memory twice over: beyond this the oldest goes with the names that are known. */
const MAX_BYTES = 8 * 1024 * 1024;

interface Waiting {
  readonly window: ClosedWindow;
  readonly roots: Set<RootSampleContext>;
  readonly cancelTimer: () => void;
}

export interface PendingWindowsOptions {
  readonly graceMillis: number;
  readonly scheduler: Scheduler;
  /** Gets each window once. */
  readonly finish: (window: ClosedWindow) => void;
}

/** Holds closed windows until the local roots in them have ended, so that each gets its final endpoint. */
export class PendingWindows {
  readonly #graceMillis: number;
  readonly #scheduler: Scheduler;
  readonly #finish: (window: ClosedWindow) => void;
  #waiting: Waiting[] = [];

  constructor(options: PendingWindowsOptions) {
    this.#graceMillis = options.graceMillis;
    this.#scheduler = options.scheduler;
    this.#finish = options.finish;
  }

  add(window: ClosedWindow): void {
    const roots = window.spans.unsettledRoots();
    if (roots.size === 0 || this.#graceMillis === 0) {
      this.#finish(window);
      return;
    }
    const cancelTimer = this.#scheduler.schedule(() => this.#release(waiting), this.#graceMillis);
    const waiting: Waiting = { window, roots, cancelTimer };
    this.#waiting.push(waiting);
    while (this.#byteLength() > MAX_BYTES) this.#release(this.#waiting[0] as Waiting);
  }

  /** A local root has ended and its endpoint is final. Called for every one of them: nothing waits most of the time. */
  settle(root: RootSampleContext): void {
    if (this.#waiting.length === 0) return;
    for (const waiting of this.#waiting) {
      // Not now: this is the application's `span.end()`, and finishing a window takes milliseconds.
      if (waiting.roots.delete(root) && waiting.roots.size === 0) this.#scheduler.schedule(() => this.#release(waiting), 0);
    }
  }

  /** Waits no longer. */
  finishAll(): void {
    while (this.#waiting.length > 0) this.#release(this.#waiting[0] as Waiting);
  }

  #release(waiting: Waiting): void {
    waiting.cancelTimer();
    const index = this.#waiting.indexOf(waiting);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    this.#finish(waiting.window);
  }

  #byteLength(): number {
    return this.#waiting.reduce((sum, { window }) => sum + window.collected.builder.byteLength, 0);
  }
}
