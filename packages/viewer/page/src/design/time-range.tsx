import type { JSX } from 'preact';
import { formatMoment } from '../format/units.ts';
import { changeQuery } from '../router/address.ts';
import { Button } from './controls.tsx';
import { DropDown } from './disclosure.tsx';
import { MomentField } from './moment-field.tsx';
import './time-range.css';

export interface TimeRange {
  /** Milliseconds since the Unix epoch; undefined = not bounded. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

const MINUTES = [1, 5, 15, 60] as const;

/** A choice of a time range, kept in the address as `from` and `to`. */
export function TimeRangeChoice({ label, range }: { readonly label: string; readonly range: TimeRange }): JSX.Element {
  const { from, to } = range;
  return (
    <DropDown label={label} value={rangeText(range)}>
      <div class="time-range-presets">
        {MINUTES.map((minutes) => <Button key={minutes} onClick={() => changeQuery({ from: Date.now() - minutes * 60_000, to: null })}>Last {minutes === 60 ? 'hour' : `${minutes} min`}</Button>)}
      </div>
      <MomentField label="From" value={from} onMoment={(moment) => changeQuery({ from: moment })} />
      <MomentField label="To" value={to} onMoment={(moment) => changeQuery({ to: moment })} />
      {(from !== undefined || to !== undefined) && <Button onClick={() => changeQuery({ from: null, to: null })}>Any time</Button>}
    </DropDown>
  );
}

/** `Any time`, `since 12:00:00`, `12:00:00 – 12:05:00`. */
export function rangeText({ from, to }: TimeRange): string {
  if (from === undefined) return to === undefined ? 'Any time' : `until ${toTheSecond(to)}`;
  return to === undefined ? `since ${toTheSecond(from)}` : `${toTheSecond(from)} – ${toTheSecond(to)}`;
}

function toTheSecond(moment: number): string {
  return formatMoment(moment).slice(0, -'.000'.length);
}
