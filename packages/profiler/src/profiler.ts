import type { ProfileType } from '@flamespan/profile';
import { CollectionInterval } from './collection-interval.ts';
import { foldHeapProfile } from './heap-profile-fold.ts';
import { HeapSampler } from './heap-sampler.ts';
import { defaultBinding } from './native-registry.ts';
import { ANOTHER_PROFILER } from './other-profilers.ts';
import { createOwnerResolver } from './owner-resolver.ts';
import { openWindow } from './sampling-window.ts';
import type { SamplingWindow } from './sampling-window.ts';
import { createScheduler } from './scheduler.ts';
import { foldTimeProfile } from './time-profile-fold.ts';
import { TimedSampler } from './timed-sampler.ts';
import type {
  CollectedWindow, ContextHolder, Profiler, ProfilerBinding, ProfilerOptions, ProfilerStats, RawTimeProfile,
  RecordSource, Scheduler, StartResult,
} from './types.ts';

const DEFAULTS = Object.freeze({
  types: ['wall', 'cpu', 'heap'] as readonly ProfileType[],
  samplingIntervalMicros: 10_101,
  heapIntervalBytes: 524_288,
  heapStackDepth: 64,
  minCollectionIntervalMillis: 2_000,
  maxCollectionIntervalMillis: 10_000,
});

/** A profiler of the current thread, not yet running. */
export function createProfiler(options: ProfilerOptions): Profiler {
  return new SamplingProfiler(options);
}

class SamplingProfiler implements Profiler {
  readonly #options: ProfilerOptions;
  readonly #types: readonly ProfileType[];
  readonly #samplingIntervalMicros: number;
  readonly #scheduler: Scheduler;
  readonly #binding: ProfilerBinding;
  readonly #timed: TimedSampler;
  readonly #heap: HeapSampler;
  readonly #interval: CollectionInterval;
  /** What the last start was asked for and came to, while running. */
  #started: { readonly key: object | undefined; readonly result: StartResult } | undefined;
  #window: SamplingWindow | undefined;
  #cancelTimer: (() => void) | undefined;
  #lastCollectionMillis = 0;
  #carriedCpuNanos = 0;

  #collections = 0;
  #pauseMillisTotal = 0;
  #pauseMillisMax = 0;
  #samples = 0;
  #samplesWithSpan = 0;
  #errors = 0;

