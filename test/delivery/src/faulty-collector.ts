import { createServer as createHttpServer } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { holdPort } from './held-port.ts';
import type { HeldPort } from './held-port.ts';

/** How the collector behaves. */
export type Behaviour =
  /** Nothing listens on its port. */
  | 'down'
  /** Takes connections and what is sent on them, and answers nothing. */
  | 'silent'
  /** Answers something that is not HTTP. */
  | 'garbage'
  | { readonly status: number; readonly headers?: OutgoingHttpHeaders; readonly body?: string };

export interface ReceivedUpload {
  readonly atUnixMillis: number;
  readonly status: number;
  /** Uncompressed. */
  readonly body: Uint8Array;
}

export interface FaultyCollector {
  readonly url: string;
  /** What it has answered over HTTP. */
  readonly uploads: readonly ReceivedUpload[];
  /** Connections taken. */
  readonly connections: () => number;
  /** Existing connections end, unless it goes on with HTTP: what is under way is answered. */
  behave(behaviour: Behaviour): Promise<void>;
}

/** A collector on a port of its own, whose behaviour the test changes. */
export async function startFaultyCollector(initial: Behaviour): Promise<FaultyCollector> {
  const uploads: ReceivedUpload[] = [];
  const sockets = new Set<Socket>();
  let behaviour = initial;
  let connections = 0;
  let held: HeldPort | undefined;

  const http = createHttpServer((request, response) => {
    void buffer(request).then(
      (sent) => {
        if (typeof behaviour === 'string') return response.destroy();
        const { status, headers = {}, body = '' } = behaviour;
        const compressed = request.headers['content-encoding'] === 'gzip';
        uploads.push({ atUnixMillis: Date.now(), status, body: compressed ? gunzipSync(sent) : sent });
        return response.writeHead(status, headers).end(body);
      },
      () => response.destroy(),
    );
  });
  const listener = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    if (behaviour === 'silent') socket.resume();
    else if (behaviour === 'garbage') socket.once('data', () => socket.write('220 mail.example ESMTP\r\n'));
    else http.emit('connection', socket);
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(port, '127.0.0.1', resolve);
    });
  const close = async (): Promise<void> => {
    if (!listener.listening) return;
    const closed = new Promise((resolve) => {
      listener.close(resolve);
    });
    for (const socket of sockets) socket.destroy();
    await closed;
  };

  await listen(0);
  const { port } = listener.address() as AddressInfo;
  onTestFinished(async () => {
    await close();
    held?.release();
  });
  const behave = async (next: Behaviour): Promise<void> => {
    const goesOn = typeof behaviour === 'object' && typeof next === 'object';
    behaviour = next;
    if (!goesOn) for (const socket of sockets) socket.destroy();
    if (next === 'down') {
      await close();
      held ??= await holdPort(port);
    } else if (!listener.listening) {
      await listen(port);
      held?.release();
      held = undefined;
    }
  };
  await behave(initial);
  return { url: `http://127.0.0.1:${port}/v1development/profiles`, uploads, connections: () => connections, behave };
}
