import type { ReadonlySignal } from '@preact/signals';
import { computed, signal } from '@preact/signals';
import type { StateAnswer } from '../../../src/api/answers.ts';

export type Connection = 'connecting' | 'live' | 'lost';

interface Received {
  readonly state: StateAnswer;
  /** Grows where answers may have changed. */
  readonly change: number;
}

const latest = signal<Received | undefined>(undefined);
const connection = signal<Connection>('connecting');
const held = signal<Received | undefined>(undefined);
const shown = computed(() => held.value ?? latest.value);

/** What the viewer holds now. */
export const liveState: ReadonlySignal<StateAnswer | undefined> = computed(() => latest.value?.state);
export const liveConnection: ReadonlySignal<Connection> = computed(() => connection.value);
export const isPaused: ReadonlySignal<boolean> = computed(() => held.value !== undefined);
/** What views show: the latest state, or while paused the one at which the pause began. */
export const shownState: ReadonlySignal<StateAnswer | undefined> = computed(() => shown.value?.state);
/** Give it to `useAnswer`, so that a view follows what arrives unless the reader paused. */
export const shownRevision: ReadonlySignal<number | undefined> = computed(() => shown.value?.change);

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
    connection.value = 'connecting';
  }
}

/** The browser connects again by itself, unless the stream was refused. */
function connect(): void {
  if (events !== undefined) return;
  const stream = new EventSource('/api/events');
  events = stream;
  stream.addEventListener('state', (event: MessageEvent<string>) => {
    const state = JSON.parse(event.data) as StateAnswer;
    const before = latest.peek();
    // A viewer that was started again counts its revisions from the beginning, and may come to the same one.
    const isSame = connection.peek() === 'live' && before?.state.revision === state.revision;
    latest.value = { state, change: (before?.change ?? 0) + (isSame ? 0 : 1) };
    connection.value = 'live';
  });
  stream.addEventListener('error', () => {
    connection.value = 'lost';
    if (stream.readyState !== EventSource.CLOSED) return;
    if (events === stream) events = undefined;
    setTimeout(followWhileVisible, 2_000);
  });
}
