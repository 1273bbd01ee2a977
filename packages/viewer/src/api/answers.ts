import type { CallTree, CallTreeDiff } from '../call-tree/call-tree.ts';
import type { Scope } from './selection.ts';

/**
 * What the viewer's API answers, as JSON. Moments are milliseconds since the Unix epoch (with a fraction), durations
 * are nanoseconds, both plain numbers. null = nobody knows.
 *
 * | GET | query | answer |
 * |---|---|---|
 * | `/api/state` | | {@link StateAnswer} |
 * | `/api/events` | | server-sent events `state`, each a {@link StateAnswer}, when something has arrived, at most two a second |
 * | `/api/traces` | {@link TraceFilter} | {@link TracesAnswer} |
 * | `/api/trace` | `trace` | {@link TraceAnswer} |
 * | `/api/span` | `trace`, `span` | {@link SpanAnswer} |
 * | `/api/timeline` | `trace`, `span` | {@link TimelineAnswer} |
 * | `/api/call-tree` | `SampleSelection` | {@link CallTreeAnswer} |
 * | `/api/diff` | `SampleSelection`s with the prefixes `base.` and `other.`; `type` without | {@link DiffAnswer} |
 * | `/api/endpoints` | `service`, `version`, `from`, `to` | {@link EndpointsAnswer} |
 * | `/api/profiles` | `service`, `version`, `host`, `thread`, `from`, `to` | {@link ProfilesAnswer} |
 * | `/api/findings` | `trace` and maybe `span`, or `service`, `endpoint`, `from`, `to` | {@link FindingsAnswer} |
 * | `/api/download` | `SampleSelection` and `format` = `pprof`, `otlp`, `json` or `speedscope` | the file |
 *
 * A refused request has a status from 400 and `{ "error": "what is wrong and what to do" }`.
 */
export interface StateAnswer {
  readonly version: string;
  /** Grows with everything that arrives or goes. */
  readonly revision: number;
  /** Where to send: values for `OTEL_EXPORTER_OTLP_ENDPOINT`. `grpc` is null where that port is not open. */
  readonly endpoints: { readonly http: string; readonly grpc: string | null };
  readonly traces: number;
  readonly spans: number;
  readonly profiles: number;
  readonly samples: number;
  readonly linkedSamples: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly evictedTraces: number;
  readonly evictedProfiles: number;
  readonly rejectedRequests: Readonly<Record<string, number>>;
  readonly services: readonly ServiceState[];
  /** Of all that is held; null = nothing is. */
  readonly firstMoment: number | null;
  readonly lastMoment: number | null;
}

export interface ServiceState {
  readonly service: string;
  /** As they were first seen, of what is held. */
  readonly versions: readonly string[];
  readonly hosts: readonly string[];
  readonly threads: readonly { readonly id: number; readonly name: string }[];
  readonly endpoints: readonly string[];
  readonly spans: number;
  readonly profiles: number;
  readonly samples: number;
  readonly linkedSamples: number;
  readonly heapSamples: number;
  /** null = no profiles. */
  readonly samplingIntervalNanos: number | null;
}

export interface TraceFilter {
  /** Has a span in the trace; with `endpoint`, the service of that call. */
  readonly service?: string;
  /** Of any local root. */
  readonly endpoint?: readonly string[];
  /** Of the longest local root. */
  readonly minDurationNanos?: number;
  readonly maxDurationNanos?: number;
  /** `'error'` = a span has the status error. */
  readonly status?: 'ok' | 'error';
  /** Start of the trace. */
  readonly from?: number;
  readonly to?: number;
  /** Part of a span's name, or a trace id. */
  readonly search?: string;
  /** @defaultValue `'newest'` */
  readonly order?: 'newest' | 'slowest' | 'cpu' | 'spans';
  /** @defaultValue 0 */
  readonly offset?: number;
  /** At most 1 000. @defaultValue 200 */
  readonly limit?: number;
}

export interface TracesAnswer {
  readonly revision: number;
  /** Held. */
  readonly total: number;
  /** Of these, what the filter lets through. */
  readonly matched: number;
  readonly offset: number;
  readonly traces: readonly TraceRow[];
  /** Of the traces that match without the duration filter, on a logarithmic scale. */
  readonly histogram: DurationHistogram;
}

