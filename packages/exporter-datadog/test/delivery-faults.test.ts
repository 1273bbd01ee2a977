import type { LookupFunction, Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { profileFromStacks } from '@flamespan/profile/testing';
import { deferred } from '../../../test/exporting/src/deferred.ts';
import { unusedPort } from '../../../test/exporting/src/unused-port.ts';
import { startRawServer, startServer } from '../../exporter-otlp-http/test/support/servers.ts';
import { createExporter, DELIVERED, exportOnce, failure, failureOf, recordDiag } from './support/exports.ts';
import { readPprof, readUpload } from './support/uploads.ts';

const KEY = '0123456789abcdef0123456789abcdef';

describe('no connection', () => {
  it('nothing listens', async () => {
    const port = await unusedPort();
    const { message, ...rest } = await failureOf({ agentUrl: `http://127.0.0.1:${port}` });
    expect(rest).toEqual({ code: 'ERR_NETWORK', httpStatus: undefined, retryable: true, retryAfterMillis: undefined });
    expect(message).toContain(`http://127.0.0.1:${port}/profiling/v1/input (ECONNREFUSED)`);
    expect(message).toContain('DD_AGENT_HOST');
  });

  it('the name does not resolve', async () => {
    const { message, ...rest } = await failureOf({ agentUrl: 'http://agent.invalid:8126', timeoutMillis: 5000 });
    // Without a network the resolver may also take its time.
    expect(rest).toMatchObject({ code: message.includes('no answer') ? 'ERR_TIMEOUT' : 'ERR_NETWORK', retryable: true });
  });

  it.each(['ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', 'ENETUNREACH'])('%s may be sent again, and without an Agent the hint is another', async (code) => {
    const lookup: LookupFunction = (_host, _options, callback) => {
      callback(Object.assign(new Error('made up'), { code }), '', 4);
    };
    const { message, ...rest } = await failureOf({ apiKey: KEY, httpAgentOptions: { lookup } });
    expect(rest).toEqual({ code: 'ERR_NETWORK', httpStatus: undefined, retryable: true, retryAfterMillis: undefined });
    expect(message).toContain(`(${code})`);
    expect(message).toContain('DD_SITE');
  });

  it.each([
    ['closes at once', (socket: Socket) => socket.end(), 'ERR_NETWORK'],
    ['reads, then closes', (socket: Socket) => socket.once('data', () => socket.end()), 'ERR_NETWORK'],
    ['closes in the middle of the headers', (socket: Socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Le')), 'ERR_NETWORK'],
    ['resets', (socket: Socket) => socket.once('data', () => socket.resetAndDestroy()), 'ERR_NETWORK'],
    ['answers garbage', (socket: Socket) => socket.once('data', () => socket.write('SSH-2.0-OpenSSH_9.9\r\n')), 'ERR_NOT_HTTP'],
  ])('a server that %s: may be sent again', async (_kind, onConnection, code) => {
    const { url } = await startRawServer(onConnection);
    expect(await failureOf({ agentUrl: url })).toMatchObject({ code, httpStatus: undefined, retryable: true });
  });

  it.each([
    ['answers nothing', () => {}],
    ['does not read', (socket: Socket) => socket.pause()],
  ])('a server that %s: our own timeout ends it, and the connection', async (_kind, onConnection) => {
    const closed = deferred();
    const { url } = await startRawServer((socket) => {
      socket.on('close', () => {
        closed.resolve();
      });
      socket.on('end', () => socket.end());
      socket.resume();
      onConnection(socket);
      setTimeout(() => socket.resume(), 400);
    });
    const { message, ...rest } = await failureOf({ agentUrl: url, timeoutMillis: 200 });
    expect(rest).toEqual({ code: 'ERR_TIMEOUT', httpStatus: undefined, retryable: true, retryAfterMillis: undefined });
    expect(message).toContain('200 ms');
    await closed.promise;
  });
});

describe('the answer', () => {
  it.each([200, 202, 204])('%i is a success, and nothing is logged', async (status) => {
    const { url, requests } = await startServer((response) => response.writeHead(status).end());
    const exporter = createExporter({ agentUrl: url });
    const logged = recordDiag();
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(requests).toHaveLength(1);
    expect(logged).toEqual([]);
  });

  it.each([408, 429, 500, 502, 503, 504])('%i may be sent again', async (status) => {
    const { url } = await startServer((response) => response.writeHead(status, { 'Content-Type': 'application/json' }).end('{"errors":["intake is busy"]}'));
    const { message, ...rest } = await failureOf({ agentUrl: url });
    expect(rest).toEqual({ code: 'ERR_UNAVAILABLE', httpStatus: status, retryable: true, retryAfterMillis: undefined });
    expect(message).toContain(`answered ${status} (intake is busy)`);
  });

  it.each([
    ['7', 7000],
    ['Sun, 06 Nov 1994 08:50:07 GMT', 30_000],
    ['99999999999', 3_600_000],
    ['soon', undefined],
  ])('Retry-After: %j means %j ms', async (retryAfter, millis) => {
    const { url } = await startServer((response) => {
      response.sendDate = false;
      response.writeHead(429, { 'Retry-After': retryAfter, Date: 'Sun, 06 Nov 1994 08:49:37 GMT' }).end();
    });
    expect(await failureOf({ agentUrl: url })).toMatchObject({ retryable: true, retryAfterMillis: millis });
  });

  it.each([401, 403])('%i is final, and the message says which key to check', async (status) => {
    const { url } = await startServer((response) => response.writeHead(status).end('Forbidden'));
    const { message, ...rest } = await failureOf({ agentUrl: url });
    expect(rest).toEqual({ code: 'ERR_FORBIDDEN', httpStatus: status, retryable: false, retryAfterMillis: undefined });
    expect(message).toContain("the Agent's API key");
    const direct = await failureOf({ intakeUrl: url, apiKey: KEY });
    expect(direct.message).toContain('DD_SITE');
  });

  it.each([
    [400, 'ERR_REFUSED', '(bad event)'],
    [404, 'ERR_NO_PROFILES_ENDPOINT', 'takes no profiles'],
    [405, 'ERR_NO_PROFILES_ENDPOINT', 'takes no profiles'],
    [410, 'ERR_REFUSED', '(bad event)'],
  ])('%i is final', async (status, code, expected) => {
    const { url } = await startServer((response) => response.writeHead(status, { 'Retry-After': '7' }).end('bad event'));
    const { message, ...rest } = await failureOf({ agentUrl: url });
    expect(rest).toEqual({ code, httpStatus: status, retryable: false, retryAfterMillis: undefined });
    expect(message).toContain(expected);
  });

  it('of a redirect is not followed, and named without what may be secret', async () => {
    const { url, requests } = await startServer((response) => response.writeHead(307, { Location: 'https://user:secret@other.test/login?token=secret' }).end());
    const { message, code } = await failureOf({ agentUrl: url });
    expect(code).toBe('ERR_REDIRECTED');
    expect(message).toContain('a redirect to other.test,');
    expect(message).not.toContain('secret');
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['Datadog\'s errors', '{"errors":["no event","no pprof"]}', '(no event; no pprof)'],
    ['errors with titles', '{"errors":[{"title":"Bad Request","detail":"no event"},7]}', '(Bad Request: no event)'],
    ['a message', '{"message":"no event"}', '(no event)'],
    ['JSON of another kind', '[1]', '([1])'],
    ['HTML', '<h1>no</h1> event', '(no event)'],
    ['control characters', 'no\u0000\u202Eevent', '(no event)'],
    ['nothing', '', 'answered 400'],
    ['endless text', 'x'.repeat(100_000), `(${'x'.repeat(180)} … ${'x'.repeat(120)})`],
  ])('has its words read from %s', async (_kind, body, expected) => {
    const { url } = await startServer((response) => response.writeHead(400).end(body));
    expect((await failureOf({ agentUrl: url })).message.endsWith(expected)).toBe(true);
  });

  it('that breaks off counts by its status', async () => {
    const cut = (head: string) => (socket: Socket) => {
      socket.once('data', () => socket.write(`${head}\r\nContent-Length: 100\r\n\r\npart`, () => socket.destroy()));
    };
    const good = await startRawServer(cut('HTTP/1.1 200 OK'));
    expect(await exportOnce(createExporter({ agentUrl: good.url }))).toEqual(DELIVERED);
    const bad = await startRawServer(cut('HTTP/1.1 503 Busy\r\nRetry-After: 2'));
    expect(await failureOf({ agentUrl: bad.url })).toMatchObject({ code: 'ERR_UNAVAILABLE', retryAfterMillis: 2000 });
  });

  it('of more than 4 MiB is a failure', async () => {
    const { url } = await startServer((response) => {
      response.on('error', () => {});
      response.end(Buffer.alloc(5 * 1024 * 1024));
    });
    expect(await failureOf({ agentUrl: url })).toMatchObject({ code: 'ERR_RESPONSE_TOO_LARGE', httpStatus: 200, retryable: false });
  });
});

/** Of a request: the event alone is half of it. */
const LARGEST = 4000;

describe('413', () => {
  const large = profileFromStacks('main;a 40 @list GET /users\nmain;b 40\nmain;keep 4 objects 2048 bytes', { endpointCalls: { 'GET /users': 3 } });

  it('makes parts that say the same', async () => {
    const refused = new Set<number>();
    const { url, requests } = await startServer((response, { body }) => {
      if (body.length > LARGEST) {
        refused.add(requests.length - 1);
        response.writeHead(413).end();
      } else {
        response.end();
      }
    });
    expect(await exportOnce(createExporter({ agentUrl: url, compression: 'none' }), large)).toEqual(DELIVERED);
    const taken = await Promise.all(requests.filter((_request, i) => !refused.has(i)).map(readUpload));
    expect(refused.size).toBeGreaterThan(0);
    expect(taken.length).toBeGreaterThan(2);
    const samples = taken.flatMap(({ files }) => (files.has('wall.pprof') ? readPprof(files.get('wall.pprof')).samples : []));
    expect(samples.map(({ labels }) => labels['end_timestamp_ns'])).toEqual(Array.from({ length: 80 }, (_, i) => large.startTimeUnixNano + BigInt(i) * large.samplingIntervalNanos));
    expect(taken.filter(({ files }) => files.has('space.pprof'))).toHaveLength(1);
    expect(taken.map(({ event }) => event.endpoint_counts).filter((counts) => Object.keys(counts).length > 0)).toEqual([{ 'GET /users': 3 }]);
    const windows = taken.filter(({ files }) => files.has('wall.pprof')).map(({ event }) => [event.start, event.end]);
    expect(windows[0]?.[0]).toBe('2026-01-01T00:00:00.000Z');
    expect(windows.at(-1)?.[1]).toBe('2026-01-01T00:01:00.000Z');
  });

  it('also of the smallest part: what is lost is counted', async () => {
    const { url } = await startServer((response) => response.writeHead(413).end());
    const { message, ...rest } = await failureOfLarge(url);
    expect(rest).toMatchObject({ code: 'ERR_TOO_LARGE', httpStatus: 413, retryable: false });
    expect(message).toContain('80 of 80 samples and 1 of 1 heap samples');
  });

  it('of which one is refused: that one is lost, and no other', async () => {
    const statuses: number[] = [];
    const { url, requests } = await startServer((response, { body }) => {
      statuses.push(body.length > LARGEST ? 413 : statuses.filter((status) => status !== 413).length === 1 ? 400 : 200);
      response.writeHead(statuses.at(-1) as number).end();
    });
    const { message, ...rest } = failure(await exportOnce(createExporter({ agentUrl: url, compression: 'none' }), large));
    expect(rest).toMatchObject({ code: 'ERR_REFUSED', httpStatus: 400, retryable: false });
    const samplesWith = async (status: number): Promise<number> => {
      const uploads = await Promise.all(requests.filter((_request, i) => statuses[i] === status).map(readUpload));
      return uploads.flatMap(({ files }) => (files.has('wall.pprof') ? readPprof(files.get('wall.pprof')).samples : [])).length;
    };
    const lost = await samplesWith(400);
    expect(lost).toBeGreaterThan(0);
    expect(await samplesWith(200)).toBe(80 - lost);
    expect(message).toContain(`${lost} of 80 samples and 0 of 1 heap samples`);
    expect(message).not.toMatch(/fit|too large/);
  });

  it('goes on where it failed', async () => {
    let down = true;
    const { url, requests } = await startServer((response, { body }) => {
      if (body.length > LARGEST) response.writeHead(413).end();
      else response.writeHead(down && requests.length > 3 ? 503 : 200).end();
    });
    const exporter = createExporter({ agentUrl: url, compression: 'none' });
    expect(await exportOnce(exporter, large)).toMatchObject({ code: 1, retryable: true });
    down = false;
    expect(await exportOnce(exporter, large)).toEqual(DELIVERED);
    const times = (await Promise.all(requests.filter(({ body }) => body.length <= LARGEST).map(readUpload)))
      .flatMap(({ files }) => (files.has('wall.pprof') ? [String(readPprof(files.get('wall.pprof')).samples[0]?.labels['end_timestamp_ns'])] : []));
    // The part that failed is there twice, the others once.
    expect(times.length - new Set(times).size).toBe(1);
  });

  async function failureOfLarge(url: string): Promise<ReturnType<typeof failure>> {
    return failure(await exportOnce(createExporter({ agentUrl: url }), large));
  }
});
