import { diag, DiagLogLevel } from '@opentelemetry/api';
import { FileProfileExporter, FileProfileExporterError } from '@flamespan/exporter-file';
import type { FileProfileExporterOptions } from '@flamespan/exporter-file';
import type { ExportResult, Profile } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

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

/** Made for one test, and shut down after it. */
export function createExporter(options: FileProfileExporterOptions): FileProfileExporter {
  const exporter = new FileProfileExporter(options);
  onTestFinished(() => exporter.shutdown());
  return exporter;
}

export async function exportOnce(exporter: FileProfileExporter, toExport: Profile = profile): Promise<ExportResult> {
  return new Promise((resolve) => {
    exporter.export(toExport, resolve);
  });
}

export function failure(result: ExportResult): { code: string; message: string; retryable: boolean | undefined } {
  const { error, retryable } = result;
  if (!(error instanceof FileProfileExporterError)) throw new Error(`Not a failure of the exporter: ${result.code} ${String(error)}`);
  if (!error.message.startsWith(`${error.code}: `)) throw new Error(`Does not start with its code: ${error.message}`);
  return { code: error.code, message: error.message, retryable };
}

/** Everything in the directory, hidden files too. */
export function namesIn(directory: string): string[] {
  return readdirSync(directory).toSorted();
}

/** Everything that `diag` is told until the end of the test. */
export function recordDiag(): string[] {
  const logged: string[] = [];
  const at = (level: string) => (...parts: unknown[]): void => {
    logged.push(`${level} ${parts.map(String).join(' ')}`);
  };
  diag.setLogger({ error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug'), verbose: at('debug') }, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
  onTestFinished(() => {
    diag.disable();
  });
  logged.length = 0;
  return logged;
}
