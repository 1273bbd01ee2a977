import type { LabelSetIndex, ProfileBuilder, ProfileType, SpanIndex } from '@flamespan/profile';

/** The object that stands for its record in the store under the sampler's key. To JavaScript an empty one. */
export type ContextHolder = object;

/** Whose a sample is, as indices of a builder; 0 for none. */
export interface SampleOwner {
  readonly span: SpanIndex;
  readonly labelSet: LabelSetIndex;
}

/** Timers and clock. The caller decides in which context the callbacks run; timers must not keep the process alive. */
export interface Scheduler {
  /** Runs `callback` once after `delayMillis`. Returns a function that cancels it. */
  schedule(callback: () => void, delayMillis: number): () => void;
  /** Wall clock, nanoseconds since the Unix epoch. May jump. */
  nowUnixNano(): bigint;
  /** Monotonic clock in milliseconds. */
  nowMillis(): number;
}

export interface ProfilerOptions {
  /** @defaultValue all three */
  readonly types?: readonly ProfileType[];
  /** Time between two samples. @defaultValue 10 101 (99 Hz) */
  readonly samplingIntervalMicros?: number;
  /** Mean number of allocated bytes between two heap samples. @defaultValue 524 288 */
  readonly heapIntervalBytes?: number;
  /** Deepest allocation stack kept. @defaultValue 64 */
  readonly heapStackDepth?: number;
  /**
   * Whether heap samples also say what was allocated in the window, dead or alive. Needs Node.js 26; elsewhere it is
   * off, and `onError` is told once. Each window then ends with a full garbage collection, and what is alive is only said
   * of objects that were allocated in the window. @defaultValue false
   */
  readonly heapAllocations?: boolean;
  /** Shortest time between two collections. @defaultValue 1 000 */
  readonly minCollectionIntervalMillis?: number;
  /** Longest time between two collections. A load that sets in during it makes the next one long. @defaultValue 5 000 */
  readonly maxCollectionIntervalMillis?: number;
  /**
   * The owner of the samples that a record was noted with, in the builder of their window, which may have been closed
   * meanwhile. Called once for a record in each collection, so it must be quick. An exception counts as "nobody".
   */
  readonly resolveOwner: (record: object, builder: ProfileBuilder) => SampleOwner;
  /** Told of what went wrong. Nothing of it reaches the caller of the profiler's methods. */
  readonly onError?: (error: Error) => void;
  /**
   * Told that sampling has ended by itself, and why: another profiler has started on the thread. What was sampled until
   * then is in the window.
   */
  readonly onOff?: (reason: string) => void;
  /**
   * Told of each time that the event loop stood still for collections or for what follows from them. `fixedMillis` of it
   * would have been as long at any sampling rate: the garbage collections of `heapAllocations`.
   */
  readonly onPause?: (millis: number, fixedMillis: number) => void;
  readonly scheduler?: Scheduler;
  /** The native part. @defaultValue `@datadog/pprof`, loaded at the first `start()` */
  readonly binding?: ProfilerBinding;
}

/**
 * How samples come by their records. `'held'`: the sampler finds holders in the key's store by itself. `'told'`: it
 * cannot look there, and has to be told the record of each activation by {@link Profiler.setCurrentRecord}.
 */
export type RecordSource = 'held' | 'told';

/** What a start came to. `labels: false` = samples are taken but carry no records; `reason` says why. */
export type StartResult =
  | { readonly status: 'started'; readonly labels: true; readonly records: RecordSource }
  | { readonly status: 'started'; readonly labels: false; readonly reason: string }
  | { readonly status: 'off'; readonly reason: string };

/** What was sampled in one window. */
export interface CollectedWindow {
  readonly builder: ProfileBuilder;
  readonly startTimeUnixNano: bigint;
  readonly durationNanos: bigint;
  /** Time between two samples. */
  readonly samplingIntervalMicros: number;
}

/** Counters since the profiler was created. */
export interface ProfilerStats {
  readonly collections: number;
  /** Time the event loop stood still for collections and what follows from them, in total and at most. */
  readonly pauseMillisTotal: number;
  readonly pauseMillisMax: number;
  /** Timed samples that went into a builder. */
  readonly samples: number;
  /** Of these, with a span. */
  readonly samplesWithSpan: number;
  /** Samples that were due while others were collected, and so were not taken. */
  readonly samplesLost: number;
  /** Restarts because V8's event processor was stuck. */
  readonly restarts: number;
  readonly errors: number;
}

/**
 * Samples the current thread. Knows nothing of OpenTelemetry: the record noted with a sample is opaque to it.
 * None of its methods throws.
 */
