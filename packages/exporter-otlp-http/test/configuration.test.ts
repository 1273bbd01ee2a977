import { createGunzip } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { OTLPProfileExporterConfig } from '@flamespan/exporter-otlp-http';
import { encodeOtlp } from '@flamespan/profile';
import { deferred } from '../../../test/exporting/src/deferred.ts';
import { createExporter, DELIVERED, exportOnce, failureOf, profile, recordDiag, setEnvironment } from './support/exports.ts';
import { startServer } from './support/servers.ts';
import type { ReceivedRequest, TestServer } from './support/servers.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

/** What a server that is fine receives from one export. */
async function received(config: (url: string) => OTLPProfileExporterConfig | undefined): Promise<ReceivedRequest> {
  const server = await startServer((response) => response.end());
  expect(await exportOnce(createExporter(config(server.url)))).toEqual(DELIVERED);
  return onlyRequest(server);
}

function onlyRequest({ requests }: TestServer): ReceivedRequest {
  expect(requests).toHaveLength(1);
  return requests[0] as ReceivedRequest;
}

describe('the request', () => {
  it('is a POST of the encoded profile with its length', async () => {
    const request = await received((url) => ({ url: `${url}/some/path?key=1` }));
    expect(request).toMatchObject({ method: 'POST', path: '/some/path?key=1' });
    expect(request.body.equals(encodeOtlp(profile))).toBe(true);
    expect(request.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-length': String(request.body.length),
      'user-agent': `Flamespan-OTLP-Exporter-JavaScript/${version}`,
    });
    expect(request.headers).not.toHaveProperty('content-encoding');
    expect(request.headers).not.toHaveProperty('transfer-encoding');
  });

  it('has a length also when a header makes Node send the headers first', async () => {
    const request = await received((url) => ({ url, headers: { Expect: '100-continue' } }));
    expect(request.headers['content-length']).toBe(String(request.body.length));
    expect(request.headers).not.toHaveProperty('transfer-encoding');
  });

  it('puts the user agent of the option in front', async () => {
    const { headers } = await received((url) => ({ url, userAgent: 'shop/7' }));
    expect(headers['user-agent']).toBe(`shop/7 Flamespan-OTLP-Exporter-JavaScript/${version}`);
  });

  it.each(['option', 'variable'])('is compressed by %s', async (way) => {
    if (way === 'variable') setEnvironment({ OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' });
    const request = await received((url) => ({ url, ...(way === 'option' ? { compression: 'gzip' } : {}) }));
    expect(request.headers).toMatchObject({ 'content-encoding': 'gzip', 'content-length': String(request.body.length) });
    const gunzip = createGunzip();
    gunzip.setEncoding('latin1').end(request.body);
    expect(await text(gunzip)).toBe(Buffer.from(encodeOtlp(profile)).toString('latin1'));
  });

  it('carries the credentials of the URL', async () => {
    const { headers } = await received((url) => ({ url: url.replace('//', '//us%40er:pass@') }));
    expect(headers.authorization).toBe(`Basic ${Buffer.from('us@er:pass').toString('base64')}`);
  });
});

describe('headers', () => {
  it.each([
    ['an object', { 'X-Tenant': 'shop' }],
    ['an async function', () => Promise.resolve({ 'X-Tenant': 'shop' })],
  ])('come from %s', async (_kind, headers) => {
    expect((await received((url) => ({ url, headers }))).headers).toMatchObject({ 'x-tenant': 'shop', 'content-type': 'application/x-protobuf' });
  });

  it('are asked for at each export', async () => {
    const { url, requests } = await startServer((response) => response.end());
    let token = 0;
    const exporter = createExporter({
      url,
      headers: async () => {
        await new Promise((resolve) => {
          setTimeout(resolve, 5);
        });
        token += 1;
        return { 'X-Token': String(token) };
      },
    });
    await exportOnce(exporter);
    await exportOnce(exporter);
    expect(requests.map(({ headers }) => headers['x-token'])).toEqual(['1', '2']);
  });

  it('come from the environment, general, then for profiles, then the option', async () => {
    setEnvironment({ OTEL_EXPORTER_OTLP_HEADERS: 'a=general,b=general,c=general', OTEL_EXPORTER_OTLP_PROFILES_HEADERS: 'b=for%20profiles,c=profiles' });
    expect((await received((url) => ({ url, headers: { c: 'option' } }))).headers).toMatchObject({ a: 'general', b: 'for profiles', c: 'option' });
  });

  it('cannot change what describes the body or who sends it', async () => {
    const headers = { 'content-type': 'text/plain', 'CONTENT-LENGTH': '1', 'transfer-encoding': 'chunked', 'content-encoding': 'br', 'user-agent': 'x' };
    const request = await received((url) => ({ url, headers }));
    expect(request.headers).toMatchObject({ 'content-type': 'application/x-protobuf', 'content-length': String(request.body.length) });
    expect(request.headers).not.toHaveProperty('content-encoding');
    expect(request.headers).not.toHaveProperty('transfer-encoding');
    expect(request.headers['user-agent']).toMatch(/^Flamespan/);
  });
});

describe('the endpoint', () => {
  it('is on localhost by default', async () => {
    const { message } = await failureOf({ httpAgentOptions: { lookup: (_host, _options, callback) => callback(Object.assign(new Error('x'), { code: 'ENOTFOUND' }), '', 4) } });
    expect(message).toContain('http://localhost:4318/v1development/profiles');
  });

  it('gets the path of profiles when it is the general one', async () => {
    const server = await startServer((response) => response.end());
    for (const [slash, base] of [['', ''], ['/', ''], ['/otlp', '/otlp'], ['/otlp/', '/otlp']] as const) {
      setEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: `${server.url}${slash}` });
      expect(await exportOnce(createExporter())).toEqual(DELIVERED);
      expect(server.requests.at(-1)?.path).toBe(`${base}/v1development/profiles`);
    }
  });

  it('for profiles is used as it is and wins over the general one', async () => {
    const server = await startServer((response) => response.end());
    setEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: `${server.url}/general`, OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: `${server.url}/profiles` });
    expect(await exportOnce(createExporter())).toEqual(DELIVERED);
    expect(onlyRequest(server).path).toBe('/profiles');
  });

  it('of the option wins over both', async () => {
    setEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: 'http://127.0.0.1:1' });
    expect((await received((url) => ({ url: `${url}/option` }))).path).toBe('/option');
  });
});

