import { describe, expect, it } from 'vitest';
import { createExporter, DELIVERED, exportOnce, failureOf, recordDiag } from './support/exports.ts';
import { partialSuccess, rpcStatus } from './support/messages.ts';
import { startServer } from './support/servers.ts';

const PROTOBUF = { 'Content-Type': 'application/x-protobuf' };

describe('2xx', () => {
  it.each([200, 202, 204, 299])('%i is a success, and nothing is logged', async (status) => {
    const logged = recordDiag();
    const { url, requests } = await startServer((response) => response.writeHead(status).end());
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
    expect(requests).toHaveLength(1);
    expect(logged).toEqual([]);
  });

  it('stays a success with a partial success, which is a warning with count and message', async () => {
    const logged = recordDiag();
    const { url, requests } = await startServer((response) => response.writeHead(200, PROTOBUF).end(partialSuccess(3, 'label keys must not\nhold dots')));
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
    expect(requests).toHaveLength(1);
    expect(logged).toEqual([{ level: 'warn', text: '@flamespan/exporter-otlp-http The server rejected 3 profiles: label keys must not hold dots' }]);
  });

  it('counts rejected profiles beyond 2^53', async () => {
    const logged = recordDiag();
    const { url } = await startServer((response) => response.writeHead(200, PROTOBUF).end(partialSuccess({ low: 1, high: 2 ** 24, unsigned: false }, '')));
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
    expect(logged[0]?.text).toContain(`rejected ${2n ** 56n + 1n} profiles`);
  });

  it('tells a warning without rejections apart', async () => {
    const logged = recordDiag();
    const { url } = await startServer((response) => response.writeHead(200, PROTOBUF).end(partialSuccess(0, 'this version is deprecated')));
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
    expect(logged).toEqual([{ level: 'warn', text: '@flamespan/exporter-otlp-http The server accepted the profiles with a warning: this version is deprecated' }]);
  });

  it('takes an empty partial success for none', async () => {
    const logged = recordDiag();
    const { url } = await startServer((response) => response.writeHead(200, PROTOBUF).end(new Uint8Array([10, 0])));
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
    expect(logged).toEqual([]);
  });

  it.each([['text', '<html>Please log in</html>'], ['JSON', '{}'], ['cut protobuf', Buffer.from([10, 9, 8])]])('stays a success with %s in the body', async (_kind, body) => {
    const logged = recordDiag();
    const { url } = await startServer((response) => response.writeHead(200).end(body));
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
    expect(logged.map(({ level }) => level)).toEqual(['debug']);
  });
});

describe('429, 502, 503 and 504', () => {
  it.each([429, 502, 503, 504])('%i may be sent again', async (status) => {
    const { url } = await startServer((response) => response.writeHead(status, PROTOBUF).end(rpcStatus(14, 'ingester is full')));
    const { message, ...rest } = await failureOf({ url });
    expect(rest).toEqual({ code: 'ERR_UNAVAILABLE', httpStatus: status, retryable: true, retryAfterMillis: undefined });
    expect(message).toContain('ingester is full');
  });

  const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT';
  it.each([
    ['7', 7000],
    [' 7 ', 7000],
    ['0', 0],
    ['99999999999999999999', 3_600_000],
    ['1732000000', 3_600_000],
    ['Sun, 06 Nov 1994 08:50:07 GMT', 30_000],
    ['Sunday, 06-Nov-94 08:50:07 GMT', 30_000],
    ['Sun Nov  6 08:50:07 1994', 30_000],
    ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 3_600_000],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['Sun, 99 Foo 1994', undefined],
    ['', undefined],
  ])('Retry-After: %j means %j ms', async (retryAfter, millis) => {
    const { url } = await startServer((response) => {
      response.sendDate = false;
      response.writeHead(503, { 'Retry-After': retryAfter, Date: DATE }).end();
    });
    expect(await failureOf({ url })).toMatchObject({ retryable: true, retryAfterMillis: millis });
  });

  it('measures a date against its own clock when the server names none', async () => {
    const { url } = await startServer((response) => {
      response.sendDate = false;
      response.writeHead(503, { 'Retry-After': new Date(Date.now() + 600_000).toUTCString() }).end();
    });
    const { retryAfterMillis = 0 } = await failureOf({ url });
    expect(retryAfterMillis).toBeGreaterThan(500_000);
    expect(retryAfterMillis).toBeLessThanOrEqual(600_000);
  });

  it('is read from refusals that may be sent again only', async () => {
    const { url } = await startServer((response) => response.writeHead(400, { 'Retry-After': '7' }).end());
    expect(await failureOf({ url })).toMatchObject({ retryable: false, retryAfterMillis: undefined });
  });
});

