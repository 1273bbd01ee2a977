import type { SelectedSamples } from '../sample-selection.ts';
import { longestInterval } from '../profiled-windows.ts';
import { formatDuration } from '../../report/units.ts';

/** With fewer samples nothing is said. */
export const LEAST_SAMPLES = 10;

/** `31 of 40 samples, one every 10.1 ms`: what a share rests on. */
export function samplesText(count: number, of: number, selected: readonly Pick<SelectedSamples, 'stored'>[]): string {
  const interval = longestInterval(selected.map(({ stored }) => stored));
  return `${count} of ${of} samples${interval === undefined ? '' : `, one every ${formatDuration(interval)}`}`;
}

/** `31%` */
export function percent(part: number, whole: number): string {
  return whole > 0 ? `${Math.round((part / whole) * 100)}%` : '0%';
}
