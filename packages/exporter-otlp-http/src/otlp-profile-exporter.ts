import { diag } from '@opentelemetry/api';
import type { DiagLogger } from '@opentelemetry/api';
import { encodeOtlp } from '@flamespan/profile';
import type { ExportResult, Profile, ProfileExporter } from '@flamespan/profile';
import { failed, toExportResult } from './export-result.ts';
import type { OTLPProfileExporterConfig } from './exporter-config.ts';
import { createHttpTransport } from './http-transport.ts';
import type { HttpTransport, SendOutcome } from './http-transport.ts';
import { resolveOtlpConfiguration } from './otlp-configuration.ts';
import type { OtlpConfiguration } from './otlp-configuration.ts';
import { printableMessage } from './server-message.ts';
import { decodePartialSuccess } from './service-response.ts';

type Connection = { readonly configuration: OtlpConfiguration; readonly transport: HttpTransport };

/**
 * Sends profiles over OTLP/HTTP, protobuf-encoded (OTLP 1.10, `v1development/profiles`).
 *
 * It sends each profile once and tells in the result whether it may be sent again; waiting and sending again is left
 * to the caller. Neither the constructor nor a method throws.
 *
 * @experimental OTLP profiles are in development.
 */
export class OTLPProfileExporter implements ProfileExporter {
  readonly #logger: DiagLogger = diag.createComponentLogger({ namespace: '@flamespan/exporter-otlp-http' });
  /** A string says why there is none. */
  readonly #connection: Connection | string;
  readonly #underWay: Set<Promise<void>> = new Set<Promise<void>>();
  #shutdown: Promise<void> | undefined;

  constructor(config: OTLPProfileExporterConfig = {}) {
    this.#connection = connect(config);
    if (typeof this.#connection === 'string') this.#logger.error(`Profiles will not be exported: ${this.#connection}`);
  }

  /** Calls back exactly once, never before this method returns. */
  export(profile: Profile, resultCallback: (result: ExportResult) => void): void {
    const underWay = this.#export(profile)
      .catch((error: unknown) => failed('ERR_INVALID_REQUEST', 'the exporter itself failed', { cause: error }))
      .then((result) => {
        this.#underWay.delete(underWay);
        try {
          resultCallback(result);
        } catch (error) {
          this.#logger.error('The result callback of an export threw', error);
        }
      });
    this.#underWay.add(underWay);
  }

  /** Resolves when every export so far has called back. */
  async forceFlush(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** Waits for what is under way, at most `timeoutMillis`, then closes the connections. Exports after it fail. */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.forceFlush().then(() => (typeof this.#connection === 'string' ? undefined : this.#connection.transport.shutdown()));
    return this.#shutdown;
  }

  async #export(profile: Profile): Promise<ExportResult> {
    if (this.#shutdown !== undefined) return failed('ERR_SHUT_DOWN', 'the exporter is shut down');
    if (typeof this.#connection === 'string') return failed('ERR_INVALID_CONFIGURATION', this.#connection);
    const { configuration, transport } = this.#connection;
    if (this.#underWay.size >= configuration.concurrencyLimit) {
      return failed('ERR_CONCURRENCY_LIMIT', `${configuration.concurrencyLimit} exports are under way (concurrencyLimit)`, { retryable: true });
    }
    let body: Uint8Array;
    try {
      body = encodeOtlp(profile);
    } catch (error) {
      return failed('ERR_ENCODING_FAILED', `the profile could not be encoded (${error instanceof Error ? error.message : String(error)})`, { cause: error });
    }
    const outcome = await transport.send(body);
    const result = toExportResult(outcome, configuration.url, configuration.timeoutMillis);
    if (result.code === 0) this.#reportPartialSuccess(outcome);
    return result;
  }

  /** The server took the request, so nothing is sent again; what it says of the contents is for the operator. */
  #reportPartialSuccess({ result, redact }: SendOutcome): void {
    if (result.status !== 'response') return;
    if (!result.complete) {
      this.#logger.debug(`The body of a ${result.httpStatus} answer was cut off, which counts as success`);
      return;
    }
    try {
      const partial = decodePartialSuccess(result.body);
      if (partial === undefined) return;
      const message = printableMessage(partial.errorMessage, redact);
      const verdict = partial.rejectedProfiles === 0n ? 'accepted the profiles with a warning' : `rejected ${partial.rejectedProfiles} profiles`;
      this.#logger.warn(`The server ${verdict}${message === '' ? '' : `: ${message}`}`);
    } catch {
      this.#logger.debug(`The body of a ${result.httpStatus} answer is not an ExportProfilesServiceResponse`);
    }
  }
}

function connect(config: OTLPProfileExporterConfig): Connection | string {
  try {
    const configuration = resolveOtlpConfiguration(config);
    return { configuration, transport: createHttpTransport(configuration) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
