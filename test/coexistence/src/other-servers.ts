import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface OtherServers {
  readonly url: string;
  readonly tlsPort: number;
  /** Profiles that have arrived from other products. */
  readonly profiles: () => number;
  close(): Promise<void>;
}

const PROFILE_PATHS = /^\/(profiling\/v1\/input|ingest\?)|[?&]method=pprof_data/;

/** What newrelic's agent asks for before it works. */
const NEW_RELIC_ANSWERS: Readonly<Record<string, unknown>> = {
  connect: { agent_run_id: 'run', data_report_period: 60, collect_traces: false },
};

export const CERTIFICATE = new URL('../fixtures/loopback-certificate.pem', import.meta.url);
const KEY = new URL('../fixtures/loopback-key.pem', import.meta.url);

/** In place of the backends of the other products: takes everything, and counts the profiles. */
export async function startOtherServers(): Promise<OtherServers> {
  let profiles = 0;
  const listener: RequestListener = (request, response) => {
    const { url = '' } = request;
    void buffer(request).then(
      () => {
        if (PROFILE_PATHS.test(url)) profiles += 1;
        const method = new URL(url, 'http://localhost').searchParams.get('method') ?? '';
        response.end(JSON.stringify({ return_value: NEW_RELIC_ANSWERS[method] ?? {} }));
      },
      () => response.destroy(),
    );
  };
  const plain = createServer(listener);
  const tls = createTlsServer({ key: readFileSync(KEY), cert: readFileSync(CERTIFICATE) }, listener);
  const [port, tlsPort] = await Promise.all([portOf(plain), portOf(tls)]);
  return {
    url: `http://127.0.0.1:${port}`,
    tlsPort,
    profiles: () => profiles,
    close: async () => {
      for (const server of [plain, tls]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function portOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
