import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReceiver } from './receiver.ts';
import { createProfilesSignal, createTracesSignal } from './signals.ts';
import { renderReport } from '../report/report.ts';
import type { Store } from '../store/store.ts';
import { createStore, DEFAULT_MAX_BYTES } from '../store/store.ts';
import { ViewerError } from './viewer-error.ts';
import { welcomePage } from './welcome-page.ts';

export interface ViewerOptions {
  /** Loopback address to listen on. @defaultValue `'127.0.0.1'` */
  readonly host?: '127.0.0.1' | '::1';
  /** TCP port, 0 = any free one. @defaultValue 4318, where OTLP/HTTP exporters send to */
  readonly port?: number;
  /** Bound on the memory that traces and profiles take; the oldest go first. @defaultValue 268 435 456 (256 MiB) */
  readonly maxBytes?: number;
  /** Largest body of a request, before and after decompression. @defaultValue 67 108 864 (64 MiB) */
  readonly maxRequestBytes?: number;
  /** How long a request may take to come in. @defaultValue 30 000 */
  readonly requestTimeoutMillis?: number;
}

export interface RunningViewer {
  /** `http://127.0.0.1:4318`: the value for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly port: number;
  readonly store: Store;
  /** Stops listening and ends every connection. What the store holds stays. */
  close(): Promise<void>;
}

const DEFAULTS = Object.freeze({
  host: '127.0.0.1',
  port: 4318,
  maxBytes: DEFAULT_MAX_BYTES,
  maxRequestBytes: 64 * 1024 * 1024,
  requestTimeoutMillis: 30_000,
} as const satisfies Required<ViewerOptions>);

const MAX_CONNECTIONS = 256;
const REPORT_WIDTH = 100;

/**
 * Starts the embedded backend: an OTLP/HTTP receiver for traces and profiles on the loopback interface, with what it
 * received in bounded memory.
 *
 * @throws ViewerError `ERR_PORT_IN_USE`, `ERR_LISTEN_FAILED` or `ERR_INVALID_OPTION`
 */
export async function startViewer(options: ViewerOptions = {}): Promise<RunningViewer> {
  const { host, port, maxBytes, maxRequestBytes, requestTimeoutMillis } = checkOptions(options);
  const store = createStore({ maxBytes });
  const pages = new Map<string, (query: URLSearchParams) => string>();
  const signals = new Map([
    ['/v1/traces', createTracesSignal(store)],
    ['/v1development/profiles', createProfilesSignal(store)],
  ]);
  const server = createServer({
    requestTimeout: requestTimeoutMillis,
    headersTimeout: Math.min(10_000, requestTimeoutMillis),
    // Node.js looks for slow requests only this often.
    connectionsCheckingInterval: Math.min(1_000, requestTimeoutMillis),
  }, createReceiver({ store, maxRequestBytes, signals, pages }));
  server.maxConnections = MAX_CONNECTIONS;
  const boundPort = await listen(server, host, port);
  const url = `http://${host === '::1' ? '[::1]' : host}:${boundPort}`;
  pages.set('/', () => welcomePage(url));
  pages.set('/report', (query) => renderReport(store, { url, width: Number(query.get('width')) || REPORT_WIDTH }));

  let closed: Promise<void> | undefined;
  return {
    url,
    port: boundPort,
    store,
    close: () => (closed ??= close(server)),
  };
}

function checkOptions(options: ViewerOptions): Required<ViewerOptions> {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const checked: Required<ViewerOptions> = { ...DEFAULTS, ...given };
  // The receiver has no authentication: it must not be reachable from elsewhere.
  if (checked.host !== '127.0.0.1' && checked.host !== '::1') {
    throw new ViewerError('ERR_INVALID_OPTION', `host must be '127.0.0.1' or '::1', not '${String(checked.host)}'`);
  }
  if (!Number.isInteger(checked.port) || checked.port < 0 || checked.port > 65_535) {
    throw new ViewerError('ERR_INVALID_OPTION', `port must be a whole number from 0 (any free port) to 65535, not ${String(checked.port)}`);
  }
  for (const name of ['maxBytes', 'maxRequestBytes', 'requestTimeoutMillis'] as const) {
    if (!Number.isInteger(checked[name]) || checked[name] < 1) {
      throw new ViewerError('ERR_INVALID_OPTION', `${name} must be a whole number above 0, not ${String(checked[name])}`);
    }
  }
  return checked;
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

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
