import { OTLPProfileExporter, OTLPProfileExporterError } from '@flamespan/exporter-otlp-http';
import type { OTLPProfileExporterConfig } from '@flamespan/exporter-otlp-http';
import type { ExportResult, Profile } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import { exportOf, failureIn, forThisTest } from '../../../../test/exporting/src/exports.ts';
import type { Failure } from '../../../../test/exporting/src/exports.ts';

export { DELIVERED } from '../../../../test/exporting/src/exports.ts';
export { recordDiag } from '../../../../test/exporting/src/diag-record.ts';
export type { Logged } from '../../../../test/exporting/src/diag-record.ts';
export { setEnvironment } from '../../../../test/exporting/src/environment.ts';

export const profile: Profile = profileFromStacks('main;handler;sort 3\nmain;handler;parse 1');

export const createExporter = (config?: OTLPProfileExporterConfig): OTLPProfileExporter => forThisTest(new OTLPProfileExporter(config));

export const exportOnce = (exporter: OTLPProfileExporter, toExport: Profile = profile): Promise<ExportResult> => exportOf(exporter, toExport);

export function failure(result: ExportResult): Failure & { readonly httpStatus: number | undefined } {
  const { error, failure: common } = failureIn(result, OTLPProfileExporterError);
  return { ...common, httpStatus: error.httpStatus };
}

/** Exports one profile and takes the failure apart. */
export async function failureOf(config: OTLPProfileExporterConfig): Promise<ReturnType<typeof failure>> {
  return failure(await exportOnce(createExporter(config)));
}