export interface TraceRow {
  readonly traceId: string;
  /** Of the longest local root. */
  readonly service: string;
  readonly endpoint: string;
  readonly rootSpanId: string;
  readonly services: readonly string[];
  readonly startMoment: number;
  /** Of the longest local root. */
  readonly durationNanos: number;
  readonly spans: number;
  readonly errors: number;
  /** Linked to the trace, also to spans that have not arrived. */
  readonly samples: number;
  /** null = no samples. */
  readonly cpuNanos: number | null;
}

export interface DurationHistogram {
  /** Borders of the buckets, ascending; one more than {@link counts}. */
  readonly edgesNanos: readonly number[];
  readonly counts: readonly number[];
  readonly errors: readonly number[];
}

export interface TraceAnswer {
  readonly traceId: string;
  readonly startMoment: number;
  readonly durationNanos: number;
  readonly samples: number;
  /** Depth first; the subtree of span i is `[i, subtreeEnd)`. */
  readonly spans: readonly TraceSpan[];
}

export interface TraceSpan {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly service: string;
  readonly process: string;
  readonly depth: number;
  readonly subtreeEnd: number;
  readonly isLocalRoot: boolean;
  /** From the start of the trace. */
  readonly startNanos: number;
  readonly durationNanos: number;
  readonly error: boolean;
  readonly samples: number;
  readonly wallNanos: number;
  readonly cpuNanos: number;
  /** When the span's own samples were on the thread, from the start of the trace: start, end, start, end … */
  readonly onThread: readonly number[];
  readonly subtreeOnThreadNanos: number;
  /** Duration minus `subtreeOnThreadNanos`; null when no profile of the process covers the span. */
  readonly waitingNanos: number | null;
  readonly profiledNanos: number;
}

export interface Attribute {
  readonly key: string;
  readonly value: string;
}

export interface SpanAnswer {
  readonly span: TraceSpan;
  readonly statusMessage: string;
  readonly attributes: readonly Attribute[];
  readonly resource: readonly Attribute[];
  readonly scope: string;
  readonly events: readonly { readonly name: string; readonly moment: number; readonly attributes: readonly Attribute[] }[];
  /** null = no profile of the process covers the span. */
  readonly samplingIntervalNanos: number | null;
  /** Samples of each scope, so that an empty one can say so before it is chosen. */
  readonly samplesByScope: Readonly<Record<Scope, number>>;
  /** Where the span waited, longest first. */
  readonly waits: readonly Wait[];
}

export interface Wait {
  /** From the start of the trace. */
  readonly startNanos: number;
  readonly durationNanos: number;
  /** The deepest child span that was open meanwhile; null = none was. */
  readonly spanId: string | null;
  readonly name: string | null;
}

/** What the threads of the span's process did while it was active. */
export interface TimelineAnswer {
  /** From the start of the trace. */
  readonly startNanos: number;
  readonly durationNanos: number;
  /** By index from the lanes and from {@link stacks}: function and package. */
  readonly frames: CallTree['frames'];
  /** Whole stacks of the samples, merged as in a call tree, so that a frame of a flame graph can be found in the lanes. */
  readonly stacks: Pick<CallTree, 'parent' | 'frame'>;
  /** By index from the lanes. */
  readonly spanIds: readonly string[];
  readonly lanes: readonly TimelineLane[];
  readonly waits: readonly Wait[];
}

export interface TimelineLane {
  readonly threadId: number;
  readonly threadName: string;
  readonly kind: 'thread' | 'garbage-collection';
  /** Columns of equal length, one entry a sample, by time; what overlaps is clipped. Start is from the start of the trace. */
  readonly startNanos: readonly number[];
  readonly durationNanos: readonly number[];
  readonly cpuNanos: readonly number[];
  /** Index into `frames`: the own frame nearest to the leaf, else the leaf. */
  readonly frame: readonly number[];
  /** Node of `stacks` that is the sample's leaf; 0, the root, where it has no stack. */
  readonly stack: readonly number[];
  /** Index into `spanIds` of the span that the sample is linked to; -1 = none. */
  readonly span: readonly number[];
  /** Whose sample it is. */
  readonly owner: readonly ('span' | 'descendant' | 'other-span' | 'none')[];
}

