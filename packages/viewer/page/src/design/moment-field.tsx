import type { JSX } from 'preact';
import { Field } from './controls.tsx';

export interface MomentFieldProps {
  readonly label: string;
  /** Milliseconds since the Unix epoch. */
  readonly value: number | undefined;
  /** null = it was emptied. */
  readonly onMoment: (moment: number | null) => void;
}

/** A local date and time, to the second. */
export function MomentField({ label, value, onMoment }: MomentFieldProps): JSX.Element {
  return (
    <Field label={label}>
      <input
        class="input" type="datetime-local" step="1" value={value === undefined ? '' : localDateTime(value)}
        onChange={(event) => {
          const moment = new Date(event.currentTarget.value).getTime();
          onMoment(Number.isNaN(moment) ? null : moment);
        }}
      />
    </Field>
  );
}

/** As an input of type `datetime-local` takes it. */
function localDateTime(moment: number): string {
  const date = new Date(moment);
  return new Date(moment - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
