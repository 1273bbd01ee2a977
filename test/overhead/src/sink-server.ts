import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What has arrived since the start, or since it was taken. */
export interface Arrived {
  readonly traces: number;
  readonly profiles: readonly ArrivedProfile[];
}

export interface ArrivedProfile {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Stands for every backend: drains what it gets and says yes. */
export interface SinkServer {
  readonly url: string;
  take(): Arrived;
  close(): Promise<void>;
}

/** Of OTLP, the Datadog Agent, Splunk (logs) and Pyroscope, in this order. */
const PROFILES = /^\/(v1development\/profiles|profiling\/v1\/input|v1\/logs|ingest)/;
const TRACES = /^\/(v1\/traces|v0\.\d\/traces)/;
/** A run that takes nothing must not fill the memory. */
const MOST_PROFILES = 200;

export async function startSinkServer(): Promise<SinkServer> {
  let traces = 0;
  let profiles: ArrivedProfile[] = [];
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    const isProfile = PROFILES.test(url);
    const chunks: Buffer[] = [];
    request.on('error', () => response.destroy());
    request.on('data', (chunk: Buffer) => {
      if (isProfile) chunks.push(chunk);
    });
    request.on('end', () => {
      if (isProfile && profiles.length < MOST_PROFILES) profiles.push({ path: url, headers, body: Buffer.concat(chunks) });
      if (TRACES.test(url)) traces += 1;
      if (url.startsWith('/v1')) {
        response.end();
        return;
      }
      response.setHeader('Content-Type', 'application/json');
      response.end('{}');
    });
  });
  // Processes that wait for their turn keep their connections.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const arrived = { traces, profiles };
      traces = 0;
      profiles = [];
      return arrived;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
