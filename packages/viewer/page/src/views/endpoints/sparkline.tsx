import type { JSX } from 'preact';
import { formatDuration } from '../../format/units.ts';
import { trendText } from './trend-text.ts';

export interface SparklineProps {
  /** One value a bucket, nanoseconds. */
  readonly values: readonly number[];
  readonly bucketNanos: number;
  /** `CPU of GET /a` */
  readonly label: string;
}

const WIDTH = 96;
const HEIGHT = 22;

/** Bars over time, from zero to the highest, and the same in words. */
export function Sparkline({ values, bucketNanos, label }: SparklineProps): JSX.Element {
  const highest = Math.max(0, ...values);
  const text = `${label}: ${trendText(values, bucketNanos)}`;
  const step = WIDTH / Math.max(1, values.length);
  const path = highest <= 0 ? '' : values.map((value, i) => {
    const height = (value / highest) * (HEIGHT - 2);
    return value > 0 ? `M${round(i * step)},${HEIGHT}v${round(-Math.max(1, height))}h${round(Math.max(0.6, step - 0.6))}V${HEIGHT}z` : '';
  }).join('');
  return (
    <svg class="sparkline" role="img" aria-label={text} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} preserveAspectRatio="none">
      <title>{text}{values.length > 0 ? `. Each bar is ${formatDuration(bucketNanos)}.` : ''}</title>
      <path d={`M0,${HEIGHT - 0.5}H${WIDTH}`} class="sparkline-base" />
      <path d={path} class="sparkline-bars" />
    </svg>
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
