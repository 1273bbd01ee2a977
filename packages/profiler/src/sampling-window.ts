import { createProfileBuilder } from '@flamespan/profile';
import type { ProfileBuilder } from '@flamespan/profile';
import { FrameInterner } from './frame-interner.ts';
import type { HeapSnapshot } from './heap-sampler.ts';

/** What is sampled until it is taken. */
export interface SamplingWindow {
  readonly startTimeUnixNano: bigint;
  readonly builder: ProfileBuilder;
  readonly frames: FrameInterner;
  /** Taken when sampling stopped. Replaced by a later one if it begins again. */
  heap: HeapSnapshot | undefined;
}

export function openWindow(startTimeUnixNano: bigint): SamplingWindow {
  const builder = createProfileBuilder();
  return { startTimeUnixNano, builder, frames: new FrameInterner(builder), heap: undefined };
}
