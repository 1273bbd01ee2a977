import type { JSX } from 'preact';
import type { ServiceState } from '../../../../src/api/answers.ts';
import { Field } from '../../design/controls.tsx';

export interface ChoiceProps {
  readonly label: string;
  /** What stands for "not filtered". */
  readonly all: string;
  readonly values: readonly (string | { readonly value: string; readonly label: string })[];
  /** `''` = not filtered. */
  readonly value: string;
  readonly onChange: (value: string | null) => void;
}

/** A choice of one value or all; a value that is not held any more stays visible. */
export function Choice({ label, all, values, value, onChange }: ChoiceProps): JSX.Element {
  const options = values.map((option) => (typeof option === 'string' ? { value: option, label: option } : option));
  if (value !== '' && !options.some((option) => option.value === value)) options.push({ value, label: value });
  return (
    <Field label={label}>
      <select class="select" value={value} onChange={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)}>
        <option value="">{all}</option>
        {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
      </select>
    </Field>
  );
}

/** Values of all services, or of the chosen one, each once. */
export function valuesOf(services: readonly ServiceState[], service: string, values: (state: ServiceState) => readonly string[]): string[] {
  const found = services.filter((state) => service === '' || state.service === service).flatMap((state) => values(state));
  return [...new Set(found)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
