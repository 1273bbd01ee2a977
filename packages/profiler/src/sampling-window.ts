import { createProfileBuilder } from '@flamespan/profile';
import type { ProfileBuilder } from '@flamespan/profile';
import { FrameInterner } from './frame-interner.ts';
import type { RawHeapNode } from './types.ts';

/** What is sampled until it is taken. */
export interface SamplingWindow {
  readonly startTimeUnixNano: bigint;
  readonly builder: ProfileBuilder;
  readonly frames: FrameInterner;
  /** The objects alive when sampling stopped. Replaced by a later snapshot if it begins again. */
  heap: RawHeapNode | undefined;
}

export function openWindow(startTimeUnixNano: bigint): SamplingWindow {
  const builder = createProfileBuilder();
  return { startTimeUnixNano, builder, frames: new FrameInterner(builder), heap: undefined };
}
