import { diag } from '@opentelemetry/api';
import type { DiagLogger } from '@opentelemetry/api';
import { ExportsUnderWay } from '@flamespan/otlp-exporter-base';
import type { ExportResult, Profile, ProfileExporter } from '@flamespan/profile';
import { resolveConfiguration } from './configuration.ts';
import type { DatadogProfileExporterConfig } from './exporter-config.ts';
import { failed } from './export-result.ts';
import { createProfileUpload } from './profile-upload.ts';
import type { ProfileUpload } from './profile-upload.ts';

/**
 * Sends profiles to Datadog, as pprof in the form that Datadog's own tracers send: to an Agent, or with an API key to the
 * intake.
 *
 * It sends each profile once, in parts where the server takes no request of that size, and tells in the result whether it
 * may be sent again; waiting and sending again is left to the caller. Neither the constructor nor a method throws.
 */
export class DatadogProfileExporter implements ProfileExporter {
  readonly #logger: DiagLogger = diag.createComponentLogger({ namespace: '@flamespan/exporter-datadog' });
  /** A string says why there is none. */
  readonly #upload: ProfileUpload | string;
  readonly #underWay: ExportsUnderWay = new ExportsUnderWay(this.#logger);
  #shutdown: Promise<void> | undefined;

  constructor(config: DatadogProfileExporterConfig = {}) {
    this.#upload = createUpload(config);
    if (typeof this.#upload === 'string') this.#logger.error(`Profiles will not be exported: ${this.#upload}`);
    else this.#logger.debug(`Profiles go to ${this.#upload.target}`);
  }

  /** Calls back exactly once, never before this method returns. */
  export(profile: Profile, resultCallback: (result: ExportResult) => void): void {
    this.#underWay.add(this.#export(profile), (error) => failed('ERR_INVALID_REQUEST', 'the exporter itself failed', { cause: error }), resultCallback);
  }

  /** Resolves when every export so far has called back. */
  forceFlush(): Promise<void> {
    return this.#underWay.settled();
  }

  /** Waits for what is under way, at most `timeoutMillis`, then closes the connections. Exports after it fail. */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.forceFlush().then(() => (typeof this.#upload === 'string' ? undefined : this.#upload.shutdown()));
    return this.#shutdown;
  }

  async #export(profile: Profile): Promise<ExportResult> {
    if (this.#shutdown !== undefined) return failed('ERR_SHUT_DOWN', 'the exporter is shut down');
    if (typeof this.#upload === 'string') return failed('ERR_INVALID_CONFIGURATION', this.#upload);
    return this.#upload.send(profile);
  }
}

function createUpload(config: DatadogProfileExporterConfig): ProfileUpload | string {
  try {
    return createProfileUpload(resolveConfiguration(config, process.env));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
