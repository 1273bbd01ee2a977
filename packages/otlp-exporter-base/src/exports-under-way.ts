import type { DiagLogger } from '@opentelemetry/api';
import type { ExportResult } from '@flamespan/profile';

/** The exports that have not called back yet. */
export class ExportsUnderWay {
  readonly #logger: DiagLogger;
  readonly #exports: Set<Promise<void>> = new Set<Promise<void>>();

  constructor(logger: DiagLogger) {
    this.#logger = logger;
  }

  get size(): number {
    return this.#exports.size;
  }

  /** Calls back exactly once, never before this method returns. */
  add(result: Promise<ExportResult>, whenRejected: (error: unknown) => ExportResult, resultCallback: (result: ExportResult) => void): void {
    const underWay = result.catch(whenRejected).then((settled) => {
      this.#exports.delete(underWay);
      try {
        resultCallback(settled);
      } catch (error) {
        this.#logger.error('The result callback of an export threw', error);
      }
    });
    this.#exports.add(underWay);
  }

  /** Resolves when every export so far has called back. */
  async settled(): Promise<void> {
    await Promise.all(this.#exports);
  }
}
