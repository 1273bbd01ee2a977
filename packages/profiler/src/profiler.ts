import type { ProfileType } from '@flamespan/profile';
import { CollectionInterval } from './collection-interval.ts';
import { CollectionTimer } from './collection-timer.ts';
import type { HeapSnapshot } from './heap-sampler.ts';
import { HeapSampler } from './heap-sampler.ts';
import { defaultBinding } from './native-registry.ts';
import { ANOTHER_PROFILER } from './other-profilers.ts';
import { PauseMeter } from './pause-meter.ts';
import { SampleFolds } from './sample-folds.ts';
import { collectedWindow, openWindow } from './sampling-window.ts';
import type { SamplingWindow } from './sampling-window.ts';
import { createScheduler } from './scheduler.ts';
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
  minCollectionIntervalMillis: 1_000,
  maxCollectionIntervalMillis: 5_000,
});

/** A profiler of the current thread, not yet running. */
export function createProfiler(options: ProfilerOptions): Profiler {
  return new SamplingProfiler(options);
}

class SamplingProfiler implements Profiler {
  readonly #options: ProfilerOptions;
  readonly #types: readonly ProfileType[];
  readonly #scheduler: Scheduler;
  readonly #binding: ProfilerBinding;
  readonly #timed: TimedSampler;
  readonly #heap: HeapSampler;
  readonly #timer: CollectionTimer;
  readonly #pauses: PauseMeter;
  readonly #folds: SampleFolds;
  /** Of the current window, and from the next on. */
  #samplingIntervalMicros: number;
  #nextSamplingIntervalMicros: number;
  /** What the last start was asked for and came to, while running. */
  #started: { readonly key: object | undefined; readonly result: StartResult } | undefined;
  #window: SamplingWindow | undefined;
  /** A window is about to end. */
  #cancelClosing: (() => void) | undefined;
  #afterGap = false;

  #collections = 0;
  #errors = 0;

