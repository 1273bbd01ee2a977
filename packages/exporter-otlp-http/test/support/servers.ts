import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import { createServer as createRawServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface TestServer {
  /** Without a trailing slash. */
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Connections accepted so far. */
  readonly connections: () => number;
  readonly openConnections: () => number;
}

export type Answer = (response: ServerResponse, request: ReceivedRequest) => void;

/** An HTTP server on a port of its own that reads each request and answers it. Closed after the test. */
export async function startServer(answer: Answer, tls?: ServerOptions): Promise<TestServer> {
  const requests: ReceivedRequest[] = [];
  const listener: RequestListener = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) };
      requests.push(received);
      answer(response, received);
    });
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.on('tlsClientError', () => {});
  const counts = await listen(server);
  return { ...counts, url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${counts.port}`, requests };
}

/** A TCP server that does what HTTP servers do not. */
export async function startRawServer(onConnection: (socket: Socket) => void): Promise<{ readonly url: string; readonly connections: () => number }> {
  const server = createRawServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  });
  const counts = await listen(server);
  return { ...counts, url: `http://127.0.0.1:${counts.port}` };
}

async function listen(server: Server): Promise<{ port: number; connections: () => number; openConnections: () => number }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(async () => {
    const closed = new Promise((resolve) => {
      server.close(resolve);
    });
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return { port: (server.address() as AddressInfo).port, connections: () => connections, openConnections: () => sockets.size };
}
