import type { OtlpEncodeOptions } from '@flamespan/profile';
import type { AgentOptions as HttpAgentOptions } from 'node:http';
import type { AgentOptions as HttpsAgentOptions } from 'node:https';
import type { HttpAgentFactory } from '@flamespan/otlp-exporter-base/http';

/** How requests are encoded: as protobuf, or as OTLP/JSON with ids in hex and 64-bit numbers as strings. */
export type OtlpHttpProtocol = 'http/protobuf' | 'http/json';

/**
 * Options of {@link OTLPProfileExporter}: those of `OTLPTraceExporter`, with the same names. An option wins over its
 * `OTEL_EXPORTER_OTLP_PROFILES_*` variable, and that over the general `OTEL_EXPORTER_OTLP_*` one
 * (OpenTelemetry specification, "OpenTelemetry Protocol Exporter").
 */
export interface OTLPProfileExporterConfig extends OtlpEncodeOptions {
  /**
   * Where profiles are sent, used as it is.
   * @defaultValue `http://localhost:4318/v1development/profiles`
   */
  readonly url?: string;
  /**
   * How requests are encoded. Grafana Pyroscope reads no Links from JSON.
   * @defaultValue `'http/protobuf'`
   */
  readonly protocol?: OtlpHttpProtocol;
  /** Headers of each request. A function is called for each export, within its timeout. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>> | (() => Promise<Record<string, string>>);
  /** Longest time one export may take, from the headers function to the last byte of the last answer. @defaultValue 10 000 */
  readonly timeoutMillis?: number;
  /** Most exports under way at a time; further ones fail at once. @defaultValue 30 */
  readonly concurrencyLimit?: number;
  /** @defaultValue `'none'` */
  readonly compression?: 'none' | 'gzip';
  /** Whether connections are used again. @defaultValue true */
  readonly keepAlive?: boolean;
  /** Options of the agent, such as `ca`, `cert` and `key`, or a function that makes it. @defaultValue none */
  readonly httpAgentOptions?: HttpAgentOptions | HttpsAgentOptions | HttpAgentFactory;
  /** Put in front of the exporter's own User-Agent. @defaultValue none */
  readonly userAgent?: string;
}
