import { beforeAll, describe, expect, it } from 'vitest';
import { createCertificate } from '../../../test/exporting/src/certificates.ts';
import type { Certificate } from '../../../test/exporting/src/certificates.ts';
import { startRawServer, startServer } from '../../exporter-otlp-http/test/support/servers.ts';
import { createExporter, DELIVERED, exportOnce, failureOf } from './support/exports.ts';

let authority: Certificate;
let forServer: Certificate;

beforeAll(async () => {
  authority = await createCertificate();
  forServer = await createCertificate(authority);
});

describe('TLS', () => {
  it('is refused when nobody vouches for the server, and the key is not sent', async () => {
    const { url, requests } = await startServer((response) => response.end(), forServer);
    const { message, ...rest } = await failureOf({ intakeUrl: url, apiKey: '0123456789abcdef' });
    expect(rest).toEqual({ code: 'ERR_TLS', httpStatus: undefined, retryable: false, retryAfterMillis: undefined });
    expect(message).toContain('httpAgentOptions');
    expect(message).toContain('NODE_EXTRA_CA_CERTS');
    expect(requests).toEqual([]);
  });

  it('works with the authority in httpAgentOptions, and the connection is used again', async () => {
    const { url, requests, connections } = await startServer((response) => response.end(), forServer);
    const exporter = createExporter({ intakeUrl: url, apiKey: '0123456789abcdef', httpAgentOptions: { ca: authority.cert } });
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(requests).toHaveLength(2);
    expect(connections()).toBe(1);
  });

  it('is refused by a server that wants a client certificate', async () => {
    const { url } = await startServer((response) => response.end(), { ...forServer, ca: authority.cert, requestCert: true, rejectUnauthorized: true });
    expect(await exportOnce(createExporter({ agentUrl: url, httpAgentOptions: { ca: authority.cert } }))).toMatchObject({ code: 1 });
  });

  it('is refused with an alert', async () => {
    const { url } = await startRawServer((socket) => socket.once('data', () => socket.write(Buffer.from([21, 3, 3, 0, 2, 2, 40]))));
    const { message, ...rest } = await failureOf({ agentUrl: url.replace('http:', 'https:') });
    expect(rest).toMatchObject({ code: 'ERR_TLS', retryable: false });
    expect(message).toMatch(/alert handshake failure.*cert and key/i);
  });

  it('is not spoken by the server', async () => {
    const { url } = await startServer((response) => response.end());
    const { message, ...rest } = await failureOf({ agentUrl: url.replace('http:', 'https:') });
    expect(rest).toMatchObject({ code: 'ERR_TLS', retryable: false });
    expect(message).toContain('does not speak TLS');
  });

  it('fails with a certificate that cannot be read', async () => {
    expect(await failureOf({ agentUrl: 'https://127.0.0.1:1', httpAgentOptions: { cert: 'no PEM', key: 'no PEM' } })).toMatchObject({ code: 'ERR_TLS', retryable: false });
  });
});
