export type { DropReason, ExportQueueStats } from './export-queue.ts';
export type { ProfilingSpanProcessorOptions } from './options.ts';
export { ProfilingSpanProcessor } from './profiling-span-processor.ts';
export type { ProfilingStats } from './profiling-span-processor.ts';
export type { ReadableSpanLike, SpanProcessorLike } from './span-processor-like.ts';
