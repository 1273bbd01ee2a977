import type { SlicedWork, StackIndex } from '@flamespan/profile';
import { CallTreeWalk, NO_STACK } from './call-tree.ts';
import type { FrameInterner } from './frame-interner.ts';
import type { RawSample, RawTimeNode, RawTimeProfile, SampleOwner } from './types.ts';

export interface FoldInput {
  readonly raw: RawTimeProfile;
  readonly frames: FrameInterner;
  readonly intervalMicros: number;
  /** CPU of earlier samples that were not sent, which the first sample takes over. */
  readonly carriedCpuNanos: number;
  /** Time given to what has none, the CPU of the threads that run no JavaScript. */
  readonly endUnixNano: bigint;
  /** Whose samples a record was noted with. Must not throw. */
  readonly ownerOf: (record: object) => SampleOwner;
}

/** The owner of samples that were noted without a record. */
export const NOBODY: SampleOwner = Object.freeze({ span: 0, labelSet: 0 });

export interface FoldResult {
  /** Size of the call tree, which the length of the native pause follows. */
  readonly nodes: number;
  readonly samples: number;
  readonly samplesWithSpan: number;
  /** CPU that waits for the next collection's first sample. */
  readonly carriedCpuNanos: number;
  /** Of all samples, sent or not; undefined without any. */
  readonly firstUnixMicros: bigint | undefined;
  readonly lastUnixMicros: bigint | undefined;
}

/** Samples that one step takes in. */
const SAMPLES_PER_STEP = 16;

/**
 * Puts the samples of one collection into the builder, in order of time.
 *
 * The CPU noted with a sample is what the thread used since the sample before, whatever it did. Therefore the CPU of
 * idle samples, which are not sent, goes to the next sample that is: in a mostly idle service it is the rest of a
 * request that the sampler found finished.
 */
export function* foldTimeProfile(input: FoldInput): SlicedWork<FoldResult> {
  const { raw, frames, ownerOf } = input;
  const { builder } = frames;

  const samples: NotedSample[] = [];
  const tree = new CallTreeWalk(raw.topDownRoot, {
    stackOf: (caller, node: RawTimeNode) => stackOf(caller, node, frames),
    visit: ({ contexts }, stack) => {
      if (contexts === undefined) return;
      for (const sample of contexts) samples.push({ sample, stack: stack() });
    },
  });
  yield* tree.steps();
  samples.sort(byTime);

  const wallNanos = BigInt(wallNanosPerSample(raw, samples.length, input.intervalMicros));
  let { carriedCpuNanos } = input;
  let taken = 0;
  let sent = 0;
  let samplesWithSpan = 0;
  for (const { sample: { context, timestamp, cpuTime }, stack } of samples) {
    carriedCpuNanos += nonNegative(cpuTime);
    if (++taken % SAMPLES_PER_STEP === 0) yield;
    if (stack === NO_STACK) continue;
    const { span, labelSet } = context === undefined ? NOBODY : ownerOf(context);
    builder.addSample(stack, span, timestamp * 1000n, wallNanos, BigInt(carriedCpuNanos), labelSet);
    carriedCpuNanos = 0;
    sent++;
    if (span !== 0) samplesWithSpan++;
  }

  const otherThreadsCpuNanos = nonNegative(raw.nonJSThreadsCpuTime);
  if (otherThreadsCpuNanos > 0) {
    const stack = frames.runtimeStack('Node.js', 'Non JS threads activity');
    builder.addSample(stack, 0, input.endUnixNano, 0n, BigInt(otherThreadsCpuNanos));
    sent++;
  }
  return {
    nodes: tree.visited, samples: sent, samplesWithSpan, carriedCpuNanos,
    firstUnixMicros: samples[0]?.sample.timestamp, lastUnixMicros: samples.at(-1)?.sample.timestamp,
  };
}

interface NotedSample {
  readonly sample: RawSample;
  readonly stack: StackIndex;
}

function byTime({ sample: a }: NotedSample, { sample: b }: NotedSample): number {
  if (a.timestamp === b.timestamp) return 0;
  return a.timestamp < b.timestamp ? -1 : 1;
}

/** V8's own entries stand directly below the root and have no script. */
function stackOf(caller: StackIndex, node: RawTimeNode, frames: FrameInterner): StackIndex {
  if (caller !== 0 || node.scriptName !== '') return frames.stack(caller, node);
  if (node.name === '(idle)' || node.name === '(program)') return NO_STACK;
  if (node.name === '(garbage collector)') return frames.runtimeStack('Node.js', 'Garbage Collection');
  return frames.stack(0, node);
}

/**
 * Samples come late rather than early and some are missed, so each stands for a little more than the interval. One
 * sample after a long gap does not stand for the gap.
 */
function wallNanosPerSample(raw: RawTimeProfile, samples: number, intervalMicros: number): number {
  const intervalNanos = Math.round(intervalMicros * 1000);
  const meanNanos = Math.floor(((raw.endTime - raw.startTime) * 1000) / samples);
  // Not a number where there are no samples.
  return meanNanos > intervalNanos ? Math.min(meanNanos, 2 * intervalNanos) : intervalNanos;
}

/** Whole nanoseconds; 0 for what is unknown. `(program)` has no CPU time of its own. */
function nonNegative(nanos: number | undefined): number {
  return nanos !== undefined && nanos > 0 && Number.isFinite(nanos) ? Math.round(nanos) : 0;
}
