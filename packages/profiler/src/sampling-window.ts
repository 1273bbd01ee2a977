import { createProfileBuilder } from '@flamespan/profile';
import type { ProfileBuilder } from '@flamespan/profile';
import { FrameInterner } from './frame-interner.ts';
import type { HeapSnapshot } from './heap-sampler.ts';
import type { CollectedWindow } from './types.ts';

/** What is sampled until it is taken. */
export interface SamplingWindow {
  readonly startTimeUnixNano: bigint;
  readonly samplingIntervalMicros: number;
  readonly builder: ProfileBuilder;
  readonly frames: FrameInterner;
  /** Taken when sampling stopped, or the window is about to end. Replaced by a later one. */
  heap: HeapSnapshot | undefined;
}

export function openWindow(startTimeUnixNano: bigint, samplingIntervalMicros: number): SamplingWindow {
  const builder = createProfileBuilder();
  return { startTimeUnixNano, samplingIntervalMicros, builder, frames: new FrameInterner(builder), heap: undefined };
}

/** The window as it is handed on, once all of it is in its builder. */
export function collectedWindow(window: SamplingWindow, endUnixNano: bigint): CollectedWindow {
  const { builder, startTimeUnixNano, samplingIntervalMicros } = window;
  // The wall clock may have gone back.
  const durationNanos = endUnixNano > startTimeUnixNano ? endUnixNano - startTimeUnixNano : 0n;
  return { builder, startTimeUnixNano, samplingIntervalMicros, durationNanos };
}
