import type { TimelineLane } from '../../../../src/api/answers.ts';
import { sampleAt } from './lane-samples.ts';

/** Where the pointer rests: it stays there when another timeline comes, whatever that has in its place. */
export interface PointedPlace {
  /** Of the lane. */
  readonly number: number;
  /** Nanoseconds from the start of the trace. */
  readonly moment: number;
  readonly x: number;
}

export interface PointedSample {
  readonly number: number;
  readonly lane: TimelineLane;
  readonly sample: number;
  readonly x: number;
}

/** What is there now; null = nothing. */
export function pointedSample(lanes: readonly { readonly lane: TimelineLane | null }[], place: PointedPlace | null): PointedSample | null {
  const lane = place === null ? null : lanes[place.number]?.lane ?? null;
  if (place === null || lane === null) return null;
  const sample = sampleAt(lane, place.moment);
  return sample < 0 ? null : { number: place.number, lane, sample, x: place.x };
}
