/** `#rrggbb` */
export interface ScaleEnds {
  readonly less: string;
  readonly same: string;
  readonly more: string;
}

/** Steps of the diverging scale on each side; few, so that bars are drawn colour by colour. */
export const SCALE_STEPS = 6;

/** The colours of the diverging scale from -1 to 1, `2 * SCALE_STEPS + 1` of them. */
export function scaleColors({ less, same, more }: ScaleEnds): string[] {
  const colors: string[] = [];
  for (let step = -SCALE_STEPS; step <= SCALE_STEPS; step++) {
    colors.push(step === 0 ? same : mixed(same, step < 0 ? less : more, 0.25 + (0.75 * Math.abs(step)) / SCALE_STEPS));
  }
  return colors;
}

/** Index into {@link scaleColors}. */
export function scaleStep(scale: number): number {
  return SCALE_STEPS + Math.sign(scale) * Math.ceil(Math.abs(scale) * SCALE_STEPS);
}

/** Two `#rrggbb`, `part` of the second. */
function mixed(one: string, other: string, part: number): string {
  const [a, b] = [channels(one), channels(other)];
  return `#${a.map((value, i) => Math.round(value + (b[i]! - value) * part).toString(16).padStart(2, '0')).join('')}`;
}

function channels(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}
