import type { NativeHeapProfiler, RawHeapNode } from './types.ts';

export interface HeapSamplerOptions {
  readonly heap: NativeHeapProfiler;
  readonly intervalBytes: number;
  readonly stackDepth: number;
  /** Whether to sample what was allocated, too. */
  readonly allocations: boolean;
  readonly reportError: (message: string, cause: unknown) => void;
}

export interface HeapSnapshot {
  readonly root: RawHeapNode;
  /** Whether the dead objects in it are those of the time since the last snapshot. */
  readonly allocations: boolean;
}

/** Runs the thread's heap sampler. None of its methods throws. */
export class HeapSampler {
  readonly #options: HeapSamplerOptions;
  #running = false;
  /** Whether to sample what was allocated, until that turns out to be impossible. */
  #allocations: boolean;

  constructor(options: HeapSamplerOptions) {
    this.#options = options;
    this.#allocations = options.allocations;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Whether the next snapshot will collect all garbage, to tell the dead objects. */
  get collectsGarbage(): boolean {
    return this.#running && this.#allocations;
  }

  start(): void {
    if (this.#running) return;
    const { heap, reportError } = this.#options;
    if (isSampling(heap)) {
      reportError(
        'Heap profiles are off: another profiler samples the heap of this thread. Switch it off to use this one',
        undefined,
      );
      return;
    }
    try {
      if (this.#allocations) this.#startAllocations();
      if (!this.#allocations) this.#startNative();
      this.#running = true;
    } catch (error) {
      reportError('Heap profiles are off: the heap sampler did not start', error);
    }
  }

  /** The objects alive now; with allocations those since the last snapshot, and the dead ones. */
  snapshot(): HeapSnapshot | undefined {
    if (!this.#running) return undefined;
    try {
      return this.#allocations ? this.#takeAllocations() : { root: this.#options.heap.allocationProfile(), allocations: false };
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
      const { heap } = this.#options;
      if (heap.usedByOthers?.() !== true) heap.stop();
      else if (this.#allocations) this.#leaveToOthers(heap.allocationProfile());
    } catch (error) {
      this.#options.reportError('The heap sampler could not be stopped', error);
    }
  }

  #startNative(): void {
    const { heap, intervalBytes, stackDepth } = this.#options;
    heap.start(intervalBytes, stackDepth, this.#allocations);
  }

  #startAllocations(): void {
    try {
      this.#startNative();
    } catch (error) {
      this.#allocations = false;
      this.#options.reportError('Heap profiles are without allocations, they say only what is alive', error);
    }
  }

  /** The sampler keeps dead objects until it is stopped: it begins anew, so that each is told once and memory is bounded. */
  #takeAllocations(): HeapSnapshot | undefined {
    const { heap, reportError } = this.#options;
    if (heap.usedByOthers?.() === true) {
      reportError('Heap profiles are without allocations: another profiler reads the heap sampler of this thread, too', undefined);
      this.#leaveToOthers(heap.allocationProfile());
      return undefined;
    }
    const root = heap.allocationProfile();
    heap.stop();
    this.#startNative();
    return { root, allocations: true };
  }

  /**
   * The last start, which was theirs, decided about the form of snapshots. Who expects dead objects begins anew with each
   * snapshot, as we do; under others, who never do, the sampler would keep them for ever.
   */
  #leaveToOthers(snapshot: RawHeapNode): void {
    this.#allocations = false;
    if (hasDeadObjects(snapshot)) return;
    this.#options.heap.stop();
    this.#startNative();
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

/** Whether the sampler was started with allocations. */
function hasDeadObjects(snapshot: RawHeapNode): boolean {
  const nodes = [snapshot];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (node.allocations.some((objects) => 'allocObjects' in objects)) return true;
    nodes.push(...node.children);
  }
  return false;
}
