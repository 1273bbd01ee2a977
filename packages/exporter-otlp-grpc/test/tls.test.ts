import { credentials, Metadata, ServerCredentials } from '@grpc/grpc-js';
import { beforeAll, describe, expect, it } from 'vitest';
import { createCertificate, writePemFiles } from '../../../test/exporting/src/certificates.ts';
import type { Certificate } from '../../../test/exporting/src/certificates.ts';
import { createExporter, DELIVERED, exportOnce, failureOf, recordDiag, setEnvironment } from './support/exports.ts';
import { startRawServer, startServer } from './support/servers.ts';
import type { GrpcServer } from './support/servers.ts';

let authority: Certificate;
let forServer: Certificate;
let forClient: Certificate;

beforeAll(async () => {
  authority = await createCertificate();
  forServer = await createCertificate(authority);
  forClient = await createCertificate(authority);
});

async function startTlsServer(options: { clientCertificates?: boolean; certificate?: Certificate } = {}): Promise<GrpcServer> {
  const { key, cert } = options.certificate ?? forServer;
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
  return startServer(undefined, { credentials: ServerCredentials.createSsl(Buffer.from(authority.cert), [pair], options.clientCertificates === true) });
}

describe('the certificate of the server', () => {
  it('is refused when nobody vouches for it, and the message names the variable', async () => {
    const { url, requests } = await startTlsServer();
    const { message, ...rest } = await failureOf({ url });
    expect(rest).toEqual({ code: 'ERR_TLS', grpcStatus: undefined, retryable: false, retryAfterMillis: undefined });
    expect(message).toMatch(/is not trusted \((?:unable to verify|self-signed)/);
    expect(message).toContain('OTEL_EXPORTER_OTLP_PROFILES_CERTIFICATE');
    expect(requests).toEqual([]);
  });

  it.each([
    ['it signed itself', async () => authority, 'self-signed certificate'],
    ['it has expired', async () => createCertificate(authority, new Date(Date.now() - 86_400_000)), 'certificate has expired'],
  ])('is refused when %s', async (_kind, certificate, expected) => {
    const { url } = await startTlsServer({ certificate: await certificate() });
    const trusted = expected === 'certificate has expired' ? { credentials: credentials.createSsl(Buffer.from(authority.cert)) } : {};
    expect(await failureOf({ url, ...trusted })).toMatchObject({ code: 'ERR_TLS', retryable: false, message: expect.stringContaining(expected) as string });
  });

  it('is refused when it is for another host', async () => {
    const { port } = await startTlsServer();
    const { message, code } = await failureOf({ url: `https://localhost:${port}`, credentials: credentials.createSsl(Buffer.from(authority.cert)) });
    expect(code).toBe('ERR_TLS');
    expect(message).toContain('altnames');
  });

  it('is accepted with credentials', async () => {
    const { url, requests } = await startTlsServer();
    const exporter = createExporter({ url, credentials: credentials.createSsl(Buffer.from(authority.cert)) });
    for (let i = 0; i < 2; i++) expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(requests).toHaveLength(2);
  });

  it.each(['OTEL_EXPORTER_OTLP_CERTIFICATE', 'OTEL_EXPORTER_OTLP_PROFILES_CERTIFICATE'])('is accepted with %s', async (variable) => {
    setEnvironment({ [variable]: writePemFiles({ ca: authority.cert })['ca'] as string });
    const { url } = await startTlsServer();
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
  });

  it('that cannot be read is a warning without its path, and not trusted', async () => {
    const logged = recordDiag();
    setEnvironment({ OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere/ca.pem' });
    const { url } = await startTlsServer();
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_TLS' });
    expect(logged.map(({ level, text }) => `${level} ${text}`)).toEqual([expect.stringMatching(/^warn .*OTEL_EXPORTER_OTLP_CERTIFICATE .*\(ENOENT\)/)]);
  });
});

describe('the certificate of the client', () => {
  it('is sent from the files that the environment names', async () => {
    const files = writePemFiles({ ca: authority.cert, key: forClient.key, cert: forClient.cert });
    setEnvironment({
      OTEL_EXPORTER_OTLP_PROFILES_CERTIFICATE: files['ca'] as string,
      OTEL_EXPORTER_OTLP_PROFILES_CLIENT_KEY: files['key'] as string,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: files['cert'] as string,
    });
    const { url } = await startTlsServer({ clientCertificates: true });
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
  });

  it('is sent from credentials', async () => {
    const { url } = await startTlsServer({ clientCertificates: true });
    const mutual = credentials.createSsl(Buffer.from(authority.cert), Buffer.from(forClient.key), Buffer.from(forClient.cert));
    expect(await exportOnce(createExporter({ url, credentials: mutual }))).toEqual(DELIVERED);
  });

  it('is missed by the server: the export fails', async () => {
    const { url, requests } = await startTlsServer({ clientCertificates: true });
    expect(await exportOnce(createExporter({ url, credentials: credentials.createSsl(Buffer.from(authority.cert)) }))).toMatchObject({ code: 1 });
    expect(requests).toEqual([]);
  });

  it.each([
    ['handshake failure', 40],
    ['bad certificate', 42],
    ['certificate required', 116],
  ])('is answered with the alert "%s": the message names the variables', async (name, alert) => {
    const { url } = await startRawServer((socket) => socket.once('data', () => socket.write(Buffer.from([21, 3, 3, 0, 2, 2, alert]))));
    const { message, ...rest } = await failureOf({ url: url.replace('http:', 'https:') });
    expect(rest).toMatchObject({ code: 'ERR_TLS', retryable: false });
    expect(message).toMatch(new RegExp(`alert ${name}`, 'i'));
    expect(message).toContain('OTEL_EXPORTER_OTLP_PROFILES_CLIENT_CERTIFICATE');
    expect(message).toContain('OTEL_EXPORTER_OTLP_PROFILES_CLIENT_KEY');
  });

  it('without its key is a warning, and not sent', async () => {
    const logged = recordDiag();
    const files = writePemFiles({ ca: authority.cert, cert: forClient.cert });
    setEnvironment({ OTEL_EXPORTER_OTLP_CERTIFICATE: files['ca'] as string, OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: files['cert'] as string });
    const { url } = await startTlsServer();
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
    expect(logged.map(({ level }) => level)).toEqual(['warn']);
    expect(logged[0]?.text).toContain('OTEL_EXPORTER_OTLP_PROFILES_CLIENT_KEY');
  });

  it('cannot be read: the export fails', async () => {
    const files = writePemFiles({ key: 'no PEM', cert: 'no PEM' });
    setEnvironment({ OTEL_EXPORTER_OTLP_CLIENT_KEY: files['key'] as string, OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: files['cert'] as string });
    const { url } = await startTlsServer();
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_TLS', retryable: false });
  });
});

describe('credentials of single calls', () => {
  const composed = (generate: (callback: (error: Error | null, metadata?: Metadata) => void) => void): ReturnType<typeof credentials.createSsl> =>
    credentials.combineChannelCredentials(credentials.createSsl(Buffer.from(authority.cert)), credentials.createFromMetadataGenerator((_parameters, callback) => generate(callback)));

  it('are asked for at each export', async () => {
    const { url, requests } = await startTlsServer();
    let token = 0;
    const exporter = createExporter({
      url,
      credentials: composed((callback) => {
        token += 1;
        const metadata = new Metadata();
        metadata.set('x-token', String(token));
        setTimeout(() => callback(null, metadata), 5);
      }),
    });
    for (let i = 0; i < 2; i++) expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(requests.map(({ metadata }) => metadata.get('x-token'))).toEqual([['1'], ['2']]);
  });

  it('that never come: the timeout covers them', async () => {
    const { url, requests } = await startTlsServer();
    expect(await failureOf({ url, timeoutMillis: 300, credentials: composed(() => {}) })).toMatchObject({ code: 'ERR_TIMEOUT', retryable: true });
    expect(requests).toEqual([]);
  });

  it('that fail: the export fails', async () => {
    const { url } = await startTlsServer();
    expect(await exportOnce(createExporter({ url, credentials: composed((callback) => callback(new Error('no token'))) }))).toMatchObject({ code: 1 });
  });
});

describe('one side without TLS', () => {
  it('the server: the message asks about scheme and port', async () => {
    const { url } = await startServer();
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
