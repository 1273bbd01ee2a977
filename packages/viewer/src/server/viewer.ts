import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApi } from '../api/api.ts';
import type { ViewerIdentity } from '../queries/state-answer.ts';
import { stateAnswer } from '../queries/state-answer.ts';
import { renderReport } from '../report/report.ts';
import type { Store } from '../store/store.ts';
import { createStore } from '../store/store.ts';
import { VERSION } from '../version.ts';
import { createDownloadRoute } from './download-route.ts';
import type { GrpcReceiver } from './grpc-receiver.ts';
import { openGrpcReceiver } from './grpc-receiver.ts';
import { createHttpHandler } from './http-handler.ts';
import { createOtlpRoute } from './otlp-route.ts';
import { createPageRoutes } from './page-routes.ts';
import { createBodyReader } from './request-body.ts';
import type { Route } from './route.ts';
import { get } from './route.ts';
import { JSON_TYPE, send, TEXT } from './send.ts';
import { createProfilesSignal, createTracesSignal, keepNothing } from './signals.ts';
import { startTiming } from './server-timing.ts';
import { createStateEvents } from './state-events.ts';
import { ViewerError } from './viewer-error.ts';
import type { CheckedViewerOptions, ViewerOptions } from './viewer-options.ts';
import { checkOptions } from './viewer-options.ts';

export interface RunningViewer {
  /** `http://127.0.0.1:4318`: the page, and the value for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly port: number;
  /** `http://127.0.0.1:4317`: the value for exporters that speak gRPC; null where that port is not open. */
  readonly grpcUrl: string | null;
  /** Why `grpcPort` is not open although it was asked for. */
  readonly grpcProblem: string | null;
  readonly store: Store;
  /** Stops listening and ends every connection. What the store holds stays. */
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 256;
const REPORT_WIDTH = 100;

/**
 * Starts the embedded backend: a receiver of OTLP traces and profiles on the loopback interface, what it received in
 * bounded memory, and the page that shows it.
 *
 * @throws ViewerError `ERR_PORT_IN_USE`, `ERR_LISTEN_FAILED` or `ERR_INVALID_OPTION`
 */
export async function startViewer(options: ViewerOptions = {}): Promise<RunningViewer> {
  const checked = checkOptions(options);
  return startCheckedViewer(checked, createStore({ maxBytes: checked.maxBytes }));
}

/** A viewer of this store, into which further telemetry comes. */
export async function startCheckedViewer(checked: CheckedViewerOptions, store: Store): Promise<RunningViewer> {
  const { host, port, grpcPort, requestTimeoutMillis } = checked;
  const signals = { traces: createTracesSignal(store), profiles: createProfilesSignal(store) };
  let url = '';
  let grpc: GrpcReceiver | Error | undefined;
  const grpcUrl = (): string | null => (grpc === undefined || grpc instanceof Error ? null : urlOf(host, grpc.port));
  const identity = (): ViewerIdentity => ({ version: VERSION, endpoints: { http: url, grpc: grpcUrl() } });

  const bodies = createBodyReader(checked.maxRequestBytes);
  const events = createStateEvents({ store, state: () => stateAnswer(store, identity()) });
  const pageRouteOf = await createPageRoutes({ url: () => url, pageDirectory: checked.pageDirectory });
  const routes = new Map<string, Route>([
    ['/v1/traces', createOtlpRoute(signals.traces, bodies)],
    ['/v1development/profiles', createOtlpRoute(signals.profiles, bodies)],
    // What an SDK sends to the same endpoint, unasked.
    ['/v1/metrics', createOtlpRoute(keepNothing, bodies)],
    ['/v1/logs', createOtlpRoute(keepNothing, bodies)],
    ['/report', get(({ response, query }) => send(response, {
      type: TEXT,
      body: renderReport(store, {
        url,
        width: Number(query.get('width')) || REPORT_WIDTH,
        color: query.get('color') === '1',
        ...Object.fromEntries(['service', 'endpoint'].flatMap((name) => (query.has(name) ? [[name, query.get(name)]] : []))),
      }),
    }))],
    ['/api/events', events.route],
    ['/api/download', createDownloadRoute(store)],
  ]);
  for (const [path, answer] of createApi(store, identity)) {
    routes.set(path, get(({ response, query }) => {
      const time = startTiming();
      const body = JSON.stringify(answer(query));
      send(response, { type: JSON_TYPE, body, headers: { 'Server-Timing': time() } });
    }));
  }
  const server = createServer({
    requestTimeout: requestTimeoutMillis,
    headersTimeout: Math.min(10_000, requestTimeoutMillis),
    // Node.js looks for slow requests only this often; well before the connection is given up below.
    connectionsCheckingInterval: Math.min(1_000, Math.ceil(requestTimeoutMillis / 4)),
  }, createHttpHandler({
    routeOf: (pathname) => routes.get(pathname) ?? pageRouteOf(pathname),
    paths: ['POST /v1/traces', 'POST /v1development/profiles', 'GET /', 'GET /report', 'GET /api/state'],
    onRejected: (reason) => store.countRejectedRequest(reason),
  }));
  server.maxConnections = MAX_CONNECTIONS;
  // Who does not read an answer. Who does not send is told so before, with 408.
  server.timeout = requestTimeoutMillis * 2;
  const boundPort = await listen(server, host, port);
  url = urlOf(host, boundPort);
  if (grpcPort !== undefined) {
    grpc = await openGrpcReceiver({
      ...checked,
      port: grpcPort,
      signals: new Map([
        ['/opentelemetry.proto.collector.trace.v1.TraceService/Export', signals.traces],
        ['/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export', signals.profiles],
      ]),
      onRejected: (reason) => store.countRejectedRequest(reason),
    }).catch((error: unknown) => error as Error);
  }

  let closed: Promise<void> | undefined;
  return {
    url,
    port: boundPort,
    grpcUrl: grpcUrl(),
    grpcProblem: grpc instanceof Error ? grpcProblem(grpc, grpcPort) : null,
    store,
    close: () => (closed ??= closeAll(server, () => events.close(), grpc instanceof Error ? undefined : grpc)),
  };
}

function urlOf(host: string, port: number): string {
  return `http://${host === '::1' ? '[::1]' : host}:${port}`;
}

function grpcProblem(error: NodeJS.ErrnoException, port: number | undefined): string {
  return error.code === 'EADDRINUSE'
    ? `port ${port} is taken by another process, so that OTLP/gRPC is not received; OTLP/HTTP is`
    : `OTLP/gRPC is not received, OTLP/HTTP is: ${error.message}`;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE'
        ? new ViewerError('ERR_PORT_IN_USE', `port ${port} on ${host} is taken by another process. Stop it, or choose another port with startViewer({ port }), 0 for any free one, and point OTEL_EXPORTER_OTLP_ENDPOINT there.`, { cause: error })
        : new ViewerError('ERR_LISTEN_FAILED', `cannot listen on ${host} port ${port}: ${error.message}`, { cause: error }));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

async function closeAll(server: Server, closeEvents: () => void, grpc: GrpcReceiver | undefined): Promise<void> {
  closeEvents();
  const ended = new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  await Promise.all([ended, grpc?.close()]);
}
