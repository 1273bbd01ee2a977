import type { ReadonlySignal } from '@preact/signals';
import { computed, signal } from '@preact/signals';
import type { StateAnswer } from '../../../src/api/answers.ts';

export type Connection = 'connecting' | 'live' | 'lost';

const latest = signal<StateAnswer | undefined>(undefined);
const connection = signal<Connection>('connecting');
const held = signal<StateAnswer | undefined>(undefined);

/** What the viewer holds now. */
export const liveState: ReadonlySignal<StateAnswer | undefined> = computed(() => latest.value);
export const liveConnection: ReadonlySignal<Connection> = computed(() => connection.value);
export const isPaused: ReadonlySignal<boolean> = computed(() => held.value !== undefined);
/** What views show: the latest state, or while paused the one at which the pause began. */
export const shownState: ReadonlySignal<StateAnswer | undefined> = computed(() => held.value ?? latest.value);
/** Give it to `useAnswer`, so that a view follows what arrives unless the reader paused. */
export const shownRevision: ReadonlySignal<number | undefined> = computed(() => shownState.value?.revision);

export function setPaused(paused: boolean): void {
  held.value = paused ? latest.peek() : undefined;
}

/** Begins to follow the viewer, which sends its state at once and after each change. The browser reconnects by itself. */
export function followLiveState(): void {
  const events = new EventSource('/api/events');
  events.addEventListener('state', (event: MessageEvent<string>) => {
    connection.value = 'live';
    latest.value = JSON.parse(event.data) as StateAnswer;
  });
  events.addEventListener('open', () => (connection.value = 'live'));
  events.addEventListener('error', () => {
    connection.value = 'lost';
    // A refused stream is not tried again by the browser.
    if (events.readyState === EventSource.CLOSED) setTimeout(followLiveState, 2_000);
  });
}
