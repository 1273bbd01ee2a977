import type { ReadonlySignal } from '@preact/signals';
import { computed, signal } from '@preact/signals';

/** Where the page is. All state that matters is in here, so that an address says what somebody saw. */
export interface Address {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** null and undefined remove a parameter, `[]` does too; a list repeats it. */
export type QueryChanges = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

const current = signal(read());
addEventListener('popstate', () => (current.value = read()));

export const address: ReadonlySignal<Address> = computed(() => current.value);

function read(): Address {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

export interface NavigateOptions {
  /** Takes the place of the current entry of the history, as for what changes with every key press. @defaultValue false */
  readonly replace?: boolean;
}

export function navigate(href: string, { replace = false }: NavigateOptions = {}): void {
  if (href === location.pathname + location.search) return;
  if (replace) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  const before = current.value.path;
  current.value = read();
  if (!replace && before !== current.value.path) scrollTo(0, 0);
}

/** Changes parameters of the current address and leaves the others. */
export function changeQuery(changes: QueryChanges, options?: NavigateOptions): void {
  navigate(hrefWith(changes), options);
}

/** The current address with other parameters. */
export function hrefWith(changes: QueryChanges): string {
  const { path, query } = current.value;
  return hrefOf(path, changes, query);
}

export function hrefOf(path: string, changes: QueryChanges, query?: URLSearchParams): string {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    changed.delete(name);
    if (value === null || value === undefined) continue;
    for (const one of Array.isArray(value) ? value as readonly string[] : [String(value)]) changed.append(name, one);
  }
  const text = changed.toString();
  return text === '' ? path : `${path}?${text}`;
}
