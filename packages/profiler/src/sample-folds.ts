import type { SlicedWork } from '@flamespan/profile';
import { foldHeapProfile } from './heap-profile-fold.ts';
import { createOwnerResolver } from './owner-resolver.ts';
import type { PauseMeter } from './pause-meter.ts';
import type { SamplingWindow } from './sampling-window.ts';
import { SliceQueue } from './slice-queue.ts';
import { foldTimeProfile } from './time-profile-fold.ts';
import type { ProfilerOptions, RawTimeProfile, Scheduler } from './types.ts';

export interface SampleFoldsOptions {
  readonly scheduler: Scheduler;
  readonly pauses: PauseMeter;
  readonly resolveOwner: ProfilerOptions['resolveOwner'];
  readonly reportError: (message: string, cause: unknown) => void;
  /** Told of the size that a call tree had reached when it was collected. */
  readonly onFolded: (nodes: number, elapsedMillis: number) => void;
}

/** What was taken out of the native profiler, and how. */
export interface Collection {
  readonly raw: RawTimeProfile;
  readonly window: SamplingWindow;
  /** What samples noted are the records themselves, not cells that hold them. */
  readonly findsRecords: boolean;
  /** Since the collection before. */
  readonly elapsedMillis: number;
  /** For how long no sample could be taken. */
  readonly pauseMillis: number;
  /** The native profiler was stopped and started since the collection before. */
  readonly afterGap: boolean;
}

/**
 * Folds what was collected into the builders of its windows, in the order in which it was collected, and in slices: the
 * trees that the native profiler returns are plain data, so the event loop need not stand still until they are read.
 */
export class SampleFolds {
  readonly #options: SampleFoldsOptions;
  readonly #work: SliceQueue;
  #carriedCpuNanos = 0;
  #lastUnixMicros: bigint | undefined;
  #samples = 0;
  #samplesWithSpan = 0;
  #samplesLost = 0;

  constructor(options: SampleFoldsOptions) {
    this.#options = options;
    const { scheduler, pauses, reportError } = options;
    this.#work = new SliceQueue({
      later: (callback) => {
        try {
          return scheduler.schedule(callback, 0);
        } catch (error) {
          reportError('What was collected could not be taken in later', error);
          return () => undefined;
        }
      },
      nowMillis: () => scheduler.nowMillis(),
      slice: (work) => pauses.measure(work),
    });
  }

  get samples(): number {
    return this.#samples;
  }

  get samplesWithSpan(): number {
    return this.#samplesWithSpan;
  }

  get samplesLost(): number {
    return this.#samplesLost;
  }

  /** Sampling begins: what follows has nothing to do with what was before. */
  begin(): void {
    this.finish();
    this.#carriedCpuNanos = 0;
    this.#lastUnixMicros = undefined;
  }

  add(collection: Collection): void {
    // An application that blocks the event loop leaves few turns: what waits must not grow into a heap of trees.
    this.finish();
    const now = this.#options.scheduler.nowUnixNano();
    this.#work.add(this.#foldTimes(collection, now), (error) => {
      if (error !== undefined) this.#options.reportError('The samples of a collection are lost', error);
    });
  }

  /** Adds the heap profile that the window has by now. `ended` is told when all of the window is in its builder. */
  addHeap(window: SamplingWindow, ended: () => void = () => undefined): void {
    this.#work.add(foldHeap(window), (error) => {
      if (error !== undefined) this.#options.reportError('A heap profile is lost', error);
      ended();
    });
  }

  /** Does now what waits for its turn. */
  finish(): void {
    this.#work.finish();
  }

  *#foldTimes(collection: Collection, nowUnixNano: bigint): SlicedWork<void> {
    const { raw, window, findsRecords, elapsedMillis } = collection;
    const { resolveOwner, reportError } = this.#options;
    const folded = yield* foldTimeProfile({
      raw,
      frames: window.frames,
      intervalMicros: window.samplingIntervalMicros,
      carriedCpuNanos: this.#carriedCpuNanos,
      endUnixNano: nowUnixNano > window.startTimeUnixNano ? nowUnixNano - 1n : window.startTimeUnixNano,
      ownerOf: createOwnerResolver(window.builder, { findsRecords, resolveOwner, reportError }),
    });
    this.#carriedCpuNanos = folded.carriedCpuNanos;
    this.#samples += folded.samples;
    this.#samplesWithSpan += folded.samplesWithSpan;
    if (folded.firstUnixMicros !== undefined) this.#samplesLost += this.#lostBefore(folded.firstUnixMicros, collection);
    this.#lastUnixMicros = folded.lastUnixMicros ?? this.#lastUnixMicros;
    this.#options.onFolded(folded.nodes, elapsedMillis);
  }

  /** Samples that were due while those before were collected. The clock may jump, and the machine may have slept. */
  #lostBefore(firstUnixMicros: bigint, { window, pauseMillis, afterGap }: Collection): number {
    if (this.#lastUnixMicros === undefined || afterGap) return 0;
    const { samplingIntervalMicros } = window;
    const missed = Math.round(Number(firstUnixMicros - this.#lastUnixMicros) / samplingIntervalMicros) - 1;
    const most = 2 + Math.ceil((pauseMillis * 1_000) / samplingIntervalMicros);
    return Math.min(Math.max(missed, 0), most);
  }
}

function* foldHeap(window: SamplingWindow): SlicedWork<void> {
  if (window.heap !== undefined) yield* foldHeapProfile(window.heap, window.frames);
}
