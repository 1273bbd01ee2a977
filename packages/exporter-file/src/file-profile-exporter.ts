import { diag } from '@opentelemetry/api';
import type { DiagLogger } from '@opentelemetry/api';
import { createSlicedEncoding, ExportsUnderWay } from '@flamespan/otlp-exporter-base';
import type { SlicedEncoding } from '@flamespan/otlp-exporter-base';
import type { ExportResult, Profile, ProfileExporter } from '@flamespan/profile';
import { resolveConfiguration } from './configuration.ts';
import type { FileConfiguration } from './configuration.ts';
import { failed } from './exporter-error.ts';
import type { FileProfileExporterOptions } from './exporter-options.ts';
import { createFileNames } from './file-names.ts';
import type { FileNames } from './file-names.ts';
import { createProfileDirectory } from './profile-directory.ts';
import type { ProfileDirectory } from './profile-directory.ts';
import { compressFiles, encodeFiles, serviceNameOf } from './profile-files.ts';
import type { EncodedFile } from './profile-files.ts';
import { writeFailure } from './write-failure.ts';

interface Target {
  readonly configuration: FileConfiguration;
  readonly names: FileNames;
  readonly directory: ProfileDirectory;
}

/**
 * Writes each profile into files of its own: pprof for `go tool pprof` and speedscope, and OTLP with all that it says.
 * Neither the constructor nor a method throws, and nothing is touched before the first export.
 */
export class FileProfileExporter implements ProfileExporter {
  readonly #logger: DiagLogger = diag.createComponentLogger({ namespace: '@flamespan/exporter-file' });
  /** A string says why there is none. */
  readonly #target: Target | string;
  readonly #underWay: ExportsUnderWay = new ExportsUnderWay(this.#logger);
  #shutdown: Promise<void> | undefined;
  #untidy = false;

  constructor(options: FileProfileExporterOptions) {
    this.#target = createTarget(options, this.#logger);
    if (typeof this.#target === 'string') this.#logger.error(`Profiles will not be written: ${this.#target}`);
  }

  /** Calls back exactly once, never before this method returns. A profile without samples and calls makes no file. */
  export(profile: Profile, resultCallback: (result: ExportResult) => void): void {
    this.#underWay.add(this.#export(profile), (error) => failed('ERR_WRITE_FAILED', 'the exporter itself failed', { cause: error }), resultCallback);
  }

  /** Resolves when every export so far has called back. */
  forceFlush(): Promise<void> {
    return this.#underWay.settled();
  }

  /** Waits for what is under way. Exports after it fail. */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.forceFlush();
    return this.#shutdown;
  }

  async #export(profile: Profile): Promise<ExportResult> {
    if (this.#shutdown !== undefined) return failed('ERR_SHUT_DOWN', 'the exporter is shut down');
    if (typeof this.#target === 'string') return failed('ERR_INVALID_CONFIGURATION', this.#target);
    const encoding = createSlicedEncoding();
    return encoding.withMillis(await this.#write(profile, this.#target, encoding));
  }

  async #write(profile: Profile, { configuration, names, directory }: Target, encoding: SlicedEncoding): Promise<ExportResult> {
    let stem: string;
    let encoded: readonly EncodedFile[];
    try {
      stem = names.stem(serviceNameOf(profile), profile.startTimeUnixNano);
      encoded = await encoding.run(encodeFiles(profile, configuration.formats));
    } catch (error) {
      return failed('ERR_ENCODING_FAILED', `the profile could not be encoded (${error instanceof Error ? error.message : String(error)})`, { cause: error });
    }
    if (encoded.length === 0) return { code: 0 };
    const files = (await compressFiles(encoded)).map(({ kind, content }) => ({ name: names.file(stem, kind), content }));
    try {
      await directory.write(files);
    } catch (error) {
      return writeFailure(error, configuration.directory);
    }
    await this.#tidy(directory, configuration, files.map(({ name }) => name));
    return { code: 0 };
  }

  /** The profile is written, so that trouble here is no failure of the export. It is said once until it has passed. */
  async #tidy(directory: ProfileDirectory, { maxFiles, directory: path }: FileConfiguration, keep: readonly string[]): Promise<void> {
    try {
      await directory.tidy(maxFiles, keep);
      this.#untidy = false;
    } catch (error) {
      if (!this.#untidy) this.#logger.warn(`Old files in ${path} could not be deleted, so that there may be more than ${maxFiles} (maxFiles)`, error);
      this.#untidy = true;
    }
  }
}

function createTarget(options: FileProfileExporterOptions, logger: DiagLogger): Target | string {
  try {
    const configuration = resolveConfiguration(options, logger);
    if (typeof configuration === 'string') return configuration;
    const names = createFileNames(configuration.fileNamePrefix);
    return { configuration, names, directory: createProfileDirectory(configuration.directory, names) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
