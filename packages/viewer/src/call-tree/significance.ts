/** How often something was seen, in how many calls or samples. */
export interface Observation {
  readonly count: number;
  readonly trials: number;
}

const LEAST_COUNT = 10;
/** Standard deviations. More than the usual 2 or 3: many functions are compared, and samples come in bursts. */
const LEAST_DEVIATIONS = 4;

/** Whether two frequencies differ by more than chance explains: with equal frequencies the counts would divide as the trials do. */
export function differ(a: Observation, b: Observation): boolean {
  const count = a.count + b.count;
  if (count < LEAST_COUNT || a.trials <= 0 || b.trials <= 0) return false;
  const share = b.trials / (a.trials + b.trials);
  return Math.abs(b.count - count * share) >= LEAST_DEVIATIONS * Math.sqrt(count * share * (1 - share));
}

/** Lower end of the 95 % interval of a share (Wilson's): what it is at least, however few the samples. */
export function leastShare(count: number, trials: number): number {
  if (trials <= 0) return 0;
  const z = 1.96;
  const share = count / trials;
  const centre = share + (z * z) / (2 * trials);
  const margin = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  return Math.max(0, (centre - margin) / (1 + (z * z) / trials));
}
