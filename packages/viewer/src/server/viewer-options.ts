import { DEFAULT_MAX_BYTES } from '../store/store.ts';
import { ViewerError } from './viewer-error.ts';

export interface ViewerOptions {
  /** Loopback address to listen on. @defaultValue `'127.0.0.1'` */
  readonly host?: '127.0.0.1' | '::1';
  /** TCP port of the page and of OTLP/HTTP, 0 = any free one. @defaultValue 4318, where OTLP/HTTP exporters send to */
  readonly port?: number;
  /** TCP port of OTLP/gRPC, 0 = any free one; exporters send to 4317. Taken: `grpcProblem` says so. @defaultValue not opened */
  readonly grpcPort?: number | undefined;
  /** Bound on the memory that traces and profiles take; the oldest go first. @defaultValue 268 435 456 (256 MiB) */
  readonly maxBytes?: number;
  /** Largest body of a request or gRPC message, before and after decompression. @defaultValue 67 108 864 (64 MiB) */
  readonly maxRequestBytes?: number;
  /** How long a request may take to come in; an answer may go unread twice as long. @defaultValue 30 000 */
  readonly requestTimeoutMillis?: number;
  /** Where the built page is, for work on the page. @defaultValue that of this package */
  readonly pageDirectory?: URL | undefined;
}

export type CheckedViewerOptions = Required<ViewerOptions>;

const DEFAULTS = Object.freeze({
  host: '127.0.0.1',
  port: 4318,
  grpcPort: undefined,
  maxBytes: DEFAULT_MAX_BYTES,
  maxRequestBytes: 64 * 1024 * 1024,
  requestTimeoutMillis: 30_000,
  pageDirectory: undefined,
} as const satisfies CheckedViewerOptions);

/** @throws ViewerError `ERR_INVALID_OPTION` */
export function checkOptions(options: ViewerOptions): CheckedViewerOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const checked: CheckedViewerOptions = { ...DEFAULTS, ...given };
  // The receiver has no authentication: it must not be reachable from elsewhere.
  if (checked.host !== '127.0.0.1' && checked.host !== '::1') {
    throw new ViewerError('ERR_INVALID_OPTION', `host must be '127.0.0.1' or '::1', not '${String(checked.host)}'`);
  }
  for (const name of ['port', 'grpcPort'] as const) {
    const port = checked[name];
    if (port !== undefined && (!Number.isInteger(port) || port < 0 || port > 65_535)) {
      throw new ViewerError('ERR_INVALID_OPTION', `${name} must be a whole number from 0 (any free port) to 65535, not ${String(port)}`);
    }
  }
  for (const name of ['maxBytes', 'maxRequestBytes', 'requestTimeoutMillis'] as const) {
    if (!Number.isInteger(checked[name]) || checked[name] < 1) {
      throw new ViewerError('ERR_INVALID_OPTION', `${name} must be a whole number above 0, not ${String(checked[name])}`);
    }
  }
  return checked;
}
