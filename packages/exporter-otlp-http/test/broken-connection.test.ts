import type { LookupFunction, Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { deferred } from '../../../test/exporting/src/deferred.ts';
import { createExporter, DELIVERED, exportOnce, failureOf, recordDiag } from './support/exports.ts';
import { unusedPort } from '../../../test/exporting/src/unused-port.ts';
import { startRawServer, startServer } from './support/servers.ts';

describe('no connection', () => {
  it('nothing listens', async () => {
    const port = await unusedPort();
    const { message, ...rest } = await failureOf({ url: `http://127.0.0.1:${port}/v1development/profiles` });
    expect(rest).toEqual({ code: 'ERR_NETWORK', httpStatus: undefined, retryable: true, retryAfterMillis: undefined });
    expect(message).toContain(`http://127.0.0.1:${port}/v1development/profiles (ECONNREFUSED)`);
    expect(message).toContain('OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT');
  });

  it('nothing listens on either address of localhost', async () => {
    const port = await unusedPort();
    expect(await failureOf({ url: `http://localhost:${port}` })).toMatchObject({ code: 'ERR_NETWORK', retryable: true });
  });

  it('the name does not resolve', async () => {
    const { message, ...rest } = await failureOf({ url: 'http://collector.invalid:4318', timeoutMillis: 5000 });
    // Without a network the resolver may also take its time.
    expect(rest).toMatchObject({ code: message.includes('no answer') ? 'ERR_TIMEOUT' : 'ERR_NETWORK', retryable: true });
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'ENOTFOUND', 'ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EMFILE'])('%s may be sent again', async (code) => {
    const lookup: LookupFunction = (_host, _options, callback) => {
      callback(Object.assign(new Error('made up'), { code }), '', 4);
    };
    const { message, ...rest } = await failureOf({ url: 'http://collector.invalid', httpAgentOptions: { lookup } });
    expect(rest).toEqual({ code: 'ERR_NETWORK', httpStatus: undefined, retryable: true, retryAfterMillis: undefined });
    expect(message).toContain(`(${code})`);
  });
});

describe('a server that is none', () => {
  it.each([
    ['closes at once', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
    ['reads, then closes', (socket: Socket) => socket.once('data', () => socket.end())],
    ['closes in the middle of the headers', (socket: Socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Le'))],
    ['switches to another protocol', (socket: Socket) => socket.once('data', () => socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n'))],
  ])('%s: may be sent again', async (_kind, onConnection) => {
    const { url } = await startRawServer(onConnection);
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_NETWORK', httpStatus: undefined, retryable: true });
  });

  it.each([
    ['text', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['HTTP/2, as a gRPC server does', Buffer.from([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 5, 0, 0, 64, 0])],
    ['endless headers', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}`],
  ])('answers %s: the message asks about the port', async (_kind, bytes) => {
    const { url } = await startRawServer((socket) => socket.once('data', () => socket.write(bytes)));
    const { message, ...rest } = await failureOf({ url });
    expect(rest).toEqual({ code: 'ERR_NOT_HTTP', httpStatus: undefined, retryable: true, retryAfterMillis: undefined });
    expect(message).toMatch(/HPE_\w+.*4318.*4317/s);
  });

  it.each([
    ['answers nothing', () => {}],
    ['sends a byte of the headers now and then', (socket: Socket) => {
      const timer = setInterval(() => socket.write(socket.bytesWritten === 0 ? 'HTTP/1.1 200 OK\r\nX-Slow: ' : '.'), 10);
      socket.on('close', () => {
        clearInterval(timer);
      });
    }],
    ['sends informational answers only', (socket: Socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 10);
      socket.on('close', () => {
        clearInterval(timer);
      });
    }],
  ])('%s: our own timeout ends it, and it may be sent again', async (_kind, onConnection) => {
    const closed = deferred();
    const { url } = await startRawServer((socket) => {
      socket.on('close', () => {
        closed.resolve();
      });
      socket.on('end', () => socket.end());
      socket.resume();
      onConnection(socket);
    });
    const { message, ...rest } = await failureOf({ url, timeoutMillis: 300 });
    expect(rest).toEqual({ code: 'ERR_TIMEOUT', httpStatus: undefined, retryable: true, retryAfterMillis: undefined });
    expect(message).toContain('300 ms');
    await closed.promise;
  });

  it('does not read what we send', async () => {
    const { url } = await startRawServer((socket) => socket.pause());
    expect(await failureOf({ url, timeoutMillis: 300, headers: { 'X-Long': 'x'.repeat(10_000_000) } })).toMatchObject({ code: 'ERR_TIMEOUT', retryable: true });
  });
});

describe('an answer that breaks', () => {
  const cut = (head: string) => (socket: Socket) => {
    socket.once('data', () => socket.write(`${head}\r\nContent-Length: 100\r\n\r\npart`, () => socket.destroy()));
  };

  it('after a 2xx counts as success: the profile was taken', async () => {
    const logged = recordDiag();
    const { url } = await startRawServer(cut('HTTP/1.1 200 OK'));
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
    expect(logged.map(({ level }) => level)).toEqual(['debug']);
  });

  it('after a refusal counts as that refusal', async () => {
    const { url } = await startRawServer(cut('HTTP/1.1 503 Busy\r\nRetry-After: 2'));
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_UNAVAILABLE', httpStatus: 503, retryable: true, retryAfterMillis: 2000 });
  });

  it('with chunks that are none counts by its status', async () => {
    const { url } = await startRawServer((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n'));
    });
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_REFUSED', httpStatus: 400, retryable: false });
  });

  it('in many slow pieces is put together', async () => {
    const { url } = await startServer((response) => {
      response.writeHead(400, { 'Content-Type': 'text/plain' });
      const pieces = ['in ', 'many ', 'pieces'];
      const timer = setInterval(() => {
        const piece = pieces.shift();
        if (piece === undefined) {
          clearInterval(timer);
          response.end();
        } else {
          response.write(piece);
        }
      }, 20);
    });
    expect((await failureOf({ url })).message).toContain('(in many pieces)');
  });

  it('whose body never ends counts by its status when time is out', async () => {
    const { url } = await startServer((response, { path }) => {
      response.writeHead(path === '/busy' ? 503 : 200).write('x');
    });
    // Time enough for the status, also where the machine stops for a while.
    expect(await failureOf({ url: `${url}/busy`, timeoutMillis: 3_000 })).toMatchObject({ code: 'ERR_UNAVAILABLE', retryable: true });
    expect(await exportOnce(createExporter({ url, timeoutMillis: 3_000 }))).toEqual(DELIVERED);
  });

  it.each([200, 503])('longer than 4 MiB is cut off and is a failure, also with %i', async (status) => {
    let sent = 0;
    const { url, openConnections } = await startServer((response) => {
      response.writeHead(status);
      response.on('error', () => {});
      const more = (): void => {
        while (!response.destroyed && sent < 64 * 1024 * 1024) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536))) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_RESPONSE_TOO_LARGE', httpStatus: status, retryable: false });
    await expect.poll(openConnections, { timeout: 30_000 }).toBe(0);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('of exactly 4 MiB is read', async () => {
    const { url } = await startServer((response) => response.writeHead(400, { 'Content-Type': 'text/plain' }).end('x'.repeat(4 * 1024 * 1024)));
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_REFUSED' });
  });

  it('before the request was sent is taken, and the connection is not used again', async () => {
    const { url, connections } = await startRawServer((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n'));
      socket.pause();
      socket.once('readable', () => socket.read());
    });
    expect(connections()).toBe(0);
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_REFUSED', httpStatus: 400 });
  });
});
