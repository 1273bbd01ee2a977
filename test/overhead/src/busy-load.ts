import type { CALL_TREE_SHAPES } from './call-tree-load.ts';

export type ShapeName = keyof typeof CALL_TREE_SHAPES;

export interface BusySettings {
  readonly shape: ShapeName;
  readonly seconds: number;
  /** Length of a task, which is also the distance of two looks at the event loop. */
  readonly taskMicros: number;
  /** A task is divided into this many spans, each with a call path of its own. */
  readonly spansPerTask: number;
  readonly seed: number;
}

/** Time between the end of a task and the beginning of the next. */
export interface Gap {
  readonly atMillis: number;
  readonly millis: number;
  /** CPU time of the thread in it: what the system ran in between is not in here. */
  readonly cpuMillis: number;
  /** Of the gap, what our profiler says that it collected; 0 for others. */
  readonly collectionMillis: number;
}

export interface BusyFigures {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly gaps: readonly Gap[];
  readonly rssBytes: number;
  /** What our profiler says of itself. */
  readonly own?: OwnFigures;
}

export interface OwnFigures {
  readonly collections: number;
  /** Of the samples that were due, for whatever reason: the system swallows some. */
  readonly samplesMissingPercent: number;
  /** To collections. */
  readonly samplesLostPercent: number;
  /** At the end. */
  readonly samplingHertz: number;
}

export const BUSY_APP: URL = new URL('programs/busy-app.ts', import.meta.url);

export const SAMPLING_HERTZ = 99;

/** A path has a handful of samples in it at most, so that samples go to many paths. */
export const TASK_MICROS = 5_000;

/** Longest gap, or 0 where there was none. */
export function longest(gaps: readonly Gap[], millisOf: (gap: Gap) => number = ({ millis }) => millis): number {
  return gaps.reduce((most, gap) => Math.max(most, millisOf(gap)), 0);
}

const HISTOGRAM_BOUNDS = [5, 10, 20, 50, 100, 200];

export const HISTOGRAM_LABELS: readonly string[] = HISTOGRAM_BOUNDS.map((from, index) => {
  const to = HISTOGRAM_BOUNDS[index + 1];
  return to === undefined ? `over ${from} ms` : `${from} to ${to} ms`;
});

/** How many gaps are of the length that each label says. */
export function histogram(gaps: readonly Gap[]): number[] {
  return HISTOGRAM_BOUNDS.map((from, index) => {
    const to = HISTOGRAM_BOUNDS[index + 1] ?? Number.POSITIVE_INFINITY;
    return gaps.filter(({ millis }) => millis >= from && millis < to).length;
  });
}
