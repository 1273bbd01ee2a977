export interface TimeTick {
  readonly nanos: number;
  /** Share of the axis. */
  readonly share: number;
}

/** Round moments between two others, at most `most` of them, ends included where they are round. */
export function timeTicks(startNanos: number, endNanos: number, most: number): readonly TimeTick[] {
  const length = endNanos - startNanos;
  if (!(length > 0) || most < 1) return [];
  const step = roundStep(length / most);
  const ticks: TimeTick[] = [];
  for (let n = Math.ceil(startNanos / step); n * step <= endNanos && ticks.length <= most; n++) ticks.push({ nanos: n * step, share: (n * step - startNanos) / length });
  return ticks;
}

/** The smallest of 1, 2 and 5 times a power of ten that is not below. */
export function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5]) if (power * factor >= least * (1 - 1e-9)) return power * factor;
  return power * 10;
}