export interface Profiler {
  /**
   * Begins sampling and the first window. `key` is the AsyncLocalStorage whose store, where it is a
   * {@link ContextHolder}, names the record of a sample (or, where the sampler cannot look into stores, stands for the
   * caller's promise to tell); without it samples carry no records.
   */
  start(key?: object): StartResult;
  /** Takes what there is into the current window and stops sampling. The window stays to be taken. */
  stop(): void;
  readonly running: boolean;
  /**
   * The object to put into the key's store so that samples note `record`; undefined unless records are `'held'`. After
   * {@link stop} it goes on making them, for the next start with the same key.
   */
  createContextHolder(record: object): ContextHolder | undefined;
  /** The record of the samples from now on; does nothing unless records are `'told'`. */
  setCurrentRecord(record: object | undefined): void;
  /** Takes the samples since the last collection into the current window, now rather than when it is due. */
  collect(): void;
  /** Closes the current window, with what was sampled until now, and begins the next. In one pause. */
  takeWindow(): CollectedWindow | undefined;
  /**
   * As {@link takeWindow}, but in several turns of the event loop, none of which takes long; then tells `closed`.
   * {@link takeWindow} and {@link stop} meanwhile do at once what is left: a window that has not ended by then is for
   * {@link takeWindow} to give, and `closed` is not told. Where sampling is off there is nothing to wait for.
   */
  closeWindow(closed: (window: CollectedWindow) => void): void;
  /**
   * Time between two samples, from the next window on. Each distinct value costs a native profiler that is kept for ever,
   * and each change stops the event loop for as long as a start: use few.
   */
  setSamplingInterval(micros: number): void;
  readonly stats: ProfilerStats;
}

/** The part of the native profiler that is used. Everything that may differ between its releases is behind this. */
export interface ProfilerBinding {
  /** undefined = samples find their records in the key's store; otherwise why they have to be told. */
  contextLabelsUnsupported(): string | undefined;
  /** undefined = timed sampling works here; otherwise why not. */
  timedSamplingUnsupported(): string | undefined;
  /**
   * undefined = no other profiler runs on this thread or is set to; otherwise which, and how to switch it off. `afresh` is
   * for when it must be certain: looking takes longer.
   */
  otherProfiler?(afresh: boolean): string | undefined;
  /** One that never ran. It must be kept for ever once it did: see `native-registry.ts`. */
  createTimeProfiler(options: { intervalMicros: number; key: object | undefined }): NativeTimeProfiler;
  readonly heap: NativeHeapProfiler;
}

export interface NativeTimeProfiler {
  start(): void;
  /** The samples since the last start, as a call tree. With `restart` sampling goes on. */
  stop(restart: boolean): RawTimeProfile;
  createContextHolder(record: object): ContextHolder;
  /** Without a key: what samples note from now on. */
  context: object | undefined;
  /** One element: the samples since the last start, counted up by the signal handler. */
  readonly state: Uint32Array;
  /** 0 = no, 1 = perhaps, 2 = certainly: V8's event processor spins and sees no samples. */
  v8ProfilerStuckEventLoopDetected(): 0 | 1 | 2;
}

export interface NativeHeapProfiler {
  /**
   * With `allocations` objects stay known when they die, until `stop()`.
   * @throws where the runtime cannot do that.
   */
  start(intervalBytes: number, stackDepth: number, allocations: boolean): void;
  stop(): void;
  /** The objects alive now; with `allocations` also all since the start, after a full garbage collection. */
  allocationProfile(): RawHeapNode;
  /** Whether others read the thread's one heap sampler too: stopped under them, their next snapshot throws. */
  usedByOthers?(): boolean;
}

export interface RawTimeProfile {
  /** Monotonic, microseconds. */
  readonly startTime: number;
  /** Monotonic, microseconds. */
  readonly endTime: number;
  readonly hasCpuTime?: boolean;
  /** Nanoseconds; main thread only. */
  readonly nonJSThreadsCpuTime?: number;
  readonly totalHitCount?: number;
  readonly topDownRoot: RawTimeNode;
}

export interface RawNode {
  readonly name?: string;
  readonly scriptName: string;
  readonly scriptId?: number;
  readonly lineNumber?: number;
  readonly columnNumber?: number;
}

export interface RawTimeNode extends RawNode {
  readonly hitCount: number;
  readonly contexts?: readonly RawSample[];
  readonly children: readonly RawTimeNode[];
}

export interface RawSample {
  /** The record; undefined where none was current. */
  readonly context?: object;
  /** Microseconds since the Unix epoch. */
  readonly timestamp: bigint;
  /** CPU time of the thread since the sample before, nanoseconds. Undefined for `(program)`. */
  readonly cpuTime?: number;
}

/** Objects of one size that are alive. */
export interface RawLiveObjects {
  readonly sizeBytes: number;
  readonly count: number;
}

/** Objects of a sampler that was started with `allocations`. */
export interface RawAllocations {
  readonly inuseObjects: number;
  readonly inuseSpaceBytes: number;
  readonly allocObjects: number;
  readonly allocSpaceBytes: number;
}

export interface RawHeapNode extends RawNode {
  readonly allocations: readonly (RawLiveObjects | RawAllocations)[];
  readonly children: readonly RawHeapNode[];
}
