import type { ProfilerStats } from '@flamespan/profiler';
import type { ExportQueueStats } from './export-queue.ts';

/** Counters since the processor was created. @experimental */
export interface ProfilingStats {
  readonly sampling: ProfilerStats;
  /** One for each exporter, in the order of the options. */
  readonly queues: readonly ExportQueueStats[];
  /** Faults of our own that were kept away from the application. */
  readonly errors: number;
}
