import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { OTLPProfileExporterConfig } from '@flamespan/exporter-otlp-grpc';
import { decodeOtlp, encodeOtlp } from '@flamespan/profile';
import { profileFromStacks, spanIdFor } from '@flamespan/profile/testing';
import { createExporter, DELIVERED, exportOnce, failureOf, profile, recordDiag, setEnvironment } from './support/exports.ts';
import { startRelay, startServer } from './support/servers.ts';
import type { GrpcServer } from './support/servers.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

/** What a server that is fine receives from one export. */
async function received(config: (server: GrpcServer) => OTLPProfileExporterConfig | undefined): Promise<{ metadata: Metadata; body: Buffer }> {
  const server = await startServer();
  expect(await exportOnce(createExporter(config(server)))).toEqual(DELIVERED);
  expect(server.requests).toHaveLength(1);
  return server.requests[0] as GrpcServer['requests'][number];
}

describe('the call', () => {
  it('carries the encoded profile', async () => {
    const { body, metadata } = await received(({ url }) => ({ url }));
    expect(body.equals(encodeOtlp(profile))).toBe(true);
    expect(metadata.get('user-agent')[0]).toMatch(new RegExp(`^Flamespan-OTLP-Exporter-JavaScript/${version} grpc-node-js/`));
  });

  it('puts the user agent of the option in front', async () => {
    const { metadata } = await received(({ url }) => ({ url, userAgent: 'shop/7' }));
    expect(metadata.get('user-agent')[0]).toMatch(/^shop\/7 Flamespan-OTLP-Exporter-JavaScript\//);
  });

  it.each([
    ['the option', {}, { compression: 'gzip' } as const, true],
    ['the general variable', { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }, {}, true],
    ['the variable for profiles, which wins', { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip', OTEL_EXPORTER_OTLP_PROFILES_COMPRESSION: 'none' }, {}, false],
    ['the option, which wins', { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }, { compression: 'none' } as const, false],
  ])('is compressed, or not, by %s', async (_kind, variables, config, compressed) => {
    setEnvironment(variables);
    // Only with compression the message is smaller than what the server takes.
    const server = await startServer(undefined, { options: { 'grpc.max_receive_message_length': 1_000_000 } });
    const relay = await startRelay(server.port);
    expect(await exportOnce(createExporter({ url: relay.url, ...config }))).toEqual(DELIVERED);
    expect(server.requests[0]?.body.equals(encodeOtlp(profile))).toBe(true);
    expect(relay.sent().includes('grpc-encoding') || relay.sent().includes(Buffer.from([0x1f, 0x8b, 0x08]))).toBe(compressed);
  });

  it('carries what resourceAttributes and traceIdInLinks let through', async () => {
    const server = await startServer();
    const linked = profileFromStacks('main 1 @list', { resource: { attributes: { 'service.name': 'shop', 'host.name': 'a', 'process.pid': 7 } } });
    expect(await exportOnce(createExporter({ url: server.url, resourceAttributes: ['host.name'], traceIdInLinks: false }), linked)).toEqual(DELIVERED);
    const [received] = decodeOtlp(server.requests[0]?.body ?? Buffer.alloc(0)).profiles;
    expect(received?.resource.attributes).toEqual({ 'service.name': 'shop', 'host.name': 'a' });
    expect([received?.spans.traceId[1], received?.spans.spanId[1]]).toEqual(['', spanIdFor('list')]);
  });

  it('uses its connection again', async () => {
    const server = await startServer();
    const relay = await startRelay(server.port);
    const exporter = createExporter({ url: relay.url });
    for (let i = 0; i < 3; i++) expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(relay.connections()).toBe(1);
  });

  it('takes options of the channel, such as keep-alive', async () => {
    const server = await startServer();
    const relay = await startRelay(server.port);
    // PING frames are of 8 bytes and type 6.
    const pings = (): number => relay.sent().toString('latin1').split('\0\0\x08\x06\0').length - 1;
    const exporter = createExporter({ url: relay.url, channelOptions: { 'grpc.keepalive_time_ms': 100, 'grpc.keepalive_permit_without_calls': 1 } });
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    await expect.poll(pings, { timeout: 30_000 }).toBeGreaterThan(2);
  });
});

describe('metadata', () => {
  it('comes from the option, with all values of a key', async () => {
    const given = new Metadata();
    given.add('x-tenant', 'shop');
    given.add('x-tenant', 'web');
    given.add('trace-bin', Buffer.from([0, 255]));
    const { metadata } = await received(({ url }) => ({ url, metadata: given }));
    expect(metadata.get('x-tenant')).toEqual(['shop, web']);
    expect(metadata.get('trace-bin')).toEqual([Buffer.from([0, 255])]);
  });

  it('comes from the environment, general, then for profiles, then the option', async () => {
    setEnvironment({ OTEL_EXPORTER_OTLP_HEADERS: 'a=general, B=general,c=general,d', OTEL_EXPORTER_OTLP_PROFILES_HEADERS: 'b=for%20profiles,c=profiles' });
    const given = new Metadata();
    given.set('c', 'option');
    const { metadata } = await received(({ url }) => ({ url, metadata: given }));
    expect(['a', 'b', 'c', 'd'].map((key) => metadata.get(key))).toEqual([['general'], ['for profiles'], ['option'], []]);
  });

  it('that cannot be sent fails the export, naming the key alone', async () => {
    setEnvironment({ OTEL_EXPORTER_OTLP_HEADERS: 'x-token=a-secret-t%C3%B6ken' });
    const server = await startServer();
    const { message, ...rest } = await failureOf({ url: server.url });
    expect(rest).toMatchObject({ code: 'ERR_INVALID_REQUEST', retryable: false });
    expect(message).toContain('"x-token"');
    expect(message).not.toContain('secret');
    expect(server.requests).toEqual([]);
  });
});

describe('the endpoint', () => {
  it('is on localhost by default', async () => {
    const { message } = await failureOf({ timeoutMillis: 2000 });
    expect(message).toContain('http://localhost:4317');
  });

  it.each([
    ['the general variable', (url: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url })],
    ['the variable for profiles, which wins', (url: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: ` ${url} ` })],
    ['the general variable when the other is blank', (url: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: ' ' })],
  ])('comes from %s', async (_kind, variables) => {
    const { body } = await received(({ url }) => {
      setEnvironment(variables(url));
      return undefined;
    });
    expect(body.byteLength).toBeGreaterThan(0);
  });

  it('of the option wins over both', async () => {
    setEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: 'http://127.0.0.1:1' });
    expect((await received(({ url }) => ({ url }))).body.byteLength).toBeGreaterThan(0);
  });

  it.each(['OTEL_EXPORTER_OTLP_INSECURE', 'OTEL_EXPORTER_OTLP_PROFILES_INSECURE'])('without a scheme is without TLS if %s says so', async (variable) => {
    setEnvironment({ [variable]: ' True ' });
    for (const host of ['127.0.0.1', 'localhost']) {
      expect((await received(({ port }) => ({ url: `${host}:${port}` }))).body.byteLength).toBeGreaterThan(0);
    }
  });

  it('without a scheme is with TLS otherwise', async () => {
    const { port } = await startServer();
    expect(await failureOf({ url: `127.0.0.1:${port}` })).toMatchObject({ code: 'ERR_TLS', retryable: false });
  });

  it('with a path is one without, and a warning says so', async () => {
    const logged = recordDiag();
    await received(({ url }) => ({ url: `${url}/v1development/profiles` }));
    expect(logged.map(({ level }) => level)).toEqual(['warn']);
    expect(logged[0]?.text).toContain('url');
  });

  it('with port 80 is not taken for one without a port', async () => {
    expect((await failureOf({ url: 'http://127.0.0.1:80', timeoutMillis: 2000 })).message).toContain('ECONNREFUSED 127.0.0.1:80)');
  });

  it('may be a socket', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'flamespan-')), 'otlp.sock');
    const server = new Server();
    onTestFinished(() => server.forceShutdown());
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) => (error === null ? resolve() : reject(error)));
    });
    expect(await failureOf({ url: `unix:${path}` })).toMatchObject({ code: 'ERR_NO_PROFILES_ENDPOINT' });
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
    expect((await received(({ url }) => ({ url, timeoutMillis: 1e12 }))).body.byteLength).toBeGreaterThan(0);
  });
});