describe('the timeout', () => {
  it.each([
    ['the general variable', { OTEL_EXPORTER_OTLP_TIMEOUT: '210' }, {}, 210],
    ['the variable for profiles', { OTEL_EXPORTER_OTLP_TIMEOUT: '60000', OTEL_EXPORTER_OTLP_PROFILES_TIMEOUT: '220' }, {}, 220],
    ['the option', { OTEL_EXPORTER_OTLP_PROFILES_TIMEOUT: '60000' }, { timeoutMillis: 230 }, 230],
  ])('comes from %s', async (_kind, variables, config, millis) => {
    setEnvironment(variables);
    const { url } = await startServer(() => {});
    expect((await failureOf({ url, ...config })).message).toContain(`within ${millis} ms`);
  });

  it('may be longer than a timer takes', async () => {
    expect((await received((url) => ({ url, timeoutMillis: 1e12 }))).method).toBe('POST');
  });

  it('covers a headers function that never resolves', async () => {
    const { url, requests } = await startServer((response) => response.end());
    expect(await failureOf({ url, timeoutMillis: 100, headers: () => new Promise(() => {}) })).toMatchObject({ code: 'ERR_TIMEOUT', retryable: true });
    expect(requests).toEqual([]);
  });

  it('leaves nothing to be sent when the headers come too late', async () => {
    const { url, connections } = await startServer((response) => response.end());
    const late = deferred<Record<string, string>>();
    const exporter = createExporter({ url, timeoutMillis: 50, headers: () => late.promise });
    expect(await exportOnce(exporter)).toMatchObject({ code: 1, retryable: true });
    late.resolve({});
    await exporter.shutdown();
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
    expect(connections()).toBe(0);
  });

  it('covers an agent that is never made', async () => {
    expect(await failureOf({ timeoutMillis: 50, httpAgentOptions: () => new Promise<never>(() => {}) })).toMatchObject({ code: 'ERR_TIMEOUT', retryable: true });
  });
});

describe('the agent', () => {
  it.each([
    ['by default', {}, 1],
    ['with keepAlive: true', { keepAlive: true }, 1],
    ['with keepAlive: false', { keepAlive: false }, 3],
    ['with other agent options', { httpAgentOptions: { maxSockets: 2 } }, 1],
    ['with keepAlive in the agent options, which wins', { keepAlive: true, httpAgentOptions: { keepAlive: false } }, 3],
  ])('uses connections again, or not, %s', async (_kind, config, expected) => {
    const { url, connections } = await startServer((response) => response.writeHead(200, { 'Content-Type': 'text/plain' }).end('x'.repeat(10)));
    const exporter = createExporter({ url, ...config });
    for (let i = 0; i < 3; i++) expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(connections()).toBe(expected);
  });

  it('may be made by a function, once', async () => {
    const protocols: string[] = [];
    const { url, requests } = await startServer((response) => response.end());
    const exporter = createExporter({
      url,
      httpAgentOptions: async (protocol) => {
        protocols.push(protocol);
        const { Agent } = await import('node:http');
        return new Agent({ keepAlive: true });
      },
    });
    for (let i = 0; i < 2; i++) expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(protocols).toEqual(['http:']);
    expect(requests).toHaveLength(2);
  });

  it('is asked for again when its function failed', async () => {
    let calls = 0;
    const { url } = await startServer((response) => response.end());
    const exporter = createExporter({
      url,
      httpAgentOptions: async () => {
        calls += 1;
        if (calls === 1) throw new Error('proxy settings are not there yet');
        const { Agent } = await import('node:http');
        return new Agent();
      },
    });
    expect(await exportOnce(exporter)).toMatchObject({ code: 1 });
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
  });
});

