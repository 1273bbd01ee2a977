import { DatadogProfileExporter, DatadogProfileExporterError } from '@flamespan/exporter-datadog';
import type { DatadogProfileExporterConfig } from '@flamespan/exporter-datadog';
import type { ExportResult, Profile } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import { onTestFinished } from 'vitest';

export { recordDiag, setEnvironment } from '../../../exporter-otlp-http/test/support/exports.ts';

// What the machine that tests are run on is set to is not what they are about.
for (const name of Object.keys(process.env)) if (/^(?:DD_|DATADOG_)|_proxy$/i.test(name)) delete process.env[name];

export const profile: Profile = profileFromStacks('main;handler;sort 3 @list GET /users\nmain;handler;parse 1');

/** Made for one test, and shut down after it. */
export function createExporter(config?: DatadogProfileExporterConfig): DatadogProfileExporter {
  const exporter = new DatadogProfileExporter(config);
  onTestFinished(() => exporter.shutdown());
  return exporter;
}

export async function exportOnce(exporter: DatadogProfileExporter, toExport: Profile = profile): Promise<ExportResult> {
  return new Promise((resolve) => {
    exporter.export(toExport, resolve);
  });
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly httpStatus: number | undefined;
  readonly retryable: boolean | undefined;
  readonly retryAfterMillis: number | undefined;
}

/** Exports one profile and takes the failure apart. */
export async function failureOf(config: DatadogProfileExporterConfig): Promise<Failure> {
  return failure(await exportOnce(createExporter(config)));
}

export function failure(result: ExportResult): Failure {
  const { error } = result;
  if (!(error instanceof DatadogProfileExporterError)) throw new Error(`Not a failure of the exporter: ${String(result.code)} ${String(error)}`);
  if (!error.message.startsWith(`${error.code}: `)) throw new Error(`Does not start with its code: ${error.message}`);
  const { retryable, retryAfterMillis } = result;
  return { code: error.code, message: error.message, httpStatus: error.httpStatus, retryable, retryAfterMillis };
}
