import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startProcess, type ChildProcess } from './child-process.ts';
import { startWithFreePorts } from './free-ports.ts';
import { waitUntilReady } from './readiness.ts';

const runFile = promisify(execFile);
const PROFILES_GATE = '--feature-gates=service.profilesSupport';

/** What a user is given: examples/collector. */
export const exampleConfiguration: string = fileURLToPath(new URL('../../../examples/collector/collector.yaml', import.meta.url));
/** Laid over the example: sends what the Collector passes on to the tests' capture server as well. */
const captureConfiguration: string = fileURLToPath(new URL('../collector/capture.yaml', import.meta.url));

export interface Collector {
  readonly process: ChildProcess;
  /** Base URL of its OTLP/HTTP receiver. */
  readonly url: string;
  /** URL of its OTLP/gRPC receiver. */
  readonly grpcUrl: string;
}

/** Laid over both: a Collector that takes only small requests. */
export const smallLimitsConfiguration: string = fileURLToPath(new URL('../collector/small-limits.yaml', import.meta.url));

/** `otelcol validate`: resolves with its output, rejects when the configuration is refused. */
export async function validateConfiguration(binary: string, configuration: string, gates: readonly string[] = [PROFILES_GATE]): Promise<string> {
  const { stdout, stderr } = await runFile(binary, ['validate', `--config=${configuration}`, ...gates], { timeout: 60_000 });
  return stdout + stderr;
}

/** Starts a Collector with the example's configuration, and others over it, between `pyroscopePort` and the capture server. */
export async function startCollector(
  binary: string,
  directory: string,
  destinations: { readonly pyroscopePort: number; readonly captureUrl: string },
  configurations: readonly string[] = [],
): Promise<Collector> {
  return await startWithFreePorts(2, async ([grpc, http]) => {
    const child = await startProcess({
      name: 'the Collector',
      command: binary,
      args: [...[exampleConfiguration, captureConfiguration, ...configurations].map((file) => `--config=${file}`), PROFILES_GATE],
      cwd: directory,
      env: {
        OTLP_GRPC_ENDPOINT: `127.0.0.1:${grpc}`,
        OTLP_HTTP_ENDPOINT: `127.0.0.1:${http}`,
        PYROSCOPE_ENDPOINT: `127.0.0.1:${destinations.pyroscopePort}`,
        CAPTURE_ENDPOINT: destinations.captureUrl,
      },
      logFile: join(directory, 'collector.log'),
    });
    await waitUntilReady(child, 30_000, async () => (await child.log()).includes('Everything is ready'));
    return { process: child, url: `http://127.0.0.1:${http}`, grpcUrl: `http://127.0.0.1:${grpc}` };
  });
}