describe('what cannot be used', () => {
  it.each([
    ['a url without a scheme', { url: 'collector' }, 'url is not a URL'],
    ['a url with another scheme', { url: 'grpc://collector:4317' }, "'grpc:'"],
    ['a host taken for a scheme', { url: 'localhost:4318' }, "'localhost:'"],
    ['timeoutMillis of 0', { timeoutMillis: 0 }, 'timeoutMillis'],
    ['timeoutMillis that is no number', { timeoutMillis: Number.NaN }, 'timeoutMillis'],
    ['concurrencyLimit of 0', { concurrencyLimit: 0 }, 'concurrencyLimit'],
    ['an unknown compression', { compression: 'zstd' } as unknown as OTLPProfileExporterConfig, '"zstd"'],
    ['null', null as unknown as OTLPProfileExporterConfig, 'null'],
  ])('%s: said once through diag, and every export fails', async (_kind, config, expected) => {
    const logged = recordDiag();
    const exporter = createExporter(config);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ level: 'error' });
    expect(logged[0]?.text).toContain(expected);
    for (let i = 0; i < 2; i++) {
      const { code, error, retryable } = await exportOnce(exporter);
      expect({ code, retryable }).toEqual({ code: 1, retryable: false });
      expect(error?.message).toMatch(/^ERR_INVALID_CONFIGURATION: /);
      expect(error?.message).toContain(expected);
    }
    expect(logged).toHaveLength(1);
    await exporter.shutdown();
  });

  it('in the environment falls back, with a warning of its own', async () => {
    const logged = recordDiag();
    setEnvironment({ OTEL_EXPORTER_OTLP_PROFILES_TIMEOUT: '-1', OTEL_EXPORTER_OTLP_PROFILES_COMPRESSION: 'zstd' });
    await received((url) => ({ url }));
    expect(logged.filter(({ level }) => level === 'warn').map(({ text }) => text)).toEqual([expect.stringContaining('OTEL_EXPORTER_OTLP_PROFILES_TIMEOUT'), expect.stringContaining('OTEL_EXPORTER_OTLP_PROFILES_COMPRESSION')]);
  });

  it.each([
    ['a header with a line break', { headers: { 'X-Token': 'a-secret-token\r\nX: y' } }],
    ['a header name with a blank', { headers: { 'X Token': 'a-secret-token' } }],
    ['a user agent with a line break', { userAgent: 'a\nb' }],
  ])('%s: the export fails', async (_kind, config) => {
    const { url, requests } = await startServer((response) => response.end());
    const { message, ...rest } = await failureOf({ url, ...config });
    expect(rest).toEqual({ code: 'ERR_INVALID_REQUEST', httpStatus: undefined, retryable: false, retryAfterMillis: undefined });
    expect(message).not.toContain('a-secret-token');
    expect(requests).toEqual([]);
  });

  it.each([
    ['headers that throws', 'ERR_HEADERS_FAILED', { headers: () => { throw new TypeError('a-secret-token'); } }],
    ['headers that rejects', 'ERR_HEADERS_FAILED', { headers: () => Promise.reject(new TypeError('a-secret-token')) }],
    ['httpAgentOptions that throws', 'ERR_AGENT_FAILED', { httpAgentOptions: () => { throw new TypeError('a-secret-token'); } }],
    ['httpAgentOptions that rejects', 'ERR_AGENT_FAILED', { httpAgentOptions: () => Promise.reject(new TypeError('a-secret-token')) }],
  ])('%s: the export fails for now, with the kind of error, the error being its cause', async (_kind, code, config) => {
    const result = await exportOnce(createExporter(config));
    expect(result).toMatchObject({ code: 1, retryable: true, error: { code, cause: new TypeError('a-secret-token') } });
    expect(result.error?.message).toContain('TypeError');
    expect(result.error?.message).not.toContain('a-secret-token');
  });

  it('headers that reject for a while: the profile may be sent again', async () => {
    const { url, requests } = await startServer((response) => response.end());
    let away = true;
    const exporter = createExporter({ url, headers: async () => {
      if (away) throw new Error('the server of identities is away');
      return { 'X-Token': 'a-new-token' };
    } });
    expect(await exportOnce(exporter)).toMatchObject({ code: 1, retryable: true });
    away = false;
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(requests.map(({ headers }) => headers['x-token'])).toEqual(['a-new-token']);
  });

  it('a thrown value that is no error', async () => {
    expect(await failureOf({ headers: () => Promise.reject(null) })).toMatchObject({ code: 'ERR_HEADERS_FAILED' });
  });
});
