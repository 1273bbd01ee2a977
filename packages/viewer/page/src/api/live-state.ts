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

let events: EventSource | undefined;

/**
 * Begins to follow the viewer, which sends its state at once and after each change. A page that is not seen lets go of
 * its stream: a browser has six connections for all pages of a server.
 */
export function followLiveState(): void {
  document.addEventListener('visibilitychange', followWhileVisible);
  followWhileVisible();
}

function followWhileVisible(): void {
  if (document.visibilityState === 'visible') connect();
  else {
    events?.close();
    events = undefined;
  }
}

/** The browser connects again by itself, unless the stream was refused. */
function connect(): void {
  if (events !== undefined) return;
  const stream = new EventSource('/api/events');
  events = stream;
  stream.addEventListener('state', (event: MessageEvent<string>) => {
    connection.value = 'live';
    latest.value = JSON.parse(event.data) as StateAnswer;
  });
  stream.addEventListener('open', () => (connection.value = 'live'));
  stream.addEventListener('error', () => {
    connection.value = 'lost';
    if (stream.readyState !== EventSource.CLOSED) return;
    if (events === stream) events = undefined;
    setTimeout(followWhileVisible, 2_000);
  });
}
