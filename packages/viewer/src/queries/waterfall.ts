import type { HotFrame } from './hottest-frames.ts';
import { hottestFrames } from './hottest-frames.ts';
import type { Cover } from './interval-cover.ts';
import { IntervalCovers } from './interval-cover.ts';
import type { IntervalList } from './interval-list.ts';
import { coveredWithin, NO_INTERVALS, unionOf } from './interval-list.ts';
import { processIdentityOf, serviceNameOf } from '../store/process-identity.ts';
import { windowsOf } from './profiled-windows.ts';
import type { Span } from '../store/span.ts';
import type { SpanNode } from './span-tree.ts';
import { spanTreeOf } from './span-tree-cache.ts';
import type { Store } from '../store/store.ts';
import { samplesOf } from '../store/stored-profile.ts';

/** One span of a {@link Waterfall}. The figures of `samples`, `wallNanos` and `cpuNanos` are of the span's own samples. */
export interface WaterfallSpan extends SpanNode {
  readonly service: string;
  /** Equal for spans of one process. */
  readonly process: string;
  /** From the start of the trace. */
  readonly startNanos: number;
  readonly durationNanos: number;
  /** Samples linked to this span: what all its figures rest on. */
  readonly samples: number;
  /** Time on the JavaScript thread, synchronous blocking included, awaiting not. */
  readonly wallNanos: number;
  readonly cpuNanos: number;
  /** When the span's own samples were on the thread, from the start of the trace; not clipped to the span. */
  readonly onThread: IntervalList;
  /** Time within the span during which it, or a descendant in the same process, was on the thread. */
  readonly subtreeOnThreadNanos: number;
  /**
   * Duration minus {@link subtreeOnThreadNanos}: time in which nothing that this process did was done for the span.
   * undefined when no profile of the process covers the span, so that nobody knows.
   */
  readonly waitingNanos: number | undefined;
  /** How much of the duration profiles of the process cover. Where it is less, the span may have waited less. */
  readonly profiledNanos: number;
  /** See `hottestFrames`. */
  readonly hottestFrames: readonly HotFrame[];
}

/** The spans of one trace on one time line, depth first. */
export interface Waterfall {
  readonly traceId: string;
  readonly startTimeUnixNano: bigint;
  /** From the first start to the last end. */
  readonly durationNanos: number;
  readonly spans: readonly WaterfallSpan[];
  /** Timed samples linked to any span of the trace. */
  readonly samples: number;
}

export interface WaterfallOptions {
  /** How many frames each span gets. @defaultValue 3 */
  readonly maxFrames?: number;
}

interface OwnSamples {
  readonly samples: number;
  readonly wallNanos: number;
  readonly cpuNanos: number;
  readonly onThread: IntervalList;
}

const NO_SAMPLES: OwnSamples = { samples: 0, wallNanos: 0, cpuNanos: 0, onThread: NO_INTERVALS };

/**
 * What a trace's spans did and when. A sample at time t with wall time w covers (t - w, t]; a span is on the thread
 * during the union of that over its own samples and those of its descendants in the same process.
 *
 * @returns undefined when the trace is not held
 */
