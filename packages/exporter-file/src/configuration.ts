import type { DiagLogger } from '@opentelemetry/api';
import { resolve } from 'node:path';
import type { FileFormat, FileProfileExporterOptions } from './exporter-options.ts';
import { validPrefix } from './file-names.ts';

export interface FileConfiguration {
  /** Absolute: the application may change its working directory. */
  readonly directory: string;
  readonly formats: readonly FileFormat[];
  readonly maxFiles: number;
  readonly fileNamePrefix: string;
}

const DEFAULTS = Object.freeze({ formats: ['otlp', 'pprof'] as const, maxFiles: 300, fileNamePrefix: 'flamespan' });

/**
 * The options with their defaults. One that cannot be used is named in a warning and replaced by its default; a string says
 * that the directory cannot be used, for which there is none.
 */
export function resolveConfiguration(options: FileProfileExporterOptions, logger: DiagLogger): FileConfiguration | string {
  const { directory, formats, maxFiles, fileNamePrefix } = options;
  if (typeof directory !== 'string' || directory === '' || directory.includes('\0')) return 'the option directory must be the path of a directory';
  const valid = <T>(name: keyof typeof DEFAULTS, value: unknown, usable: boolean, expected: string, fallback: T): T => {
    if (value === undefined) return fallback;
    if (usable) return value as T;
    logger.warn(`The option ${name} must be ${expected}: the default is used, ${String(fallback)}`);
    return fallback;
  };
  return {
    directory: resolve(directory),
    formats: valid<readonly FileFormat[]>('formats', formats, isFormats(formats), "a list of 'otlp' and 'pprof'", DEFAULTS.formats),
    maxFiles: valid('maxFiles', maxFiles, Number.isSafeInteger(maxFiles) && (maxFiles as number) > 0, 'an integer above 0', DEFAULTS.maxFiles),
    fileNamePrefix: valid('fileNamePrefix', fileNamePrefix, validPrefix(fileNamePrefix) !== '', 'at most 32 letters, digits, dots and underscores', DEFAULTS.fileNamePrefix),
  };
}

function isFormats(formats: unknown): boolean {
  return Array.isArray(formats) && formats.length > 0 && formats.every((format) => format === 'otlp' || format === 'pprof');
}
