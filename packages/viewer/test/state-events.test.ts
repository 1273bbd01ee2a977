import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { Store } from '@flamespan/viewer';
import { createStore, startViewer } from '@flamespan/viewer';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { StateAnswer } from '../src/api/answers.ts';
import type { StateEvents, StateEventsOptions } from '../src/server/state-events.ts';
import { createStateEvents } from '../src/server/state-events.ts';
import { drawSpans } from './drawing.ts';

interface Stream {
  readonly states: StateAnswer[];
  text: string;
  readonly response: IncomingMessage;
  ended: boolean;
}

function listenTo(port: number, path = '/api/events'): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      const stream: Stream = { states: [], text: '', response, ended: false };
      let rest = '';
      response.on('data', (chunk: Buffer) => {
        stream.text += chunk.toString();
        rest += chunk.toString();
        for (let end = rest.indexOf('\n\n'); end !== -1; end = rest.indexOf('\n\n')) {
          const data = /^data: (.*)$/m.exec(rest.slice(0, end))?.[1];
          if (data !== undefined) stream.states.push(JSON.parse(data) as StateAnswer);
          rest = rest.slice(end + 2);
        }
      });
      response.on('error', () => {});
      response.on('close', () => {
        stream.ended = true;
      });
      resolve(stream);
    });
    request.on('error', reject);
    onTestFinished(() => void request.destroy());
  });
}

const beatsOf = ({ text }: Stream): number => text.split('\n\n').filter((part) => part === ':').length;
const arrival = (number: number) => drawSpans('1 - 0 1 GET /a', { traceId: number.toString(16).padStart(32, '0') });
async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 20_000, interval: 5 }).toBe(true);
}

describe('/api/events', () => {
  it('says the state at once, and again when something arrives or is refused', async () => {
    const viewer = await startViewer({ port: 0 });
    onTestFinished(() => viewer.close());
    const stream = await listenTo(viewer.port);
    expect(stream.response.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    await until(() => stream.states.length === 1);
    expect(stream.states[0]).toMatchObject({ traces: 0, endpoints: { http: viewer.url } });
    viewer.store.addSpans(arrival(1));
    await until(() => stream.states.length === 2);
    expect(stream.states[1]).toMatchObject({ traces: 1 });
    await fetch(`${viewer.url}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: 'nonsense' });
    await until(() => stream.states.length === 3);
    expect(stream.states[2]!.rejectedRequests).toEqual({ malformed: 1 });
    expect(stream.text).toMatch(/^retry: \d+\nevent: state\n/);
  });

  it('ends with the viewer', async () => {
    const viewer = await startViewer({ port: 0 });
    const stream = await listenTo(viewer.port);
    await viewer.close();
    await expect.poll(() => stream.ended, { timeout: 20_000 }).toBe(true);
  });
});

describe('state events', () => {
  const responses: ServerResponse[] = [];
  let server: Server | undefined;
  let events: StateEvents | undefined;
  afterEach(() => {
    responses.length = 0;
    events?.close();
    server?.closeAllConnections();
    server?.close();
  });

  async function serve(options: Partial<StateEventsOptions>): Promise<{ port: number; store: Store; asked: readonly number[] }> {
    const store = createStore();
    const asked: number[] = [];
    const state = (): StateAnswer => {
      asked.push(performance.now());
      return { traces: store.stats().traces } as StateAnswer;
    };
    events = createStateEvents({ store, state, ...options });
    const { route } = events;
    server = createServer((request, response) => {
      responses.push(response);
      try {
        void route.answer({ request, response, pathname: '/', query: new URLSearchParams() });
      } catch (error) {
        response.writeHead((error as { status: number }).status).end();
      }
    });
    await new Promise<void>((resolve) => {
      server!.listen(0, '127.0.0.1', resolve);
    });
    return { port: (server.address() as AddressInfo).port, store, asked };
  }

  it('are made once for all clients, at most one in an interval, and none while nothing arrives', async () => {
    const { port, store, asked } = await serve({ intervalMillis: 200, heartbeatMillis: 100 });
    const begun = performance.now();
    const streams = [await listenTo(port), await listenTo(port), await listenTo(port)];
    await until(() => streams.every(({ states }) => states.length === 1));
    expect(asked).toHaveLength(3);
    let arrivals = 0;
    const flood = setInterval(() => store.addSpans(arrival(++arrivals)), 1);
    await until(() => arrivals > 30 && streams.every(({ states }) => states.length >= 4));
    clearInterval(flood);
    expect(asked.length).toBeLessThanOrEqual(3 + Math.max(...streams.map(({ states }) => states.length)));
    // One that is late may bring the next close behind it, but the n-th never comes before n intervals are over.
    const tooEarly = asked.slice(3).filter((millis, n) => millis - begun < 200 * (n + 1) - 5);
    expect(tooEarly).toEqual([]);
    // What came last is said, too, and then nothing more.
    await until(() => streams.every(({ states }) => states.at(-1)!.traces === arrivals));
    const settled = asked.length;
    const before = beatsOf(streams[0]!);
    // Several intervals.
    await until(() => beatsOf(streams[0]!) >= before + 6);
    expect(asked).toHaveLength(settled);
  });

  it('are for a bounded number of clients; who leaves makes room', async () => {
    const { port } = await serve({ maxClients: 2 });
    const [first] = [await listenTo(port), await listenTo(port)];
    expect((await listenTo(port)).response.statusCode).toBe(503);
    first.response.destroy();
    await expect.poll(async () => (await listenTo(port)).response.statusCode, { timeout: 20_000 }).toBe(200);
  });

  it('show with a comment that the connection lives', async () => {
    const { port } = await serve({ heartbeatMillis: 20 });
    const stream = await listenTo(port);
    await expect.poll(() => beatsOf(stream), { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
  });

  it('are not kept for a client that does not read, which is dropped', async () => {
    const { port, store } = await serve({ intervalMillis: 5, heartbeatMillis: 300, state: () => ({ text: 'x'.repeat(1_000_000) }) as never });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const connections = (): Promise<number> => new Promise((resolve) => {
      server!.getConnections((_error, count) => resolve(count));
    });
    await until(() => responses.length === 1);
    let arrivals = 0;
    let waiting = 0;
    const flood = setInterval(() => {
      store.addSpans(arrival(++arrivals));
      waiting = Math.max(waiting, responses[0]!.writableLength);
    }, 5);
    onTestFinished(() => clearInterval(flood));
    await expect.poll(connections, { timeout: 30_000 }).toBe(0);
    // Each event has a million characters; what does not fit into the sockets is one of them, and the first.
    expect(waiting).toBeLessThan(3_000_000);
    expect(arrivals).toBeGreaterThan(5);
  });
});
