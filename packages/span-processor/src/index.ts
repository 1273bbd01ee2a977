export type { ResolveEndpoint } from './endpoint-namer.ts';
export type { EndpointSource } from './endpoint-rules.ts';
export type { DropReason, ExportQueueStats } from './export-queue.ts';
export type { ProfilingSpanProcessorOptions } from './options.ts';
export { ProfilingSpanProcessor } from './profiling-span-processor.ts';
export type { ProfilingStats } from './profiling-span-processor.ts';
export type { ReadableSpanLike, SpanProcessorLike } from './span-processor-like.ts';
export { recordUnsampled } from './record-unsampled.ts';
export type { SamplerLike } from './record-unsampled.ts';
