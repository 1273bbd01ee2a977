import type { ProfilerStats } from '@flamespan/profiler';
import type { ExportQueueStats } from './export-queue.ts';

/** What profiling takes of the thread, and the rate that is left. @experimental */
export interface OverheadStats {
  /** Share of one CPU, 0 to 1. */
  readonly utilization: number;
  /** Time between two samples, from the next window on. */
  readonly samplingIntervalMicros: number;
}

/** Counters since the processor was created. @experimental */
export interface ProfilingStats {
  readonly sampling: ProfilerStats;
  /** What profiling takes of the thread's time, as of the last review; see `overheadBudget`. */
  readonly overhead: OverheadStats;
  /** One for each exporter, in the order of the options. */
  readonly queues: readonly ExportQueueStats[];
  /** Faults of our own that were kept away from the application. */
  readonly errors: number;
}
