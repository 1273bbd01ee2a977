/** Middle and middle half of some figures. */
export interface Spread {
  readonly median: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
  readonly count: number;
}

/** Linear interpolation between the neighbours, as spreadsheets do. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) return Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

export function spreadOf(values: readonly number[]): Spread {
  return {
    median: quantile(values, 0.5),
    lowerQuartile: quantile(values, 0.25),
    upperQuartile: quantile(values, 0.75),
    count: values.length,
  };
}

/** Round by round, so that what slows a whole round cancels out. Rounds that one of both lacks do not count. */
export function pairedDifferences(values: readonly (number | undefined)[], baseline: readonly (number | undefined)[]): number[] {
  return paired(values, baseline, (value, base) => value - base);
}

export function pairedPercents(values: readonly (number | undefined)[], baseline: readonly (number | undefined)[]): number[] {
  return paired(values, baseline, (value, base) => (value / base - 1) * 100);
}

function paired(
  values: readonly (number | undefined)[],
  baseline: readonly (number | undefined)[],
  compare: (value: number, base: number) => number,
): number[] {
  const compared: number[] = [];
  for (const [round, value] of values.entries()) {
    const base = baseline[round];
    if (value !== undefined && base !== undefined) compared.push(compare(value, base));
  }
  return compared;
}

/** Of `y` on `x` by least squares, with the standard error of the slope. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): { readonly slope: number; readonly standardError: number } {
  const count = points.length;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / count;
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  let sxx = 0;
  let sxy = 0;
  for (const [x, y] of points) {
    sxx += (x - meanX) ** 2;
    sxy += (x - meanX) * (y - meanY);
  }
  const slope = sxy / sxx;
  const residuals = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, standardError: count > 2 ? Math.sqrt(residuals / (count - 2) / sxx) : Number.NaN };
}

/** Another order in each round, so that no variant always comes after the same one. */
export function shuffled<T>(items: readonly T[], random: () => number = Math.random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
