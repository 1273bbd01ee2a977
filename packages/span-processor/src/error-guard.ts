import { logger } from './logger.ts';

/** Enough to see what is wrong; a fault whose message changes every time must not fill the log. */
const MAX_MESSAGES = 32;

/** Keeps our own faults away from the application: what goes wrong is counted, and each message is said once. */
export class ErrorGuard {
  #count = 0;
  readonly #said = new Set<string>();

  get count(): number {
    return this.#count;
  }

  /** Runs `work`; an exception ends here. */
  run(place: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.report(place, error);
    }
  }

  report(place: string, error: unknown): void {
    this.#count += 1;
    try {
      const message = `${place}: ${error instanceof Error ? error.message : String(error)}`;
      if (this.#said.has(message) || this.#said.size >= MAX_MESSAGES) return;
      this.#said.add(message);
      logger.error(`${message} (the application is not affected, profiles may be incomplete)`);
    } catch {
      // What was thrown cannot be put into words.
    }
  }
}
