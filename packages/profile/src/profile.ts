import type { InstrumentationScope, Resource } from './attributes.ts';

/** Index into {@link Profile.strings}. 0 is `''`. */
export type StringIndex = number;
/** Index into {@link Profile.functions}. 0 is "no function". */
export type FunctionIndex = number;
/** Index into {@link Profile.locations}. 0 is "no location". */
export type LocationIndex = number;
/** Index into {@link Profile.stacks}. 0 is the empty stack. */
export type StackIndex = number;
/** Index into {@link Profile.spans}. 0 is "no span". */
export type SpanIndex = number;
/** Index into {@link Profile.labelSets}. 0 is the empty set. */
export type LabelSetIndex = number;

/** A user's own labels of a sample, by key. */
export type LabelSet = ReadonlyMap<string, string>;

/** What was sampled. `wall` and `cpu` are the two values of timed samples, `heap` stands for the heap samples. */
export type ProfileType = 'wall' | 'cpu' | 'heap';

/** Which span a sample's Link names: the active one, or that span's local root. */
export type LinkScope = 'span' | 'local-root';

/**
 * What was sampled in one window of time on one thread, linked to spans.
 *
 * A Profile is immutable and columnar: every table is a set of columns of equal length, and a row is named by its
 * index. Row 0 of each dictionary table is its zero value, as in OTLP's `ProfilesDictionary`
 * (opentelemetry-proto 1.10, `profiles.proto`), so that an index of 0 always means "none".
 */
export interface Profile {
  /** START of the window, nanoseconds since the Unix epoch. */
  readonly startTimeUnixNano: bigint;
  /** Length of the window. Every timed sample lies in `[start, start + duration)`. */
  readonly durationNanos: bigint;
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  readonly thread: Thread;
  readonly linkScope: LinkScope;
  /** The types that were sampled, whether or not samples of them exist. */
  readonly types: readonly ProfileType[];
  /** Time between two timed samples, the period of `wall` and `cpu`. */
  readonly samplingIntervalNanos: bigint;
  /** Mean number of allocated bytes between two heap samples, the period of `heap`. */
  readonly heapIntervalBytes: bigint;

  readonly strings: readonly string[];
  readonly functions: FunctionTable;
  readonly locations: LocationTable;
  readonly stacks: StackTable;
  readonly spans: SpanTable;
  readonly labelSets: readonly LabelSet[];
  readonly samples: TimedSampleTable;
  readonly heapSamples: HeapSampleTable;
  /** Finished local roots by endpoint. */
  readonly endpointCalls: ReadonlyMap<string, number>;
}

/** The thread that was sampled. `id` is `worker_threads.threadId`: 0 on the main thread. */
export interface Thread {
  readonly id: number;
  readonly name: string;
}

export interface FunctionTable {
  readonly length: number;
  readonly name: Int32Array; // StringIndex
  readonly filename: Int32Array; // StringIndex
  /** Line of the definition, 1-based, 0 = unknown. */
  readonly startLine: Int32Array;
}

export interface LocationTable {
  readonly length: number;
  readonly function: Int32Array; // FunctionIndex
  /** 1-based, 0 = unknown. */
  readonly line: Int32Array;
  /** 1-based, 0 = unknown. */
  readonly column: Int32Array;
  /** Value of `profile.frame.type`, such as `v8js`; 0 = none. */
  readonly frameType: Int32Array; // StringIndex
}

/** A prefix tree: a stack is its caller's stack plus one location. `parent[i] < i` for every i > 0. */
export interface StackTable {
  readonly length: number;
  readonly parent: Int32Array; // StackIndex of the caller, 0 = this is the outermost frame
  readonly location: Int32Array; // LocationIndex of the leaf
}

export interface SpanTable {
  readonly length: number;
  /** 32 lower-case hex digits; `''` = unknown. */
  readonly traceId: readonly string[];
  /** 16 lower-case hex digits; `''` = unknown. */
  readonly spanId: readonly string[];
  /** 16 lower-case hex digits; `''` = unknown. */
  readonly localRootSpanId: readonly string[];
  /** 1 = the trace is sampled, so that a Link to it leads somewhere. */
  readonly sampled: Uint8Array;
  /** Low-cardinality name of the work the local root serves; 0 = none. */
  readonly endpoint: Int32Array; // StringIndex
}

/** In order of collection, not of time. */
export interface TimedSampleTable {
  readonly length: number;
  readonly stack: Int32Array; // StackIndex
  readonly span: Int32Array; // SpanIndex
  readonly labelSet: Int32Array; // LabelSetIndex
  readonly timeUnixNano: BigUint64Array;
  /** Time on the thread. */
  readonly wallNanos: BigInt64Array;
  /** CPU time of the thread. */
  readonly cpuNanos: BigInt64Array;
}

/** Objects by the stack that allocated them: those alive at the end of the window, and all that were allocated in it. */
export interface HeapSampleTable {
  readonly length: number;
  readonly stack: Int32Array; // StackIndex
  /** Alive. */
  readonly objects: BigInt64Array;
  /** Alive. */
  readonly bytes: BigInt64Array;
  /** Alive or not. All 0 where allocations were not sampled. */
  readonly allocatedObjects: BigInt64Array;
  /** Alive or not. All 0 where allocations were not sampled. */
  readonly allocatedBytes: BigInt64Array;
}
