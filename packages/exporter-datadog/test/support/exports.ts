import { DatadogProfileExporter, DatadogProfileExporterError } from '@flamespan/exporter-datadog';
import type { DatadogProfileExporterConfig } from '@flamespan/exporter-datadog';
import type { ExportResult, Profile } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import { exportOf, failureIn, forThisTest } from '../../../../test/exporting/src/exports.ts';
import type { Failure } from '../../../../test/exporting/src/exports.ts';

export { DELIVERED } from '../../../../test/exporting/src/exports.ts';
export { recordDiag } from '../../../../test/exporting/src/diag-record.ts';
export { setEnvironment } from '../../../../test/exporting/src/environment.ts';

// What the machine that tests are run on is set to is not what they are about.
for (const name of Object.keys(process.env)) if (/^(?:DD_|DATADOG_)|_proxy$/i.test(name)) delete process.env[name];

export const profile: Profile = profileFromStacks('main;handler;sort 3 @list GET /users\nmain;handler;parse 1');

export const createExporter = (config?: DatadogProfileExporterConfig): DatadogProfileExporter => forThisTest(new DatadogProfileExporter(config));

export const exportOnce = (exporter: DatadogProfileExporter, toExport: Profile = profile): Promise<ExportResult> => exportOf(exporter, toExport);

export function failure(result: ExportResult): Failure & { readonly httpStatus: number | undefined } {
  const { error, failure: common } = failureIn(result, DatadogProfileExporterError);
  return { ...common, httpStatus: error.httpStatus };
}

/** Exports one profile and takes the failure apart. */
export async function failureOf(config: DatadogProfileExporterConfig): Promise<ReturnType<typeof failure>> {
  return failure(await exportOnce(createExporter(config)));
}
