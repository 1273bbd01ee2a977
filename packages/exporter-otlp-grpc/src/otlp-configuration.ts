import type { ChannelCredentials, ChannelOptions, Metadata } from '@grpc/grpc-js';
import type { DiagLogger } from '@opentelemetry/api';
import {
  certificatesFromEnvironment, compressionFromEnvironment, environmentValue, headersFromEnvironment, insecureFromEnvironment,
  timeoutFromEnvironment,
} from './environment.ts';
import type { Certificates } from './environment.ts';
import type { OTLPProfileExporterConfig } from './exporter-config.ts';

/** What the exporter works with: options over environment over defaults. */
export interface OtlpConfiguration {
  /** As `@grpc/grpc-js` takes it. */
  readonly address: string;
  /** As it may be shown. */
  readonly target: string;
  /** Undefined: decided by `secure`. */
  readonly credentials: ChannelCredentials | undefined;
  readonly secure: boolean;
  /** Read anew for each connection, since certificates expire. */
  readonly certificates: () => Certificates;
  readonly metadata: Metadata | undefined;
  readonly headers: ReadonlyMap<string, string>;
  readonly timeoutMillis: number;
  readonly concurrencyLimit: number;
  readonly compression: 'none' | 'gzip';
  readonly userAgent: string | undefined;
  readonly channelOptions: ChannelOptions;
}

const DEFAULT_URL = 'http://localhost:4317';
/** A day: well below what the timers of `@grpc/grpc-js` take. */
const LONGEST_TIMEOUT_MILLIS = 86_400_000;

/**
 * Resolves the configuration so that it means what it means for traces. Not through
 * `@opentelemetry/otlp-grpc-exporter-base`: that loads `@grpc/grpc-js` with it, before instrumentation can see it, and what
 * is wrong could be said only at the first export. A test holds the two equal.
 *
 * @throws Error with a message for the user when a value cannot be used.
 */
export function resolveOtlpConfiguration(config: OTLPProfileExporterConfig, logger: DiagLogger): OtlpConfiguration {
  const { compression, concurrencyLimit = 30, userAgent, channelOptions = {}, credentials, metadata } = config;
  if (compression !== undefined && compression !== 'none' && compression !== 'gzip') {
    throw new Error(`compression is ${JSON.stringify(compression)}, expected 'none' or 'gzip'`);
  }
  if (!(Number.isInteger(concurrencyLimit) && concurrencyLimit > 0)) {
    throw new Error(`concurrencyLimit is ${String(concurrencyLimit)}, expected an integer greater than 0`);
  }
  const timeoutMillis = config.timeoutMillis ?? timeoutFromEnvironment(logger) ?? 10_000;
  if (!(Number.isFinite(timeoutMillis) && timeoutMillis > 0)) {
    throw new Error(`timeoutMillis is ${String(timeoutMillis)}, expected a number greater than 0`);
  }
  const fromEnvironment = config.url === undefined ? environmentValue('ENDPOINT') : undefined;
  return {
    ...endpointOf(config.url ?? fromEnvironment?.value ?? DEFAULT_URL, fromEnvironment?.variable ?? 'url', logger),
    credentials,
    certificates: () => certificatesFromEnvironment(logger),
    metadata,
    headers: headersFromEnvironment(),
    timeoutMillis: Math.min(timeoutMillis, LONGEST_TIMEOUT_MILLIS),
    concurrencyLimit,
    compression: compression ?? compressionFromEnvironment(logger) ?? 'none',
    userAgent,
    channelOptions,
  };
}

/** Messages name where the value is from and not the value, which may hold credentials. */
function endpointOf(value: string, source: string, logger: DiagLogger): Pick<OtlpConfiguration, 'address' | 'target' | 'secure'> {
  const text = value.trim();
  const hasScheme = /^\w{1,8}:\/\//.test(text) || text.startsWith('unix:');
  const secure = hasScheme ? !/^(?:http|unix):/i.test(text) : !insecureFromEnvironment();
  if (text.startsWith('unix:')) return { address: text, target: text, secure: false };
  const withScheme = hasScheme ? text : `${secure ? 'https' : 'http'}://${text}`;
  if (!URL.canParse(withScheme)) throw new Error(`${source} is not a URL, expected one such as ${DEFAULT_URL}`);
  const url = new URL(withScheme);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`the scheme of ${source} is '${url.protocol}', expected http: or https:, as in ${DEFAULT_URL}`);
  }
  if (url.hostname === '') throw new Error(`${source} names no host, expected a URL such as ${DEFAULT_URL}`);
  if (url.pathname !== '/') {
    logger.warn(`The path in ${source} is ignored: gRPC has none. Port 4317 is usual for gRPC, and paths for OTLP/HTTP`);
  }
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return { address: `dns:${url.hostname}:${port}`, target: url.origin, secure };
}