export function waterfall(store: Store, traceId: string, { maxFrames = 3 }: WaterfallOptions = {}): Waterfall | undefined {
  const trace = store.trace(traceId);
  if (trace === undefined) return undefined;
  const nodes = spanTreeOf(store, trace);
  const start = nodes.reduce((least, { span }) => (span.startTimeUnixNano < least ? span.startTimeUnixNano : least), nodes[0]!.span.startTimeUnixNano);
  const own = nodes.map(({ span }) => ownSamples(store, span, start));
  const starts = nodes.map(({ span }) => Number(span.startTimeUnixNano - start));
  const subtreeOnThread = subtreeTimes(nodes, own, starts);
  const windows = new Map<string, IntervalList>();

  const spans = nodes.map((node, i): WaterfallSpan => {
    const { span } = node;
    const process = processIdentityOf(span.resource);
    if (!windows.has(process)) windows.set(process, windowsOf(store.profilesOfProcess(process), start));
    const startNanos = starts[i]!;
    const { samples, wallNanos, cpuNanos, onThread } = own[i]!;
    const subtreeOnThreadNanos = subtreeOnThread[i]!;
    const profiledNanos = Math.max(
      coveredWithin(windows.get(process) ?? NO_INTERVALS, startNanos, startNanos + span.durationNanos),
      // A profile that came by another way than the spans may have lost what names the process.
      subtreeOnThreadNanos,
    );
    return {
      ...node,
      service: serviceNameOf(span.resource),
      process,
      startNanos,
      durationNanos: span.durationNanos,
      samples, wallNanos, cpuNanos, onThread,
      subtreeOnThreadNanos,
      waitingNanos: profiledNanos > 0 || samples > 0 || span.durationNanos === 0 ? Math.max(0, span.durationNanos - subtreeOnThreadNanos) : undefined,
      profiledNanos,
      hottestFrames: samples === 0 || maxFrames === 0 ? [] : hottestFrames(store.samplesOfSpan(traceId, span.spanId), maxFrames),
    };
  });
  return {
    traceId,
    startTimeUnixNano: start,
    durationNanos: spans.reduce((longest, span) => Math.max(longest, span.startNanos + span.durationNanos), 0),
    spans,
    samples: spans.reduce((sum, span) => sum + span.samples, 0),
  };
}

function ownSamples(store: Store, span: Span, base: bigint): OwnSamples {
  const places = store.samplesOfSpan(span.traceId, span.spanId);
  if (places.length === 0) return NO_SAMPLES;
  let samples = 0;
  let wallNanos = 0;
  let cpuNanos = 0;
  const intervals: number[] = [];
  for (const place of places) {
    const { stored } = place;
    const shift = Number(stored.profile.startTimeUnixNano - base);
    for (const sample of samplesOf(stored, place.span)) {
      const end = shift + stored.timeNanos[sample]!;
      samples++;
      wallNanos += stored.wallNanos[sample]!;
      cpuNanos += stored.cpuNanos[sample]!;
      intervals.push(end - stored.wallNanos[sample]!, end);
    }
  }
  return { samples, wallNanos, cpuNanos, onThread: unionOf(intervals) };
}

/** By node: the time within the span that it and its same-process descendants were on the thread. */
function subtreeTimes(nodes: readonly SpanNode[], own: readonly OwnSamples[], starts: readonly number[]): Float64Array {
  const times = new Float64Array(nodes.length);
  const borders = new Float64Array(own.reduce((length, { onThread }) => length + onThread.length, 0));
  let length = 0;
  for (const { onThread } of own) {
    borders.set(onThread, length);
    length += onThread.length;
  }
  if (length === 0) return times;
  const ancestors = sameProcessAncestors(nodes);
  const covers = new IntervalCovers(borders);
  const subtree: Cover[] = Array.from({ length: nodes.length }, () => 0);
  // Backwards, so that a node comes after all its descendants.
  for (let i = nodes.length - 1; i >= 0; i--) {
    const { onThread } = own[i]!;
    let cover = subtree[i]!;
    for (let at = 0; at < onThread.length; at += 2) cover = covers.add(cover, onThread[at]!, onThread[at + 1]!);
    times[i] = covers.coveredWithin(cover, starts[i]!, starts[i]! + nodes[i]!.span.durationNanos);
    const ancestor = ancestors[i]!;
    if (ancestor !== -1) subtree[ancestor] = covers.unite(subtree[ancestor]!, cover);
  }
  return times;
}

/** By node: the nearest ancestor in the same process, also where the call went through others in between; -1 = none. */
function sameProcessAncestors(nodes: readonly SpanNode[]): Int32Array {
  const ancestors = new Int32Array(nodes.length);
  /** By process: the nodes on the path to the current one. */
  const paths = new Map<string, number[]>();
  for (let i = 0; i < nodes.length; i++) {
    const { span, subtreeEnd } = nodes[i]!;
    const process = processIdentityOf(span.resource);
    let path = paths.get(process);
    if (path === undefined) paths.set(process, (path = []));
    while (path.length > 0 && nodes[path.at(-1)!]!.subtreeEnd <= i) path.pop();
    ancestors[i] = path.at(-1) ?? -1;
    if (subtreeEnd > i + 1) path.push(i);
  }
  return ancestors;
}
