import { diag, DiagLogLevel } from '@opentelemetry/api';
import { OTLPProfileExporter, OTLPProfileExporterError } from '@flamespan/exporter-otlp-grpc';
import type { OTLPProfileExporterConfig } from '@flamespan/exporter-otlp-grpc';
import type { ExportResult, Profile } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import { onTestFinished } from 'vitest';

export const profile: Profile = profileFromStacks('main;handler;sort 3\nmain;handler;parse 1');

/** Made for one test, and shut down after it. */
export function createExporter(config?: OTLPProfileExporterConfig): OTLPProfileExporter {
  const exporter = new OTLPProfileExporter(config);
  onTestFinished(() => exporter.shutdown());
  return exporter;
}

export async function exportOnce(exporter: OTLPProfileExporter, toExport: Profile = profile): Promise<ExportResult> {
  return new Promise((resolve) => {
    exporter.export(toExport, resolve);
  });
}

/** Exports one profile and takes the failure apart. */
export async function failureOf(config: OTLPProfileExporterConfig): Promise<{
  code: string;
  message: string;
  grpcStatus: number | undefined;
  retryable: boolean | undefined;
  retryAfterMillis: number | undefined;
}> {
  return failure(await exportOnce(createExporter(config)));
}

export function failure(result: ExportResult): Awaited<ReturnType<typeof failureOf>> {
  const { error } = result;
  if (!(error instanceof OTLPProfileExporterError)) throw new Error(`Not a failure of the exporter: ${String(result.code)} ${String(error)}`);
  if (!error.message.startsWith(`${error.code}: `)) throw new Error(`Does not start with its code: ${error.message}`);
  const { retryable, retryAfterMillis } = result;
  return { code: error.code, message: error.message, grpcStatus: error.grpcStatus, retryable, retryAfterMillis };
}

export interface Logged {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  readonly text: string;
}

/** Everything that `diag` is told until the end of the test, the namespace in front. */
export function recordDiag(): Logged[] {
  const logged: Logged[] = [];
  const at = (level: Logged['level']) => (...parts: unknown[]): void => {
    logged.push({ level, text: parts.map(String).join(' ') });
  };
  diag.setLogger({ error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug'), verbose: at('debug') }, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
  onTestFinished(() => {
    diag.disable();
  });
  // setLogger itself may report.
  logged.length = 0;
  return logged;
}

/** Sets environment variables until the end of the test. */
export function setEnvironment(variables: Readonly<Record<string, string>>): void {
  const before = new Map(Object.keys(variables).map((name) => [name, process.env[name]]));
  Object.assign(process.env, variables);
  onTestFinished(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}