describe('404 and 405', () => {
  it.each([404, 405])('%i: the server takes no profiles, and the message says what to set', async (status) => {
    const { url } = await startServer((response) => response.writeHead(status).end('404 page not found'));
    const { message, ...rest } = await failureOf({ url: `${url}/v1development/profiles` });
    expect(rest).toEqual({ code: 'ERR_NO_PROFILES_ENDPOINT', httpStatus: status, retryable: false, retryAfterMillis: undefined });
    expect(message).toContain('OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT');
    expect(message).toContain(`${url}/v1development/profiles answered ${status} (404 page not found)`);
  });
});

describe('other refusals', () => {
  it.each([400, 401, 403, 408, 500, 501, 505])('%i is final', async (status) => {
    const { url } = await startServer((response) => response.writeHead(status, PROTOBUF).end(rpcStatus(3, 'sample 7 has no stack')));
    const { message, ...rest } = await failureOf({ url });
    expect(rest).toEqual({ code: 'ERR_REFUSED', httpStatus: status, retryable: false, retryAfterMillis: undefined });
    expect(message).toContain(`answered ${status} (sample 7 has no stack)`);
  });

  it.each([
    ['google.rpc.Status in JSON', 'application/json', '{"code":3,"message":"no stack"}', '(no stack)'],
    ['an error in JSON', 'application/json; charset=utf-8', '{"error":"no stack"}', '(no stack)'],
    ['JSON of another kind', 'application/json', '["no stack"]', '(["no stack"])'],
    ['JSON null', 'application/json', 'null', '(null)'],
    ['text', 'text/plain', 'no  stack\r\n', '(no stack)'],
    ['HTML', 'text/html', '<html><body><h1>no</h1> stack</body></html>', '(no stack)'],
    ['text announced as protobuf', 'application/x-protobuf', 'no stack', '(no stack)'],
    ['nothing', 'text/plain', '', 'answered 400'],
    ['control and bidirectional characters', 'text/plain', 'no\u0000\u001B[31m\u202Estack', '(no [31m stack)'],
  ])('the server\'s message is read from %s', async (_kind, contentType, body, expected) => {
    const { url } = await startServer((response) => response.writeHead(400, { 'Content-Type': contentType }).end(body));
    expect((await failureOf({ url })).message.endsWith(expected)).toBe(true);
  });

  it('reads no message from a compressed body', async () => {
    const { url } = await startServer((response) => response.writeHead(400, { 'Content-Encoding': 'gzip' }).end('not for the eye'));
    expect((await failureOf({ url })).message.endsWith('answered 400')).toBe(true);
  });

  it.each([
    ['ASCII', `${'x'.repeat(1_500)} limit 30`, `${'x'.repeat(180)} … ${'x'.repeat(111)} limit 30`],
    ['surrogate pairs', `x${'😀'.repeat(300)}y`, `x${'😀'.repeat(89)} … ${'😀'.repeat(59)}y`],
  ])('a long message in %s keeps its beginning and its end', async (_kind, body, expected) => {
    const { url } = await startServer((response) => response.writeHead(400, { 'Content-Type': 'text/plain' }).end(body));
    expect((await failureOf({ url })).message).toContain(`(${expected})`);
  });
});

describe('3xx', () => {
  it.each([
    ['https://user:secret@other.example/login?token=secret', 'a redirect to other.example,'],
    ['/elsewhere?token=secret', 'a redirect to 127.0.0.1:'],
    ['http://[secret', 'a redirect to nowhere,'],
    [undefined, 'a redirect to nowhere,'],
  ])('a redirect to %s is not followed', async (location, expected) => {
    const { url, requests } = await startServer((response) => response.writeHead(307, location === undefined ? {} : { Location: location }).end());
    const { message, ...rest } = await failureOf({ url });
    expect(rest).toEqual({ code: 'ERR_REDIRECTED', httpStatus: 307, retryable: false, retryAfterMillis: undefined });
    expect(message).toContain(expected);
    expect(message).not.toContain('secret');
    expect(requests).toHaveLength(1);
  });
});
