import type * as GrpcJs from '@grpc/grpc-js';
import type { ChannelCredentials, Client, Metadata, ServiceError } from '@grpc/grpc-js';
import { createRedactor } from '@flamespan/otlp-exporter-base';
import type { Redactor } from '@flamespan/otlp-exporter-base';
import type { OtlpConfiguration } from './otlp-configuration.ts';
import { VERSION } from './version.ts';

const EXPORT_METHOD = '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export';
const USER_AGENT = `Flamespan-OTLP-Exporter-JavaScript/${VERSION}`;

/** What became of one call. Its texts from outside are still to be redacted. */
export type GrpcResult =
  | { readonly status: 'answered'; readonly body: Uint8Array }
  | { readonly status: 'status'; readonly error: ServiceError; readonly timedOut: boolean }
  /** The channel or the call could not be made. */
  | { readonly status: 'invalid'; readonly error: unknown };

export interface GrpcOutcome {
  readonly result: GrpcResult;
  readonly redact: Redactor;
}

export interface GrpcTransport {
  /** Makes one call. Never rejects. */
  send(body: Uint8Array, timeoutMillis: number): Promise<GrpcOutcome>;
  /** Closes the connection. */
  shutdown(): Promise<void>;
}

interface Connection {
  readonly client: Client;
  readonly metadata: Metadata;
  readonly redact: Redactor;
}

export function createGrpcTransport(configuration: OtlpConfiguration): GrpcTransport {
  const redactNothing = createRedactor(new URL('http://localhost'), {});
  let connection: Connection | undefined;

  /**
   * A connection that may be dead without anybody having told us, and a channel that waits before it connects again, are
   * given up: the next call connects anew.
   */
  const disconnect = (): void => {
    connection?.client.close();
    connection = undefined;
  };

  return {
    async send(body, timeoutMillis) {
      const deadline = Date.now() + timeoutMillis;
      const endMillis = performance.now() + timeoutMillis;
      let grpc: typeof GrpcJs;
      let current: Connection;
      try {
        // Imported late: instrumentation-grpc patches this module when it is loaded, or not at all.
        grpc = await import('@grpc/grpc-js');
        current = connection ??= connect(grpc, configuration);
      } catch (error) {
        return { result: { status: 'invalid', error }, redact: redactNothing };
      }
      const { client, metadata, redact } = current;
      const result = await new Promise<GrpcResult>((resolve) => {
        try {
          client.makeUnaryRequest(EXPORT_METHOD, asIs, asIs, Buffer.from(body.buffer, body.byteOffset, body.byteLength), metadata, { deadline }, (error, answer) => {
            if (error === null) resolve({ status: 'answered', body: answer ?? new Uint8Array(0) });
            // Timers may be a little early.
            else resolve({ status: 'status', error, timedOut: error.code === grpc.status.DEADLINE_EXCEEDED && performance.now() > endMillis - 20 });
          });
        } catch (error) {
          resolve({ status: 'invalid', error });
        }
      });
      const unreachable = result.status === 'status' && (result.timedOut || result.error.code === grpc.status.UNAVAILABLE);
      if (unreachable && connection === current) disconnect();
      return { result, redact };
    },
    async shutdown() {
      disconnect();
    },
  };
}

function asIs(message: Buffer): Buffer {
  return message;
}

function connect(grpc: typeof GrpcJs, configuration: OtlpConfiguration): Connection {
  const { address, compression, userAgent, channelOptions } = configuration;
  const metadata = metadataOf(grpc, configuration);
  const client = new grpc.Client(address, credentialsOf(grpc, configuration), {
    'grpc.default_compression_algorithm': compression === 'gzip' ? grpc.compressionAlgorithms.gzip : grpc.compressionAlgorithms.identity,
    'grpc.primary_user_agent': userAgent === undefined || userAgent === '' ? USER_AGENT : `${userAgent} ${USER_AGENT}`,
    ...channelOptions,
  });
  return { client, metadata, redact: createRedactor(new URL('http://localhost'), metadata.getMap()) };
}

function credentialsOf({ credentials }: typeof GrpcJs, configuration: OtlpConfiguration): ChannelCredentials {
  if (configuration.credentials !== undefined) return configuration.credentials;
  if (!configuration.secure) return credentials.createInsecure();
  const { authority, key, certificate } = configuration.certificates();
  return credentials.createSsl(authority, key, certificate);
}

/** A copy: the user's may be from another copy of `@grpc/grpc-js`, whose classes ours does not know. */
function metadataOf({ Metadata }: typeof GrpcJs, { metadata: given, headers }: OtlpConfiguration): Metadata {
  const metadata = new Metadata();
  for (const key of Object.keys(given?.getMap() ?? {})) {
    for (const value of given?.get(key) ?? []) withKeyNamed(key, () => metadata.add(key, value));
  }
  for (const [key, value] of headers) {
    if (metadata.get(key).length === 0) withKeyNamed(key, () => metadata.set(key, value));
  }
  return metadata;
}

/** What `@grpc/grpc-js` says quotes the value. */
function withKeyNamed(key: string, add: () => void): void {
  try {
    add();
  } catch {
    throw new Error(`the metadata entry ${JSON.stringify(key)} cannot be sent: its name or value holds characters that gRPC does not allow`);
  }
}
