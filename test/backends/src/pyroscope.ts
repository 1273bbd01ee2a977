import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess, type ChildProcess } from './child-process.ts';
import { startWithFreePorts } from './free-ports.ts';
import { answersOk, waitUntilReady } from './readiness.ts';

export interface Pyroscope {
  readonly process: ChildProcess;
  /** Serves OTLP/HTTP, OTLP/gRPC and queries. */
  readonly port: number;
  readonly url: string;
}

const LOOPBACK = '127.0.0.1';
/** Without these each ring takes the address of the first network interface. */
const RING_ADDRESSES = [
  'compactor.ring.instance-addr',
  'distributor.ring.instance-addr',
  'ingester.lifecycler.addr',
  'memberlist.advertise-addr',
  'overrides-exporter.ring.instance-addr',
  'query-frontend.instance-addr',
  'query-scheduler.ring.instance-addr',
  'store-gateway.sharding-ring.instance-addr',
];

/**
 * Starts a Pyroscope on loopback with its data in `directory`. It is ready about 17 s later.
 *
 * @param flags - further ones, such as limits
 */
export async function startPyroscope(binary: string, directory: string, flags: readonly string[] = []): Promise<Pyroscope> {
  await mkdir(join(directory, 'data', 'db'), { recursive: true });
  await mkdir(join(directory, 'data', 'shared'), { recursive: true });
  const configuration = fileURLToPath(new URL('../pyroscope/pyroscope.yaml', import.meta.url));
  return await startWithFreePorts(3, async ([http, grpc, memberlist]) => {
    const child = await startProcess({
      name: 'Pyroscope',
      command: binary,
      args: [`-config.file=${configuration}`, '-config.expand-env=true', ...RING_ADDRESSES.map((flag) => `-${flag}=${LOOPBACK}`), ...flags],
      cwd: directory,
      env: { PYROSCOPE_HTTP_PORT: `${http}`, PYROSCOPE_GRPC_PORT: `${grpc}`, PYROSCOPE_MEMBERLIST_PORT: `${memberlist}` },
      logFile: join(directory, 'pyroscope.log'),
    });
    const url = `http://${LOOPBACK}:${http}`;
    await waitUntilReady(child, 90_000, () => answersOk(`${url}/ready`));
    return { process: child, port: http!, url };
  });
}
