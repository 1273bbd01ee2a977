export { createProfiler } from './profiler.ts';
export { createScheduler } from './scheduler.ts';
export type {
  CollectedWindow, ContextHolder, NativeHeapProfiler, NativeTimeProfiler, Profiler, ProfilerBinding, ProfilerOptions,
  ProfilerStats, RawAllocations, RawHeapNode, RawLiveObjects, RawNode, RawSample, RawTimeNode, RawTimeProfile, RecordSource, SampleOwner,
  Scheduler, StartResult,
} from './types.ts';
