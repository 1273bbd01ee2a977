import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('../fixtures/checkout-service.ts', import.meta.url));

/** Runs a version of the checkout service, which sends its traces and profiles to the viewer and ends. */
export async function runVersion(version: '1.0.0' | '2.0.0', viewerUrl: string): Promise<void> {
  await promisify(execFile)(process.execPath, ['--conditions=@flamespan/source', program, version], {
    env: {
      PATH: process.env['PATH'],
      OTEL_EXPORTER_OTLP_ENDPOINT: viewerUrl,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    },
    timeout: 60_000,
  });
}
