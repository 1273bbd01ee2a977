import type { ServerResponse } from 'node:http';
import type { StateAnswer } from '../api/answers.ts';
import type { Store } from '../store/store.ts';
import { RequestError } from './request-error.ts';
import type { Route } from './route.ts';
import { get } from './route.ts';

export interface StateEventsOptions {
  readonly store: Store;
  readonly state: () => StateAnswer;
  /** @defaultValue 64 */
  readonly maxClients?: number;
  /** Shortest time between two events. @defaultValue 500 */
  readonly intervalMillis?: number;
  /** How often a comment shows that the connection lives; who has not read the one before is dropped. @defaultValue 15 000 */
  readonly heartbeatMillis?: number;
}

export interface StateEvents {
  readonly route: Route;
  /** Ends every stream and all timers. */
  close(): void;
}

/** Events of the server-sent kind: the state at once, and again whenever something has arrived or was refused. */
export function createStateEvents({ store, state, maxClients = 64, intervalMillis = 500, heartbeatMillis = 15_000 }: StateEventsOptions): StateEvents {
  const clients = new Set<ServerResponse>();
  let timers: NodeJS.Timeout[] = [];
  let sent = '';

  const version = (): string => `${store.revision} ${JSON.stringify(store.stats().rejectedRequests)}`;
  const event = (): string => `event: state\ndata: ${JSON.stringify(state())}\n\n`;
  const tick = (): void => {
    const current = version();
    if (current === sent) return;
    sent = current;
    const text = event();
    // Who has not read the one before gets a later one: each event says everything.
    for (const client of clients) if (!client.writableNeedDrain) client.write(text);
  };
  const beat = (): void => {
    for (const client of clients) {
      if (client.writableNeedDrain) client.destroy();
      else client.write(':\n\n');
    }
  };
  const start = (): void => {
    sent = version();
    timers = [setInterval(tick, intervalMillis), setInterval(beat, heartbeatMillis)];
    for (const timer of timers) timer.unref();
  };
  const stop = (): void => {
    for (const timer of timers) clearInterval(timer);
    timers = [];
  };

  const route = get(({ request, response }) => {
    if (request.method === 'GET' && clients.size >= maxClients) {
      throw new RequestError(503, 'busy', `${maxClients} pages are listening already; close one`, { 'Retry-After': '5' });
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.write(`retry: 1000\n${event()}`);
    if (clients.size === 0) start();
    clients.add(response);
    // That it is quiet is no fault; the heartbeat finds who does not read.
    request.socket.setTimeout(0);
    response.on('close', () => {
      clients.delete(response);
      if (clients.size === 0) stop();
    });
  });
  return {
    route,
    close() {
      stop();
      for (const client of clients) client.destroy();
    },
  };
}
