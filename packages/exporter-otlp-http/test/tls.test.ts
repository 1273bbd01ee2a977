import type { LookupFunction } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { createCertificate, writePemFiles } from '../../../test/exporting/src/certificates.ts';
import type { Certificate } from '../../../test/exporting/src/certificates.ts';
import { createExporter, DELIVERED, exportOnce, failureOf, setEnvironment } from './support/exports.ts';
import { startRawServer, startServer } from './support/servers.ts';
import type { TestServer } from './support/servers.ts';

let authority: Certificate;
let forServer: Certificate;
let forClient: Certificate;

beforeAll(async () => {
  authority = await createCertificate();
  forServer = await createCertificate(authority);
  forClient = await createCertificate(authority);
});

async function startTlsServer(options: { clientCertificates?: boolean; certificate?: Certificate } = {}): Promise<TestServer> {
  const mutual = options.clientCertificates === true ? { ca: authority.cert, requestCert: true, rejectUnauthorized: true } : {};
  return startServer((response) => response.end(), { ...(options.certificate ?? forServer), ...mutual });
}

describe('the certificate of the server', () => {
  it('is refused when nobody vouches for it, and the message names the options', async () => {
    const { url, requests } = await startTlsServer();
    const { message, ...rest } = await failureOf({ url });
    expect(rest).toEqual({ code: 'ERR_TLS', httpStatus: undefined, retryable: false, retryAfterMillis: undefined });
    expect(message).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT/);
    expect(message).toContain('httpAgentOptions');
    expect(message).toContain('OTEL_EXPORTER_OTLP_PROFILES_CERTIFICATE');
    expect(requests).toEqual([]);
  });

  it('is refused when it signed itself', async () => {
    const { url } = await startTlsServer({ certificate: authority });
    expect((await failureOf({ url })).message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
  });

  it('is refused when it has expired', async () => {
    const { url } = await startTlsServer({ certificate: await createCertificate(authority, new Date(Date.now() - 86_400_000)) });
    expect(await failureOf({ url, httpAgentOptions: { ca: authority.cert } })).toMatchObject({ code: 'ERR_TLS', retryable: false, message: expect.stringContaining('CERT_HAS_EXPIRED') as string });
  });

  it('is refused when it is for another host', async () => {
    const { url } = await startTlsServer();
    const elsewhere = url.replace('127.0.0.1', 'localhost');
    const lookup: LookupFunction = (_host, _options, callback) => {
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    };
    expect((await failureOf({ url: elsewhere, httpAgentOptions: { ca: authority.cert, lookup } })).message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('is accepted with httpAgentOptions.ca, and the connection is used again', async () => {
    const { url, requests, connections } = await startTlsServer();
    const exporter = createExporter({ url, httpAgentOptions: { ca: authority.cert } });
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(requests).toHaveLength(2);
    expect(connections()).toBe(1);
  });

  it.each(['OTEL_EXPORTER_OTLP_CERTIFICATE', 'OTEL_EXPORTER_OTLP_PROFILES_CERTIFICATE'])('is accepted with %s', async (variable) => {
    setEnvironment({ [variable]: writePemFiles({ ca: authority.cert })['ca'] as string });
    const { url } = await startTlsServer();
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
  });
});

describe('the certificate of the client', () => {
  it('is sent from the files that the environment names', async () => {
    const files = writePemFiles({ ca: authority.cert, key: forClient.key, cert: forClient.cert });
    setEnvironment({
      OTEL_EXPORTER_OTLP_PROFILES_CERTIFICATE: files['ca'] as string,
      OTEL_EXPORTER_OTLP_PROFILES_CLIENT_KEY: files['key'] as string,
      OTEL_EXPORTER_OTLP_PROFILES_CLIENT_CERTIFICATE: files['cert'] as string,
    });
    const { url } = await startTlsServer({ clientCertificates: true });
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
  });

  it('is missed by the server: the export fails', async () => {
    const { url, requests } = await startTlsServer({ clientCertificates: true });
    expect(await exportOnce(createExporter({ url, httpAgentOptions: { ca: authority.cert } }))).toMatchObject({ code: 1 });
    expect(requests).toEqual([]);
  });

  it.each([
    ['handshake failure', 40],
    ['bad certificate', 42],
    ['unknown ca', 48],
    ['certificate required', 116],
  ])('is answered with the alert "%s": the message names the options', async (name, alert) => {
    const { url } = await startRawServer((socket) => socket.once('data', () => socket.write(Buffer.from([21, 3, 3, 0, 2, 2, alert]))));
    const { message, ...rest } = await failureOf({ url: url.replace('http:', 'https:'), httpAgentOptions: { ca: authority.cert } });
    expect(rest).toMatchObject({ code: 'ERR_TLS', retryable: false });
    expect(message).toMatch(new RegExp(`alert ${name}`, 'i'));
    expect(message).toContain('httpAgentOptions');
    expect(message).toContain('OTEL_EXPORTER_OTLP_PROFILES_CLIENT_CERTIFICATE');
    expect(message).toContain('OTEL_EXPORTER_OTLP_PROFILES_CLIENT_KEY');
  });

  it('cannot be read: the export fails', async () => {
    const { url } = await startTlsServer();
    expect(await failureOf({ url, httpAgentOptions: { ca: authority.cert, cert: 'no PEM', key: 'no PEM' } })).toMatchObject({ code: 'ERR_TLS', retryable: false });
  });
});

describe('one side without TLS', () => {
  it('the server: the message asks about scheme and port', async () => {
    const { url } = await startServer((response) => response.end());
    const { message, ...rest } = await failureOf({ url: url.replace('http:', 'https:') });
    expect(rest).toMatchObject({ code: 'ERR_TLS', retryable: false });
    expect(message).toContain('does not speak TLS');
    expect(message).toContain('OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT');
  });

  it('the exporter: fails', async () => {
    const { url } = await startTlsServer();
    expect(await failureOf({ url: url.replace('https:', 'http:') })).toMatchObject({ retryable: true });
  });

  it('the server closes in the handshake: may be sent again', async () => {
    const { url } = await startRawServer((socket) => socket.once('data', () => socket.end()));
    expect(await failureOf({ url: url.replace('http:', 'https:') })).toMatchObject({ code: 'ERR_NETWORK', retryable: true });
  });
});
