export type {
  CollectedWindow, ContextHolder, Profiler, ProfilerBinding, ProfilerOptions, ProfilerStats, Scheduler, StartResult,
} from './types.ts';
