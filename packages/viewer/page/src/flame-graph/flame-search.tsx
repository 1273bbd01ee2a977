import type { JSX } from 'preact';

export interface FlameSearchProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
}

export function FlameSearch({ value, onChange }: FlameSearchProps): JSX.Element {
  return (
    <input
      class="input flame-search" type="search" aria-label="Find functions, files and packages" placeholder="Find a function, file or package" autocomplete="off" spellcheck={false}
      value={value} onInput={(event) => onChange(event.currentTarget.value)}
    />
  );
}
