import type { OtlpEncodeOptions } from '@flamespan/profile';
import type { ChannelCredentials, ChannelOptions, Metadata } from '@grpc/grpc-js';

/**
 * Options of {@link OTLPProfileExporter}: those of `OTLPTraceExporter` for gRPC, with the same names. An option wins over
 * its `OTEL_EXPORTER_OTLP_PROFILES_*` variable, and that over the general `OTEL_EXPORTER_OTLP_*` one
 * (OpenTelemetry specification, "OpenTelemetry Protocol Exporter").
 */
export interface OTLPProfileExporterConfig extends OtlpEncodeOptions {
  /**
   * The server. `http:` is without TLS, `https:` with it; without either, TLS unless `OTEL_EXPORTER_OTLP_INSECURE` is
   * `true`. `unix:` and a path is a socket.
   * @defaultValue `http://localhost:4317`
   */
  readonly url?: string;
  /** Metadata of each call. @defaultValue none */
  readonly metadata?: Metadata;
  /** Wins over the url's scheme and over certificates from the environment. Credentials of single calls are composed with it. */
  readonly credentials?: ChannelCredentials;
  /** Longest time one export may take, from the connection to the last answer. @defaultValue 10 000 */
  readonly timeoutMillis?: number;
  /** Most exports under way at a time; further ones fail at once. @defaultValue 30 */
  readonly concurrencyLimit?: number;
  /** @defaultValue `'none'` */
  readonly compression?: 'none' | 'gzip';
  /** Put in front of the exporter's own User-Agent. @defaultValue none */
  readonly userAgent?: string;
  /**
   * Options of the channel, as `@grpc/grpc-js` has them, such as `'grpc.keepalive_time_ms'`.
   * @defaultValue none: no keep-alive pings, which servers refuse when they come more often than they allow
   */
  readonly channelOptions?: ChannelOptions;
}
