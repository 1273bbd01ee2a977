import { convertLegacyHttpOptions } from '@opentelemetry/otlp-exporter-base/node-http';
import type { DiagLogger } from '@opentelemetry/api';
import type { HttpAgentFactory } from '@flamespan/otlp-exporter-base/http';
import { withUsableEndpoints } from './endpoint-variables.ts';
import type { OTLPProfileExporterConfig, OtlpHttpProtocol } from './exporter-config.ts';
import { protocolFromEnvironment } from './otlp-protocol.ts';

/** What the exporter works with: options over environment over defaults. */
export interface OtlpConfiguration {
  readonly url: URL;
  readonly protocol: OtlpHttpProtocol;
  readonly headers: () => Promise<Record<string, string>>;
  readonly timeoutMillis: number;
  readonly concurrencyLimit: number;
  readonly compression: 'none' | 'gzip';
  readonly agentFactory: HttpAgentFactory;
  /** The agent came from a function of the user, so that its sockets are not ours to close. */
  readonly foreignAgent: boolean;
  readonly userAgent: string | undefined;
}

/** Timers take no more. */
const LONGEST_TIMEOUT_MILLIS = 2 ** 31 - 1;

/**
 * Resolves the configuration through `@opentelemetry/otlp-exporter-base`, so that it means what it means for traces.
 * The only file that touches that package, which calls itself internal.
 *
 * @throws Error with a message for the user when a value cannot be used.
 */
export function resolveOtlpConfiguration(config: OTLPProfileExporterConfig, logger: DiagLogger): OtlpConfiguration {
  const { compression, httpAgentOptions } = config;
  if (config.protocol !== undefined && config.protocol !== 'http/protobuf' && config.protocol !== 'http/json') {
    throw new Error(`protocol is ${JSON.stringify(config.protocol)}, expected 'http/protobuf' or 'http/json'`);
  }
  if (compression !== undefined && compression !== 'none' && compression !== 'gzip') {
    throw new Error(`compression is ${JSON.stringify(compression)}, expected 'none' or 'gzip'`);
  }
  const limit = config.concurrencyLimit;
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw new Error(`concurrencyLimit is ${String(limit)}, expected an integer greater than 0`);
  }
  // The base parses the URL too, but quotes it, with whatever credentials are in it.
  if (config.url !== undefined && !URL.canParse(config.url)) {
    throw new Error('url is not a URL, expected one such as http://localhost:4318/v1development/profiles');
  }
  const protocol = config.protocol ?? protocolFromEnvironment(logger);
  const foreignAgent = typeof httpAgentOptions === 'function';
  const baseConfig: unknown = {
    ...config,
    // As for an agent without options: Node's own default is not to keep connections.
    ...(httpAgentOptions !== undefined && !foreignAgent ? { keepAlive: config.keepAlive ?? true } : {}),
  };
  const resolved = withUsableEndpoints(logger, () => convertLegacyHttpOptions(baseConfig as Parameters<typeof convertLegacyHttpOptions>[0], 'PROFILES', 'v1development/profiles', {
    'Content-Type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
  }));
  const url = new URL(resolved.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`the endpoint's scheme is '${url.protocol}', expected http: or https:, as in http://localhost:4318`);
  }
  return {
    url,
    protocol,
    headers: resolved.headers,
    timeoutMillis: Math.min(resolved.timeoutMillis, LONGEST_TIMEOUT_MILLIS),
    concurrencyLimit: resolved.concurrencyLimit,
    compression: resolved.compression,
    agentFactory: resolved.agentFactory,
    foreignAgent,
    userAgent: resolved.userAgent,
  };
}
