import type { Range } from './diff-address.ts';

/** Shorter drags are clicks. */
const LEAST_SHARE = 0.005;

/** The range between two places on a strip, each a share of its width; null = it was no drag. */
export function rangeBetween(held: Range, one: number, other: number): Range | null {
  const [low, high] = [Math.max(0, Math.min(one, other)), Math.min(1, Math.max(one, other))];
  if (high - low < LEAST_SHARE) return null;
  const span = held.to - held.from;
  return { from: held.from + low * span, to: held.from + high * span };
}
