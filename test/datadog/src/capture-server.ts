import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A profile as it arrived. */
export interface CapturedUpload {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface CaptureServer {
  readonly url: string;
  readonly uploads: readonly CapturedUpload[];
  /** Bodies of OTLP profiles. */
  readonly otlp: readonly Uint8Array[];
  close(): Promise<void>;
}

/** Stands for a Datadog Agent, and for a server of OTLP: says yes to everything, and keeps the profiles. */
export async function startCaptureServer(): Promise<CaptureServer> {
  const uploads: CapturedUpload[] = [];
  const otlp: Uint8Array[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const body = Buffer.concat(chunks);
      if (url.startsWith('/profiling/')) uploads.push({ method, path: url, headers, body });
      else if (url === '/v1development/profiles') otlp.push(body);
      if (url.startsWith('/v1development')) return response.end();
      response.setHeader('Content-Type', 'application/json');
      return response.end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    uploads,
    otlp,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