export interface CallTreeAnswer {
  readonly tree: CallTree;
  readonly total: number;
  readonly samples: number;
  /** What the tree covers; null = nothing. */
  readonly firstMoment: number | null;
  readonly lastMoment: number | null;
  /** Of wall and CPU time; null for heap. */
  readonly samplingIntervalNanos: number | null;
  readonly profiles: number;
  /**
   * Finished calls of the chosen endpoints; null = not counted, or a selection of no endpoints, of spans or of a thread.
   * A profile counts those of its whole window. Which are in a part of it the traces say; null where more than a tenth
   * would have to be estimated, since too few of the traces are held.
   */
  readonly calls: number | null;
}

export interface DiffAnswer {
  readonly tree: CallTreeDiff;
  readonly base: DiffSide;
  readonly other: DiffSide;
  /** Whether `self`, `baseSelf` and `functions` are per call: so where both sides count calls, else parts of the total. */
  readonly normalisedBy: 'calls' | 'total';
  /** By growth, most first. */
  readonly functions: readonly FunctionChange[];
}

export interface DiffSide {
  readonly total: number;
  readonly samples: number;
  readonly calls: number | null;
}

export interface FunctionChange {
  /** Index into the tree's frames. */
  readonly frame: number;
  /** Self and total (the function on the stack, recursion counted once) of each side, normalised. */
  readonly baseSelf: number;
  readonly self: number;
  readonly baseTotal: number;
  readonly total: number;
  /** Samples behind `baseSelf` and `self`. */
  readonly baseSamples: number;
  readonly samples: number;
  /** False where the samples are too few to tell the difference of the self values from chance; for heap always. */
  readonly significant: boolean;
}

export interface EndpointsAnswer {
  readonly endpoints: readonly EndpointRow[];
  /** Of the trends: equal buckets, the first begins here. */
  readonly trendStartMoment: number | null;
  readonly trendBucketNanos: number;
}

export interface EndpointRow {
  readonly service: string;
  /** `''` = work for no endpoint. */
  readonly endpoint: string;
  readonly calls: number;
  /** Whether more than a tenth of the calls is an estimate: of windows that the time cuts, with too few of their traces held. */
  readonly callsEstimated: boolean;
  readonly samples: number;
  readonly wallNanos: number;
  readonly cpuNanos: number;
  readonly wallShare: number;
  readonly cpuShare: number;
  readonly wallNanosPerCall: number | null;
  readonly cpuNanosPerCall: number | null;
  /** CPU and wall of each bucket. */
  readonly cpuTrend: readonly number[];
  readonly wallTrend: readonly number[];
}

export interface ProfilesAnswer {
  readonly profiles: readonly ProfileRow[];
}

export interface ProfileRow {
  readonly id: number;
  readonly service: string;
  readonly version: string;
  readonly host: string;
  readonly process: string;
  readonly threadId: number;
  readonly threadName: string;
  readonly startMoment: number;
  readonly durationNanos: number;
  readonly samples: number;
  readonly linkedSamples: number;
  readonly heapSamples: number;
  /** `wall`, `cpu`, `heap`, and `alloc` where the heap's samples also say what was allocated. */
  readonly types: readonly string[];
}

export interface FindingsAnswer {
  readonly findings: readonly Finding[];
}

export interface Finding {
  readonly kind: 'dominant-function' | 'garbage-collection' | 'busy-with-another-request' | 'many-similar-spans' | 'synchronous-work';
  /** One sentence in plain words. */
  readonly title: string;
  /** What it rests on: figures, samples, what it may also be. */
  readonly evidence: string;
  readonly samples: number;
  /** Where to look: a trace, maybe a span, a scope, a frame to search for. */
  readonly trace: string | null;
  readonly span: string | null;
  readonly scope: Scope | null;
  readonly frame: string | null;
}
