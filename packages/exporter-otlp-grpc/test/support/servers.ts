import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { connect, createServer as createRawServer } from 'node:net';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Metadata, sendUnaryData, ServerOptions, ServerUnaryCall, ServiceDefinition } from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';

/** What a server of OTLP profiles registers. Messages stay bytes. */
const profilesService: ServiceDefinition = {
  export: {
    path: '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export',
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  },
};

function asIs(message: Buffer): Buffer {
  return message;
}

export type Answer = (callback: sendUnaryData<Buffer>, call: ServerUnaryCall<Buffer, Buffer>) => void;

export interface GrpcServer {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly { readonly metadata: Metadata; readonly body: Buffer }[];
  /** Ends it with all its connections. */
  readonly end: () => void;
}

export interface GrpcServerOptions {
  readonly credentials?: ServerCredentials;
  readonly options?: ServerOptions;
  /** @defaultValue a free one */
  readonly port?: number;
  /** Another service than that of profiles. @defaultValue false */
  readonly withoutProfiles?: boolean;
}

export const accept: Answer = (callback) => callback(null, Buffer.alloc(0));

/** A real gRPC server on a port of its own. Ended after the test. */
export async function startServer(answer: Answer = accept, given: GrpcServerOptions = {}): Promise<GrpcServer> {
  const requests: { metadata: Metadata; body: Buffer }[] = [];
  const server = new Server(given.options);
  if (given.withoutProfiles !== true) {
    server.addService(profilesService, {
      export: (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => {
        requests.push({ metadata: call.metadata, body: call.request });
        answer(callback, call);
      },
    });
  }
  const credentials = given.credentials ?? ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${given.port ?? 0}`, credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  const end = (): void => server.forceShutdown();
  onTestFinished(end);
  return { url: `${given.credentials === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, port, requests, end };
}

/** An HTTP/2 server without gRPC. */
export async function startHttp2Server(onStream: (stream: ServerHttp2Stream) => void): Promise<string> {
  const server = createHttp2Server();
  server.on('sessionError', () => {});
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.resume();
    onStream(stream);
  });
  return `http://127.0.0.1:${(await listen(server)).port}`;
}

export async function startHttpServer(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${(await listen(createHttpServer(listener))).port}`;
}

/** A TCP server that does what gRPC servers do not. */
export async function startRawServer(onConnection: (socket: Socket) => void): Promise<{ readonly url: string; readonly connections: () => number }> {
  const server = createRawServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  });
  const { port, connections } = await listen(server);
  return { url: `http://127.0.0.1:${port}`, connections };
}

export interface Relay {
  readonly url: string;
  readonly connections: () => number;
  readonly open: () => number;
  /** What clients have sent so far. */
  readonly sent: () => Buffer;
  /** Breaks the connections without a word. */
  readonly cut: () => void;
}

/** Passes bytes on to a server. */
export async function startRelay(port: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const sent: Buffer[] = [];
  const { url, connections } = await startRawServer((socket) => {
    const onward = connect(port, '127.0.0.1');
    onward.on('error', () => {});
    socket.on('close', () => {
      onward.destroy();
      sockets.delete(socket);
    });
    socket.on('data', (chunk) => sent.push(chunk));
    socket.pipe(onward).pipe(socket);
    sockets.add(socket);
  });
  return {
    url,
    connections,
    open: () => sockets.size,
    sent: () => Buffer.concat(sent),
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function listen(server: NetServer): Promise<{ port: number; connections: () => number }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
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
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}
