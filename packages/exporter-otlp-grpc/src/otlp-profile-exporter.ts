import { diag } from '@opentelemetry/api';
import type { DiagLogger } from '@opentelemetry/api';
import { createProfileDelivery, decodePartialSuccess, reportPartialSuccess } from '@flamespan/otlp-exporter-base';
import type { ProfileSender } from '@flamespan/otlp-exporter-base';
import { encodeOtlpInSlices } from '@flamespan/profile';
import type { ExportResult, Profile, ProfileExporter } from '@flamespan/profile';
import { toPartOutcome } from './export-result.ts';
import type { OTLPProfileExporterConfig } from './exporter-config.ts';
import { createGrpcTransport } from './grpc-transport.ts';
import type { GrpcOutcome } from './grpc-transport.ts';
import { resolveOtlpConfiguration } from './otlp-configuration.ts';

/**
 * Sends profiles over OTLP/gRPC (OTLP 1.10, `opentelemetry.proto.collector.profiles.v1development.ProfilesService`).
 *
 * It sends each profile once, in parts where the server takes no message of that size, and tells in the result whether it
 * may be sent again; waiting and sending again is left to the caller. Neither the constructor nor a method throws.
 *
 * @experimental OTLP profiles are in development.
 */
export class OTLPProfileExporter implements ProfileExporter {
  readonly #delivery: Required<ProfileExporter>;

  constructor(config: OTLPProfileExporterConfig = {}) {
    const logger = diag.createComponentLogger({ namespace: '@flamespan/exporter-otlp-grpc' });
    this.#delivery = createProfileDelivery(createSender(config, logger), logger);
  }

  /** Calls back exactly once, never before this method returns. */
  export(profile: Profile, resultCallback: (result: ExportResult) => void): void {
    this.#delivery.export(profile, resultCallback);
  }

  /** Resolves when every export so far has called back. */
  forceFlush(): Promise<void> {
    return this.#delivery.forceFlush();
  }

  /** Waits for what is under way, at most `timeoutMillis`, then closes the connection. Exports after it fail. */
  shutdown(): Promise<void> {
    return this.#delivery.shutdown();
  }
}

function createSender(config: OTLPProfileExporterConfig, logger: DiagLogger): ProfileSender | string {
  try {
    const configuration = resolveOtlpConfiguration(config, logger);
    const { target, timeoutMillis, concurrencyLimit } = configuration;
    const transport = createGrpcTransport(configuration);
    return {
      concurrencyLimit,
      timeoutMillis,
      target,
      encode: (profile) => encodeOtlpInSlices(profile, config),
      async send(body, leftMillis) {
        const sent = await transport.send(body, leftMillis);
        const outcome = toPartOutcome(sent, configuration, body.byteLength);
        if (outcome.status === 'delivered') readAnswer(sent, logger);
        return outcome;
      },
      shutdown: () => transport.shutdown(),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readAnswer({ result, redact }: GrpcOutcome, logger: DiagLogger): void {
  if (result.status !== 'answered') return;
  try {
    reportPartialSuccess(decodePartialSuccess(result.body), redact, logger);
  } catch {
    logger.debug('The answer is not an ExportProfilesServiceResponse');
  }
}
