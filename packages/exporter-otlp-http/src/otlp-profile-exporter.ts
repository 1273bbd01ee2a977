import { diag } from '@opentelemetry/api';
import type { DiagLogger } from '@opentelemetry/api';
import { createProfileDelivery, decodePartialSuccess, displayUrl, parsePartialSuccess, reportPartialSuccess } from '@flamespan/otlp-exporter-base';
import type { ProfileSender } from '@flamespan/otlp-exporter-base';
import { encodeOtlpInSlices, encodeOtlpJsonInSlices } from '@flamespan/profile';
import type { ExportResult, Profile, ProfileExporter } from '@flamespan/profile';
import { toPartOutcome } from './export-result.ts';
import type { OTLPProfileExporterConfig } from './exporter-config.ts';
import { createHttpTransport } from './http-transport.ts';
import type { SendOutcome } from './http-transport.ts';
import { resolveOtlpConfiguration } from './otlp-configuration.ts';

/**
 * Sends profiles over OTLP/HTTP, in protobuf or JSON (OTLP 1.10, `v1development/profiles`).
 *
 * It sends each profile once, in parts where the server takes no request of that size, and tells in the result whether it
 * may be sent again; waiting and sending again is left to the caller. Neither the constructor nor a method throws.
 *
 * @experimental OTLP profiles are in development.
 */
export class OTLPProfileExporter implements ProfileExporter {
  readonly #delivery: Required<ProfileExporter>;

  constructor(config: OTLPProfileExporterConfig = {}) {
    const logger = diag.createComponentLogger({ namespace: '@flamespan/exporter-otlp-http' });
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

  /** Waits for what is under way, at most `timeoutMillis`, then closes the connections. Exports after it fail. */
  shutdown(): Promise<void> {
    return this.#delivery.shutdown();
  }
}

function createSender(config: OTLPProfileExporterConfig, logger: DiagLogger): ProfileSender | string {
  try {
    const configuration = resolveOtlpConfiguration(config, logger);
    const { url, protocol, timeoutMillis, concurrencyLimit } = configuration;
    const transport = createHttpTransport(configuration);
    return {
      concurrencyLimit,
      timeoutMillis,
      target: displayUrl(url),
      encode: (profile) => (protocol === 'http/json' ? encodeOtlpJsonInSlices(profile, config) : encodeOtlpInSlices(profile, config)),
      async send(body, leftMillis) {
        const sent = await transport.send(body, leftMillis);
        const outcome = toPartOutcome(sent, url, timeoutMillis, body.byteLength);
        if (outcome.status === 'delivered') readAnswer(sent, logger);
        return outcome;
      },
      shutdown: () => transport.shutdown(),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readAnswer({ result, redact }: SendOutcome, logger: DiagLogger): void {
  if (result.status !== 'response') return;
  if (!result.complete) {
    logger.debug(`The body of a ${result.httpStatus} answer was cut off, which counts as success`);
    return;
  }
  const { body, headers } = result;
  try {
    const json = body.length > 0 && /json/i.test(headers['content-type'] ?? '');
    reportPartialSuccess(json ? parsePartialSuccess(Buffer.from(body).toString()) : decodePartialSuccess(body), redact, logger);
  } catch {
    logger.debug(`The body of a ${result.httpStatus} answer is not an ExportProfilesServiceResponse`);
  }
}
