import type { ReadonlySignal } from '@preact/signals';
import { computed, signal } from '@preact/signals';
import type { QueryChanges } from './href.ts';
import { hrefOf } from './href.ts';

export type { QueryChanges } from './href.ts';
export { hrefOf } from './href.ts';

/** Where the page is. All state that matters is in here, so that an address says what somebody saw. */
export interface Address {
  readonly path: string;
  readonly query: URLSearchParams;
}

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