  constructor(options: ProfilerOptions) {
    this.#options = options;
    this.#types = options.types ?? DEFAULTS.types;
    this.#samplingIntervalMicros = options.samplingIntervalMicros ?? DEFAULTS.samplingIntervalMicros;
    this.#nextSamplingIntervalMicros = this.#samplingIntervalMicros;
    const scheduler = options.scheduler ?? createScheduler();
    this.#scheduler = scheduler;
    this.#binding = options.binding ?? defaultBinding();
    const reportError = (message: string, cause: unknown): void => this.#report(message, cause);
    this.#timed = new TimedSampler({
      binding: this.#binding,
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
    const interval = new CollectionInterval(
      options.minCollectionIntervalMillis ?? DEFAULTS.minCollectionIntervalMillis,
      options.maxCollectionIntervalMillis ?? DEFAULTS.maxCollectionIntervalMillis,
    );
    this.#timer = new CollectionTimer({ scheduler, interval, collect: () => this.#collect(), reportError });
    this.#pauses = new PauseMeter({ nowMillis: () => scheduler.nowMillis(), onPause: options.onPause });
    this.#folds = new SampleFolds({
      scheduler,
      pauses: this.#pauses,
      resolveOwner: options.resolveOwner,
      reportError,
      onFolded: (nodes, elapsedMillis) => {
        interval.observe(nodes, elapsedMillis);
        this.#scheduleCollection();
      },
    });
  }

  get running(): boolean {
    return this.#timed.running || this.#heap.running;
  }

  get stats(): ProfilerStats {
    return {
      collections: this.#collections,
      pauseMillisTotal: this.#pauses.millisTotal,
      pauseMillisMax: this.#pauses.millisMax,
      samples: this.#folds.samples,
      samplesWithSpan: this.#folds.samplesWithSpan,
      samplesLost: this.#folds.samplesLost,
      restarts: this.#timed.restarts,
      errors: this.#errors,
    };
  }

  start(key?: object): StartResult {
    if (this.running && this.#started !== undefined) {
      if (this.#started.key === key) return this.#started.result;
      // The native profiler is bound to its key; another key needs another one.
      this.#pauses.measure(() => this.#take(() => this.#timed.stop()));
    }
    let result: StartResult;
    try {
      if (this.#window === undefined) this.#samplingIntervalMicros = this.#nextSamplingIntervalMicros;
      result = this.#start(key);
      if (result.status === 'started') this.#window ??= this.#openWindow();
    } catch (error) {
      this.#report('The profiler did not start', error);
      result = { status: 'off', reason: `The profiler did not start: ${messageOf(error)}` };
    }
    if (result.status === 'off') {
      this.stop();
      return result;
    }
    this.#started = { key, result };
    this.#timer.collected();
    this.#scheduleCollection();
    return result;
  }

  stop(): void {
    const heapTaken = this.#abandonClosing();
    this.#pauses.measure(() => {
      // The heap first, so that it does not hold what collecting the samples allocates.
      const heap = heapTaken ? undefined : this.#takeHeap();
      if (heap !== undefined && this.#window !== undefined) this.#window.heap = heap;
      this.#take(() => this.#timed.stop());
      this.#folds.finish();
    });
    this.#heap.stop();
    this.#timer.cancel();
    this.#started = undefined;
  }

  createContextHolder(record: object): ContextHolder | undefined {
    return this.#timed.findsRecords ? this.#timed.createContextHolder(record) : undefined;
  }

  setCurrentRecord(record: object | undefined): void {
    this.#timed.setCurrentRecord(record);
  }

  setSamplingInterval(micros: number): void {
    this.#nextSamplingIntervalMicros = micros;
  }

  collect(): void {
    this.#pauses.measure(() => {
      this.#collect();
      this.#folds.finish();
    });
  }

  takeWindow(): CollectedWindow | undefined {
    this.#gaveWay();
    const heapTaken = this.#abandonClosing();
    const window = this.#window;
    if (window === undefined) {
      this.#folds.finish();
      return undefined;
    }
    let endUnixNano = 0n;
    this.#pauses.measure(() => {
      if (this.running) {
        if (!heapTaken) window.heap = this.#takeHeap();
        this.#beginNextWindow();
      } else {
        this.#window = undefined;
      }
      endUnixNano = this.#scheduler.nowUnixNano();
      this.#folds.addHeap(window);
      this.#folds.finish();
    });
    return collectedWindow(window, endUnixNano);
  }

  closeWindow(closed: (window: CollectedWindow) => void): void {
    this.#gaveWay();
    const window = this.#window;
    if (window === undefined || this.#cancelClosing !== undefined) return;
    if (!this.running) {
      const taken = this.takeWindow();
      if (taken !== undefined) this.#tell(closed, taken);
      return;
    }
    // Heap and call tree in two turns: reading both makes the longest pause of all.
    this.#pauses.measure(() => {
      window.heap = this.#takeHeap();
    });
    const end = (): void => {
      if (this.#gaveWay()) return;
      this.#cancelClosing = undefined;
      this.#pauses.measure(() => this.#beginNextWindow());
      const endUnixNano = this.#scheduler.nowUnixNano();
      this.#folds.addHeap(window, () => this.#tell(closed, collectedWindow(window, endUnixNano)));
    };
    try {
      this.#cancelClosing = this.#scheduler.schedule(end, 0);
    } catch (error) {
      this.#report('A window could not be closed later', error);
      end();
    }
  }

  #takeHeap(): HeapSnapshot | undefined {
    const take = (): HeapSnapshot | undefined => this.#heap.snapshot();
    return this.#heap.collectsGarbage ? this.#pauses.measureFixed(take) : take();
  }

  /** Collects what the window has, and opens the next with the sampling interval that is wanted by now. */
  #beginNextWindow(): void {
    const next = this.#nextSamplingIntervalMicros;
    if (next === this.#samplingIntervalMicros || !this.#timed.running) {
      this.#take(() => this.#timed.collect());
      this.#samplingIntervalMicros = next;
    } else {
      this.#take(() => {
        const { raw, changed } = this.#timed.changeInterval(next);
        if (changed) this.#samplingIntervalMicros = next;
        return raw;
      });
      this.#afterGap = true;
    }
    this.#window = this.#openWindow();
    this.#scheduleCollection();
  }

  #openWindow(): SamplingWindow {
    return openWindow(this.#scheduler.nowUnixNano(), this.#samplingIntervalMicros);
  }

  #tell(closed: (window: CollectedWindow) => void, window: CollectedWindow): void {
    try {
      closed(window);
    } catch (error) {
      this.#report('A window could not be handed on', error);
    }
  }

  /** Returns whether a window was about to end, which then has its heap. */
  #abandonClosing(): boolean {
    const closing = this.#cancelClosing !== undefined;
    this.#cancelClosing?.();
    this.#cancelClosing = undefined;
    return closing;
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
      const refused = this.#timed.start(records === 'held' ? key : undefined, this.#samplingIntervalMicros);
      if (refused !== undefined) return { status: 'off', reason: refused };
      this.#folds.begin();
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

  #collect(): void {
    if (!this.#timed.running || this.#gaveWay()) return;
    this.#pauses.measure(() => this.#take(() => this.#timed.collect()));
    this.#scheduleCollection();
  }

  /** Takes what the native profiler gives into the current window, in slices from the next turn on. */
  #take(collect: () => RawTimeProfile | undefined): void {
    const startMillis = this.#scheduler.nowMillis();
    const { findsRecords } = this.#timed;
    const raw = collect();
    const elapsedMillis = this.#timer.collected();
    const window = this.#window;
    if (raw === undefined || window === undefined) return;
    this.#collections++;
    const pauseMillis = this.#scheduler.nowMillis() - startMillis;
    this.#folds.add({ raw, window, findsRecords, elapsedMillis, pauseMillis, afterGap: this.#afterGap });
    this.#afterGap = false;
  }

  #scheduleCollection(): void {
    if (this.#timed.running) this.#timer.set();
    else this.#timer.cancel();
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
