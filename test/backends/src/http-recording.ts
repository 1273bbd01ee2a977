import { createServer, request as sendRequest, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

export interface RecordedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it was on the wire. */
  readonly body: Buffer;
  /** What the sender was answered. */
  readonly status: number;
  readonly responseBody: Buffer;
}

export interface RecordingServer {
  readonly url: string;
  /** In the order in which they were answered. */
  readonly requests: readonly RecordedRequest[];
  close(): Promise<void>;
}

/** The message in a recorded request, decompressed. */
export function messageOf({ headers, body }: RecordedRequest): Buffer {
  return headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

/** Accepts every OTLP/HTTP request and keeps it. */
export async function startCaptureServer(): Promise<RecordingServer> {
  // The empty response message: no bytes in protobuf, `{}` in JSON.
  return await startRecording(async (request) => ({
    status: 200,
    headers: { 'content-type': request.headers['content-type'] },
    body: Buffer.from(request.headers['content-type'] === 'application/json' ? '{}' : ''),
  }));
}

/**
 * Passes every request on, with unchanged bytes, to the server that `targets` names for its path, and the answer back.
 */
export async function startRecordingProxy(targets: Readonly<Record<string, string>>): Promise<RecordingServer> {
  return await startRecording(async (request, body) => {
    const target = targets[request.url ?? ''];
    if (target === undefined) return { status: 404, headers: {}, body: Buffer.from(`nothing listens at ${request.url}`) };
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const onward = sendRequest(new URL(request.url!, target), { method: request.method, headers }, resolve);
      onward.once('error', reject);
      onward.end(body);
    });
    const { connection: _, 'transfer-encoding': _encoding, ...answered } = response.headers;
    return { status: response.statusCode!, headers: answered, body: await buffer(response) };
  });
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function startRecording(answer: (request: IncomingMessage, body: Buffer) => Promise<Answer>): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    const respond = async (): Promise<void> => {
      const body = await buffer(request);
      const { status, headers, body: responseBody } = await answer(request, body).catch(
        (error: unknown): Answer => ({ status: 502, headers: {}, body: Buffer.from(String(error)) }),
      );
      requests.push({ path: request.url ?? '', headers: request.headers, body, status, responseBody });
      response.writeHead(status, { ...headers, 'content-length': responseBody.length }).end(responseBody);
    };
    respond().catch((error: unknown) => response.destroy(error as Error)); // the sender hung up
  });
  await listen(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}