  constructor(options: ProfilerOptions) {
    this.#options = options;
    this.#types = options.types ?? DEFAULTS.types;
    this.#samplingIntervalMicros = options.samplingIntervalMicros ?? DEFAULTS.samplingIntervalMicros;
    this.#scheduler = options.scheduler ?? createScheduler();
    this.#binding = options.binding ?? defaultBinding();
    const reportError = (message: string, cause: unknown): void => this.#report(message, cause);
    this.#timed = new TimedSampler({
      binding: this.#binding,
      intervalMicros: this.#samplingIntervalMicros,
      reportError,
      giveWay: () => this.#giveWay(this.#otherProfiler(true) ?? ANOTHER_PROFILER),
    });
    this.#heap = new HeapSampler({
      heap: this.#binding.heap,
      intervalBytes: options.heapIntervalBytes ?? DEFAULTS.heapIntervalBytes,
      stackDepth: options.heapStackDepth ?? DEFAULTS.heapStackDepth,
      allocations: options.heapAllocations ?? false,
      reportError,
    });
    this.#interval = new CollectionInterval(
      options.minCollectionIntervalMillis ?? DEFAULTS.minCollectionIntervalMillis,
      options.maxCollectionIntervalMillis ?? DEFAULTS.maxCollectionIntervalMillis,
    );
  }

  get running(): boolean {
    return this.#timed.running || this.#heap.running;
  }

  get stats(): ProfilerStats {
    return {
      collections: this.#collections,
      pauseMillisTotal: this.#pauseMillisTotal,
      pauseMillisMax: this.#pauseMillisMax,
      samples: this.#samples,
      samplesWithSpan: this.#samplesWithSpan,
      restarts: this.#timed.restarts,
      errors: this.#errors,
    };
  }

  start(key?: object): StartResult {
    if (this.running && this.#started !== undefined) {
      if (this.#started.key === key) return this.#started.result;
      // The native profiler is bound to its key; another key needs another one.
      this.#paused(() => this.#foldTimed(this.#timed.stop()));
    }
    let result: StartResult;
    try {
      result = this.#start(key);
      if (result.status === 'started') this.#window ??= openWindow(this.#scheduler.nowUnixNano());
    } catch (error) {
      this.#report('The profiler did not start', error);
      result = { status: 'off', reason: `The profiler did not start: ${messageOf(error)}` };
    }
    if (result.status === 'off') {
      this.stop();
      return result;
    }
    this.#started = { key, result };
    this.#lastCollectionMillis = this.#scheduler.nowMillis();
    this.#scheduleCollection();
    return result;
  }

  stop(): void {
    this.#paused(() => {
      // The heap first, so that it does not hold what collecting the samples allocates.
      const heap = this.#heap.snapshot();
      if (heap !== undefined && this.#window !== undefined) this.#window.heap = heap;
      this.#foldTimed(this.#timed.stop());
    });
    this.#heap.stop();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#started = undefined;
  }

  createContextHolder(record: object): ContextHolder | undefined {
    return this.#timed.findsRecords ? this.#timed.createContextHolder(record) : undefined;
  }

  setCurrentRecord(record: object | undefined): void {
    this.#timed.setCurrentRecord(record);
  }

  collect(): void {
    if (!this.#timed.running || this.#gaveWay()) return;
    this.#paused(() => this.#foldTimed(this.#timed.collect()));
    this.#scheduleCollection();
  }

  takeWindow(): CollectedWindow | undefined {
    this.#gaveWay();
    const window = this.#window;
    if (window === undefined) return undefined;
    if (this.running) {
      this.#paused(() => {
        window.heap = this.#heap.snapshot();
        this.#foldTimed(this.#timed.collect());
        this.#foldHeap(window);
      });
      this.#window = openWindow(this.#scheduler.nowUnixNano());
      this.#scheduleCollection();
    } else {
      this.#paused(() => this.#foldHeap(window));
      this.#window = undefined;
    }
    const durationNanos = this.#scheduler.nowUnixNano() - window.startTimeUnixNano;
    return {
      builder: window.builder,
      startTimeUnixNano: window.startTimeUnixNano,
      durationNanos: durationNanos > 0n ? durationNanos : 0n,
    };
  }

  #start(key: object | undefined): StartResult {
    const other = this.#otherProfiler(true);
    if (other !== undefined) return { status: 'off', reason: other };
    const wantsTimed = this.#types.includes('wall') || this.#types.includes('cpu');
    const wantsHeap = this.#types.includes('heap');
    const noTimes = wantsTimed ? this.#binding.timedSamplingUnsupported() : 'Only the heap is sampled.';
    let noLabels = noTimes;
    let records: RecordSource = 'told';
    if (noTimes === undefined) {
      noLabels = key === undefined ? 'No storage to find records in was given.' : undefined;
      if (key !== undefined && this.#binding.contextLabelsUnsupported() === undefined) records = 'held';
      const refused = this.#timed.start(records === 'held' ? key : undefined);
      if (refused !== undefined) return { status: 'off', reason: refused };
      this.#carriedCpuNanos = 0;
    }
    if (wantsHeap) this.#heap.start();
    if (!this.running) return { status: 'off', reason: noTimes ?? 'No profile type is switched on.' };
    return noLabels === undefined
      ? { status: 'started', labels: true, records }
      : { status: 'started', labels: false, reason: noLabels };
  }

  #otherProfiler(afresh: boolean): string | undefined {
    try {
      return this.#binding.otherProfiler?.(afresh);
    } catch (error) {
      this.#report('Other profilers could not be looked for', error);
      return undefined;
    }
  }

  /** Stops when another profiler has started meanwhile. */
  #gaveWay(): boolean {
    const reason = this.running ? this.#otherProfiler(false) : undefined;
    if (reason !== undefined) this.#giveWay(reason);
    return reason !== undefined;
  }

  #giveWay(reason: string): void {
    this.stop();
    try {
      this.#options.onOff?.(reason);
    } catch (error) {
      this.#report('Nobody could be told that sampling has ended', error);
    }
  }

  #foldTimed(raw: RawTimeProfile | undefined): void {
    const window = this.#window;
    if (raw === undefined || window === undefined) return;
    this.#collections++;
    const now = this.#scheduler.nowUnixNano();
    try {
      const folded = foldTimeProfile({
        raw,
        frames: window.frames,
        intervalMicros: this.#samplingIntervalMicros,
        carriedCpuNanos: this.#carriedCpuNanos,
        endUnixNano: now > window.startTimeUnixNano ? now - 1n : window.startTimeUnixNano,
        ownerOf: createOwnerResolver(window.builder, {
          findsRecords: this.#timed.findsRecords,
          resolveOwner: this.#options.resolveOwner,
          reportError: (message, cause) => this.#report(message, cause),
        }),
      });
      this.#carriedCpuNanos = folded.carriedCpuNanos;
      this.#samples += folded.samples;
      this.#samplesWithSpan += folded.samplesWithSpan;
      const nowMillis = this.#scheduler.nowMillis();
      this.#interval.observe(folded.nodes, nowMillis - this.#lastCollectionMillis);
      this.#lastCollectionMillis = nowMillis;
    } catch (error) {
      this.#report('The samples of a collection are lost', error);
    }
  }

  #foldHeap(window: SamplingWindow): void {
    if (window.heap === undefined) return;
    try {
      foldHeapProfile(window.heap, window.frames);
    } catch (error) {
      this.#report('A heap profile is lost', error);
    }
  }

  #scheduleCollection(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (!this.#timed.running) return;
    try {
      this.#cancelTimer = this.#scheduler.schedule(() => {
        this.#cancelTimer = undefined;
        this.collect();
      }, this.#interval.nextMillis);
    } catch (error) {
      this.#report('The next collection could not be scheduled', error);
    }
  }

  #paused(work: () => void): void {
    const start = this.#scheduler.nowMillis();
    work();
    const millis = this.#scheduler.nowMillis() - start;
    this.#pauseMillisTotal += millis;
    this.#pauseMillisMax = Math.max(this.#pauseMillisMax, millis);
  }

  #report(message: string, cause: unknown): void {
    this.#errors++;
    try {
      const text = cause === undefined ? message : `${message}: ${messageOf(cause)}`;
      this.#options.onError?.(new Error(text, { cause }));
    } catch {
      // Whoever listens must not stop the sampling either.
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
