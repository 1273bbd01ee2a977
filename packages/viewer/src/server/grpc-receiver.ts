/// <reference lib="es2024.string" />
import type * as GrpcLibrary from '@grpc/grpc-js';
import type { Metadata, sendUnaryData, ServerInterceptor, ServerUnaryCall, ServiceDefinition } from '@grpc/grpc-js';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { createServer } from 'node:net';
import { RequestError } from './request-error.ts';
import { rpcCodeOf } from './rpc-code.ts';
import type { Signal } from './signals.ts';
import type { RejectionReason } from '../store/store.ts';

export interface GrpcReceiverOptions {
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  /** Largest message, before and after decompression. */
  readonly maxRequestBytes: number;
  /** How long a message may take to come in. */
  readonly requestTimeoutMillis: number;
  /** By the path of its `Export` method. */
  readonly signals: ReadonlyMap<string, Signal>;
  readonly onRejected: (reason: RejectionReason) => void;
}

export interface GrpcReceiver {
  readonly port: number;
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 64;
/** Of all connections together: each may hold a message of the largest size. */
const MAX_CALLS = 16;

/**
 * An OTLP/gRPC receiver. Web pages cannot speak its protocol (HTTP/2 without TLS), so that it needs no check of their origin.
 *
 * @throws what the system says when the port cannot be had.
 */
export async function openGrpcReceiver(options: GrpcReceiverOptions): Promise<GrpcReceiver> {
  // The port first: it is free or taken at once, the library takes its time.
  const sockets = new Set<Socket>();
  const waiting: Socket[] = [];
  let inject = (socket: Socket): void => void waiting.push(socket);
  const listener = createServer((socket) => {
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    sockets.add(socket);
    // Who says nothing must not keep a place; the library waits for ever.
    const silent = (): void => void socket.destroy();
    socket.setTimeout(options.requestTimeoutMillis, silent);
    socket.once('readable', () => {
      socket.setTimeout(0, silent);
      inject(socket);
    });
  });
  listener.maxConnections = MAX_CONNECTIONS;
  const port = await listen(listener, options.host, options.port);

  const grpc = await import('@grpc/grpc-js');
  const server = new grpc.Server({
    'grpc.max_receive_message_length': options.maxRequestBytes,
    'grpc.max_concurrent_streams': MAX_CALLS,
    'grpc.max_connection_idle_ms': 5 * 60_000,
    'grpc.keepalive_time_ms': options.requestTimeoutMillis,
    'grpc.keepalive_timeout_ms': 10_000,
    interceptors: [createGate(grpc, options)],
  });
  for (const [path, signal] of options.signals) server.addService(serviceOf(path), { export: handlerOf(grpc, signal, options) });
  const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  inject = (socket) => injector.injectConnection(socket);
  for (const socket of waiting.splice(0)) inject(socket);
  return {
    port,
    close: () => new Promise((resolve) => {
      listener.close(() => resolve());
      server.forceShutdown();
      for (const socket of sockets) socket.destroy();
    }),
  };
}

function listen(listener: NetServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.on('error', reject);
    listener.listen(port, host, () => resolve((listener.address() as AddressInfo).port));
  });
}

/** Messages stay bytes: the signals decode them. */
function serviceOf(path: string): ServiceDefinition {
  const asIs = (message: Buffer): Buffer => message;
  return {
    export: {
      path, requestStream: false, responseStream: false,
      requestSerialize: asIs, requestDeserialize: asIs, responseSerialize: asIs, responseDeserialize: asIs,
    },
  };
}

const NOTHING = Buffer.alloc(0);

function handlerOf(grpc: typeof GrpcLibrary, signal: Signal, { onRejected }: GrpcReceiverOptions) {
  return (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
    try {
      signal(call.request, 'application/x-protobuf');
    } catch (error) {
      const { status, reason, message } = error instanceof RequestError
        ? error
        : new RequestError(500, 'internal-error', `a fault in the viewer: ${String(error)}`);
      onRejected(reason);
      callback({ code: grpc.status[rpcCodeOf(status)], details: message.toWellFormed() });
      return;
    }
    callback(null, NOTHING);
  };
}

/** Lets in so many calls at a time, and none for longer than a message may take. */
function createGate(grpc: typeof GrpcLibrary, { requestTimeoutMillis, onRejected }: GrpcReceiverOptions): ServerInterceptor {
  let calls = 0;
  return (_method, call) => {
    let deadline: NodeJS.Timeout | undefined;
    const leave = (): void => {
      if (deadline === undefined) return;
      clearTimeout(deadline);
      deadline = undefined;
      calls--;
    };
    return new grpc.ServerInterceptingCall(call, {
      start: (next) => next({
        onReceiveMetadata(metadata: Metadata, pass) {
          if (calls >= MAX_CALLS) {
            onRejected('busy');
            call.sendStatus({ code: grpc.status.UNAVAILABLE, details: 'too many requests are coming in at once; try again' });
            return;
          }
          calls++;
          deadline = setTimeout(() => {
            call.sendStatus({ code: grpc.status.DEADLINE_EXCEEDED, details: `the message took longer than ${requestTimeoutMillis} ms to come in` });
            leave();
          }, requestTimeoutMillis);
          pass(metadata);
        },
        onCancel() {
          leave();
        },
      }),
      sendStatus(status, next) {
        leave();
        next(status);
      },
    });
  };
}
