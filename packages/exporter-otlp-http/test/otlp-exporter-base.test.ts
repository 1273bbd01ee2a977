import { convertLegacyHttpOptions as convert0301 } from '@opentelemetry/otlp-exporter-base/node-http';
import { convertLegacyHttpOptions as convert0221 } from 'otlp-exporter-base-0221/node-http';
import { convertLegacyHttpOptions as convert0223 } from 'otlp-exporter-base-0223/node-http';
import { describe, expect, it } from 'vitest';
import { setEnvironment } from './support/exports.ts';

// The peer range of this package: its oldest release, the last one for SDK 2, the one that is installed.
describe.each([
  ['0.221.0', convert0221],
  ['0.223.1', convert0223],
  ['0.301', convert0301],
])('convertLegacyHttpOptions of otlp-exporter-base %s', (_version, convert) => {
  const resolve = (config: Parameters<typeof convert>[0]): ReturnType<typeof convert0301> => convert(config, 'PROFILES', 'v1development/profiles', { 'Content-Type': 'application/x-protobuf' });

  it('has the defaults that the README names', async () => {
    const { url, headers, timeoutMillis, concurrencyLimit, compression, userAgent } = resolve({});
    expect({ url, headers: await headers(), timeoutMillis, concurrencyLimit, compression, userAgent }).toEqual({
      url: 'http://localhost:4318/v1development/profiles',
      headers: { 'Content-Type': 'application/x-protobuf' },
      timeoutMillis: 10_000,
      concurrencyLimit: 30,
      compression: 'none',
      userAgent: undefined,
    });
  });

  it('reads the variables of profiles', async () => {
    setEnvironment({
      OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: 'http://collector:1/p',
      OTEL_EXPORTER_OTLP_PROFILES_HEADERS: 'a=b',
      OTEL_EXPORTER_OTLP_PROFILES_TIMEOUT: '7',
      OTEL_EXPORTER_OTLP_PROFILES_COMPRESSION: 'gzip',
    });
    const { url, headers, timeoutMillis, compression } = resolve({});
    expect({ url, headers: await headers(), timeoutMillis, compression }).toEqual({
      url: 'http://collector:1/p',
      headers: { a: 'b', 'Content-Type': 'application/x-protobuf' },
      timeoutMillis: 7,
      compression: 'gzip',
    });
  });

  it('lets options win', async () => {
    setEnvironment({ OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: 'http://collector:1/p', OTEL_EXPORTER_OTLP_PROFILES_TIMEOUT: '7' });
    const config = { url: 'http://other/', headers: () => Promise.resolve({ c: 'd' }), timeoutMillis: 8, concurrencyLimit: 2, userAgent: 'x' };
    const { url, headers, timeoutMillis, concurrencyLimit, userAgent } = resolve(config);
    expect({ url, headers: await headers(), timeoutMillis, concurrencyLimit, userAgent }).toEqual({ ...config, headers: { c: 'd', 'Content-Type': 'application/x-protobuf' } });
  });

  it('makes agents for both protocols', async () => {
    const { Agent } = await import('node:http');
    const { Agent: TlsAgent } = await import('node:https');
    const { agentFactory } = resolve({ keepAlive: true, httpAgentOptions: { maxSockets: 3 } });
    expect(await agentFactory('http:')).toBeInstanceOf(Agent);
    expect(await agentFactory('https:')).toBeInstanceOf(TlsAgent);
    expect(await agentFactory('http:')).toMatchObject({ keepAlive: true, maxSockets: 3 });
  });
});
