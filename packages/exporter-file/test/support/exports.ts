import { FileProfileExporter, FileProfileExporterError } from '@flamespan/exporter-file';
import type { FileProfileExporterOptions } from '@flamespan/exporter-file';
import type { ExportResult, Profile } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { exportOf, failureIn, forThisTest } from '../../../../test/exporting/src/exports.ts';
import type { Failure } from '../../../../test/exporting/src/exports.ts';

export { DELIVERED } from '../../../../test/exporting/src/exports.ts';
export { recordDiag } from '../../../../test/exporting/src/diag-record.ts';

export const profile: Profile = profileFromStacks(`
  main;handler;sort 3 {tenant=acme} @list GET /users/:id
  main;handler;query 2 wall @query<list GET /users/:id
  main;handler;parse 4 objects 2048 bytes
`);

/** The same samples in another minute. */
export function profileOfMinute(minute: number, serviceName = 'shop'): Profile {
  return { ...profile, startTimeUnixNano: profile.startTimeUnixNano + BigInt(minute) * 60_000_000_000n, resource: { attributes: { 'service.name': serviceName } } };
}

/** An empty directory for one test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'flamespan-file-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export const createExporter = (options: FileProfileExporterOptions): FileProfileExporter => forThisTest(new FileProfileExporter(options));

export const exportOnce = (exporter: FileProfileExporter, toExport: Profile = profile): Promise<ExportResult> => exportOf(exporter, toExport);

export const failure = (result: ExportResult): Failure => failureIn(result, FileProfileExporterError).failure;

/** Everything in the directory, hidden files too. */
export function namesIn(directory: string): string[] {
  return readdirSync(directory).toSorted();
}
