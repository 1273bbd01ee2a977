import type { NativeHeapProfiler, RawHeapNode } from './types.ts';

export interface HeapSamplerOptions {
  readonly heap: NativeHeapProfiler;
  readonly intervalBytes: number;
  readonly stackDepth: number;
  readonly reportError: (message: string, cause: unknown) => void;
}

/** Runs the thread's heap sampler. None of its methods throws. */
export class HeapSampler {
  readonly #options: HeapSamplerOptions;
  #running = false;

  constructor(options: HeapSamplerOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#running;
  }

  start(): void {
    if (this.#running) return;
    const { heap, intervalBytes, stackDepth, reportError } = this.#options;
    if (isSampling(heap)) {
      reportError(
        'Heap profiles are off: another profiler samples the heap of this thread. Switch it off to use this one',
        undefined,
      );
      return;
    }
    try {
      heap.start(intervalBytes, stackDepth);
      this.#running = true;
    } catch (error) {
      reportError('Heap profiles are off: the heap sampler did not start', error);
    }
  }

  /** The objects alive now. */
  snapshot(): RawHeapNode | undefined {
    if (!this.#running) return undefined;
    try {
      return this.#options.heap.allocationProfile();
    } catch (error) {
      this.#options.reportError('The heap profile could not be taken, sampling begins again', error);
      this.stop();
      this.start();
      return undefined;
    }
  }

  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    try {
      if (this.#options.heap.usedByOthers?.() !== true) this.#options.heap.stop();
    } catch (error) {
      this.#options.reportError('The heap sampler could not be stopped', error);
    }
  }
}

/** A second native start does nothing and says nothing, but a snapshot exists only while someone samples. */
function isSampling(heap: NativeHeapProfiler): boolean {
  try {
    heap.allocationProfile();
    return true;
  } catch {
    return false;
  }
}
