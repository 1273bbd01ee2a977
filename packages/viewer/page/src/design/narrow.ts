import { signal } from '@preact/signals';

const query = matchMedia('(max-width: 640px)');
const narrow = signal(query.matches);
query.addEventListener('change', () => (narrow.value = query.matches));

/** Whether the window is as wide as a phone, where rows take two lines. */
export function isNarrow(): boolean {
  return narrow.value;
}