describe('what cannot be used', () => {
  it.each([
    ['a url that is none', { url: 'http://user:a-secret@' }, 'url is not a URL'],
    ['a url with another scheme', { url: 'grpc://collector:4317' }, "'grpc:'"],
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
    expect(logged[0]?.text).not.toContain('a-secret');
    for (let i = 0; i < 2; i++) {
      const { code, error, retryable } = await exportOnce(exporter);
      expect({ code, retryable }).toEqual({ code: 1, retryable: false });
      expect(error?.message).toMatch(/^ERR_INVALID_CONFIGURATION: /);
      expect(error?.message).toContain(expected);
    }
    expect(logged).toHaveLength(1);
    await exporter.shutdown();
  });

  it('in the environment is passed over, with a warning of its own', async () => {
    const logged = recordDiag();
    setEnvironment({ OTEL_EXPORTER_OTLP_PROFILES_TIMEOUT: '-1', OTEL_EXPORTER_OTLP_PROFILES_COMPRESSION: 'zstd' });
    await received(({ url }) => ({ url }));
    expect(logged.map(({ level, text }) => `${level} ${text}`)).toEqual([
      expect.stringMatching(/^warn .*OTEL_EXPORTER_OTLP_PROFILES_TIMEOUT is "-1"/),
      expect.stringMatching(/^warn .*OTEL_EXPORTER_OTLP_PROFILES_COMPRESSION is "zstd"/),
    ]);
  });

  it('credentials that are none: the export fails', async () => {
    const { url } = await startServer();
    expect(await failureOf({ url, credentials: {} as never })).toMatchObject({ code: 'ERR_INVALID_REQUEST', retryable: false });
  });
});
