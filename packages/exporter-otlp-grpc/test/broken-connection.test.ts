import type { Socket } from 'node:net';
import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { createExporter, DELIVERED, exportOnce, failureOf } from './support/exports.ts';
import { unusedPort } from '../../../test/exporting/src/unused-port.ts';
import { accept, startHttp2Server, startHttpServer, startRawServer, startRelay, startServer } from './support/servers.ts';

const SETTINGS_FRAME = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

describe('no connection', () => {
  it('nothing listens', async () => {
    const port = await unusedPort();
    const { message, ...rest } = await failureOf({ url: `http://127.0.0.1:${port}` });
    expect(rest).toEqual({ code: 'ERR_NETWORK', grpcStatus: undefined, retryable: true, retryAfterMillis: undefined });
    expect(message).toContain(`no connection to http://127.0.0.1:${port} (`);
    expect(message).toContain('ECONNREFUSED');
    expect(message).toContain('OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT');
    expect(message).not.toContain('Resolution note');
  });

  it('the name does not resolve', async () => {
    const { message, ...rest } = await failureOf({ url: 'http://collector.invalid:4317', timeoutMillis: 5000 });
    // Without a network the resolver may also take its time.
    expect(rest).toMatchObject({ code: message.includes('no answer') ? 'ERR_TIMEOUT' : 'ERR_NETWORK', retryable: true });
  });

  it('is made anew as soon as the server is there', async () => {
    const port = await unusedPort();
    const exporter = createExporter({ url: `http://127.0.0.1:${port}` });
    for (let i = 0; i < 3; i++) expect(await exportOnce(exporter)).toMatchObject({ code: 1, retryable: true });
    await startServer(accept, { port });
    // The channel of grpc-js alone would wait a second and more before it connects again.
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
  });

  it('is made anew after the server was restarted', async () => {
    const first = await startServer(accept, { port: await unusedPort() });
    const exporter = createExporter({ url: first.url });
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    first.end();
    expect(await exportOnce(exporter)).toMatchObject({ code: 1, retryable: true });
    const second = await startServer(accept, { port: first.port });
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(second.requests).toHaveLength(1);
  });
});

describe('a server that is none', () => {
  it.each([
    ['closes at once', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
    ['reads, then closes', (socket: Socket) => socket.once('data', () => socket.end())],
    ['closes after the settings', (socket: Socket) => socket.once('data', () => socket.end(SETTINGS_FRAME))],
    ['resets after the settings', (socket: Socket) => socket.once('data', () => socket.write(SETTINGS_FRAME, () => socket.resetAndDestroy()))],
  ])('%s: may be sent again', async (_kind, onConnection) => {
    const { url } = await startRawServer(onConnection);
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_NETWORK', grpcStatus: undefined, retryable: true });
  });

  it.each([
    ['text', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['HTTP/1.1', 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'],
    ['noise', Buffer.alloc(4096, 0xa5)],
  ])('answers %s: the message asks about the port', async (_kind, bytes) => {
    const { url } = await startRawServer((socket) => socket.once('data', () => socket.write(bytes)));
    const { message, ...rest } = await failureOf({ url });
    expect(rest).toEqual({ code: 'ERR_NOT_GRPC', grpcStatus: undefined, retryable: true, retryAfterMillis: undefined });
    expect(message).toMatch(/4317.*4318/s);
  });

  it('speaks HTTP/1.1, as an OTLP/HTTP port does', async () => {
    const url = await startHttpServer((_request, response) => response.end());
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_NOT_GRPC', retryable: true });
  });

  it.each([
    [404, 'ERR_NO_PROFILES_ENDPOINT', false],
    [401, 'ERR_REFUSED', false],
    [500, 'ERR_NOT_GRPC', false],
    [503, 'ERR_UNAVAILABLE', true],
  ])('is a proxy that answers %i', async (httpStatus, code, retryable) => {
    const url = await startHttp2Server((stream) => {
      stream.respond({ ':status': httpStatus, 'content-type': 'text/html' });
      stream.end('<html>Please log in</html>');
    });
    expect(await failureOf({ url })).toMatchObject({ code, retryable });
  });

  it('is a web site: not taken for a server that finds the request too large', async () => {
    let requests = 0;
    const url = await startHttp2Server((stream) => {
      requests += 1;
      stream.respond({ ':status': 200, 'content-type': 'text/html' });
      stream.end('<!doctype html><html>Please log in</html>');
    });
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_RESPONSE_TOO_LARGE', retryable: false });
    expect(requests).toBe(1);
  });

  it.each([
    ['answers nothing', () => {}],
    ['sends its settings and nothing more', (socket: Socket) => void socket.once('data', () => socket.write(SETTINGS_FRAME))],
  ])('%s: our own timeout ends it, and it may be sent again', async (_kind, onConnection) => {
    const { url } = await startRawServer((socket) => {
      socket.on('end', () => socket.end());
      socket.resume();
      onConnection(socket);
    });
    const late = new Promise<never>((_resolve, reject) => {
      setTimeout(reject, 20_000, new Error('no result after 20 s'));
    });
    const { message, ...rest } = await Promise.race([failureOf({ url, timeoutMillis: 300 }), late]);
    expect(rest).toEqual({ code: 'ERR_TIMEOUT', grpcStatus: undefined, retryable: true, retryAfterMillis: undefined });
    expect(message).toContain('300 ms');
  });
});

describe('a call that breaks', () => {
  it('with the connection, in its middle: may be sent again', async () => {
    const server = await startServer(() => relay.cut());
    const relay = await startRelay(server.port);
    expect(await failureOf({ url: relay.url })).toMatchObject({ code: 'ERR_NETWORK', grpcStatus: undefined, retryable: true });
    expect(server.requests).toHaveLength(1);
  });

  it('because the server ends: may be sent again', async () => {
    const server = await startServer(() => server.end());
    expect(await failureOf({ url: server.url })).toMatchObject({ code: 'ERR_UNAVAILABLE', grpcStatus: status.CANCELLED, retryable: true });
  });

  it('without a status: may be sent again', async () => {
    const url = await startHttp2Server((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      stream.end();
    });
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_NETWORK', retryable: true });
  });

  it.each([
    ['INTERNAL_ERROR', 2, 'ERR_NETWORK', true],
    ['REFUSED_STREAM', 7, 'ERR_NETWORK', true],
    ['PROTOCOL_ERROR', 1, 'ERR_NETWORK', true],
  ])('with RST_STREAM %s', async (_kind, code, expected, retryable) => {
    const url = await startHttp2Server((stream) => stream.close(code));
    expect(await failureOf({ url })).toMatchObject({ code: expected, retryable });
  });

  it('because nobody answers: ends in time, and the next one has a new connection', async () => {
    let answering = false;
    const server = await startServer((callback) => (answering ? callback(null, Buffer.alloc(0)) : undefined));
    const relay = await startRelay(server.port);
    // Time enough for those that are answered, also where the machine stops for a while.
    const exporter = createExporter({ url: relay.url, timeoutMillis: 3_000 });
    expect(await exportOnce(exporter)).toMatchObject({ code: 1, retryable: true, error: { code: 'ERR_TIMEOUT' } });
    answering = true;
    for (let i = 0; i < 2; i++) expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(relay.connections()).toBe(2);
  });

  it('by a status of the server that only looks like our own', async () => {
    const { url } = await startServer((callback) => callback({ code: status.DEADLINE_EXCEEDED, details: 'Deadline exceeded' }));
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_UNAVAILABLE', grpcStatus: status.DEADLINE_EXCEEDED, retryable: true });
  });
});
