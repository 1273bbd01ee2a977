import { inspect } from 'node:util';
import { Metadata, status } from '@grpc/grpc-js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OTLPProfileExporterConfig } from '@flamespan/exporter-otlp-grpc';
import { createExporter, DELIVERED, exportOnce, failureOf, recordDiag, setEnvironment } from './support/exports.ts';
import { partialSuccess } from './support/messages.ts';
import { unusedPort } from '../../../test/exporting/src/unused-port.ts';
import { startServer } from './support/servers.ts';

const TOKEN = 'Bearer eyJhbGciOi.J9';
const SECRETS = [TOKEN, 'eyJhbGciOi.J9', 'us@er-name', 'us%40er-name', 'p%ss/word', 'p%25ss%2Fword', 'k3y-0f-the-shop'];

function withSecrets(url: string): OTLPProfileExporterConfig {
  const metadata = new Metadata();
  metadata.set('authorization', TOKEN);
  return { url: `${url.replace('//', '//us%40er-name:p%25ss%2Fword@')}/?api_key=k3y-0f-the-shop`, metadata };
}

function secretsIn(text: string): string[] {
  return SECRETS.filter((secret) => text.includes(secret));
}

describe('no secret is in a message', () => {
  it.each([status.UNAUTHENTICATED, status.UNAVAILABLE, status.UNIMPLEMENTED, status.RESOURCE_EXHAUSTED])('of a server that quotes its metadata with %i', async (code) => {
    const { url, requests } = await startServer((callback, { metadata }) => callback({ code, details: `bad ${String(metadata.get('authorization')[0])} and eyJhbGciOi.J9` }));
    const result = await exportOnce(createExporter(withSecrets(url)));
    expect(requests[0]?.metadata.get('authorization')).toEqual([TOKEN]);
    expect(secretsIn(inspect(result, { depth: 10 }))).toEqual([]);
    expect(result.error?.message).toContain('(bad [redacted] and [redacted])');
    expect(result.error?.message).toContain(url);
  });

  it('of a partial success that quotes it', async () => {
    const logged = recordDiag();
    const { url } = await startServer((callback) => callback(null, Buffer.from(partialSuccess(1, `refused for ${TOKEN}`))));
    expect(await exportOnce(createExporter({ ...withSecrets(url), url }))).toEqual(DELIVERED);
    expect(logged).toHaveLength(1);
    expect(secretsIn(logged[0]?.text ?? '')).toEqual([]);
  });

  it('when there is no connection', async () => {
    expect(secretsIn(inspect(await exportOnce(createExporter(withSecrets(`http://127.0.0.1:${await unusedPort()}`))), { depth: 10 }))).toEqual([]);
  });

  it('when the answer takes too long', async () => {
    const { url } = await startServer(() => {});
    expect(secretsIn(inspect(await exportOnce(createExporter({ ...withSecrets(url), timeoutMillis: 100 })), { depth: 10 }))).toEqual([]);
  });

  it('when the options cannot be used', async () => {
    const logged = recordDiag();
    expect(secretsIn(inspect(await exportOnce(createExporter(withSecrets('ftp://collector'))), { depth: 10 }))).toEqual([]);
    expect(secretsIn(inspect(await exportOnce(createExporter(withSecrets('http://collector:port'))), { depth: 10 }))).toEqual([]);
    expect(secretsIn(logged.map(({ text }) => text).join('\n'))).toEqual([]);
  });

  it('when the metadata comes from the environment', async () => {
    setEnvironment({ OTEL_EXPORTER_OTLP_HEADERS: 'x-auth=eyJhbGciOi.J9' });
    const { url } = await startServer((callback, { metadata }) => callback({ code: status.PERMISSION_DENIED, details: `bad ${String(metadata.get('x-auth')[0])}` }));
    expect((await failureOf({ url })).message).toContain('(bad [redacted])');
  });
});

describe('answers that nobody foresaw', () => {
  it('give a result with a short, printable message, whatever they are', async () => {
    let answer: { code: status; details: string; trailer: Uint8Array; body: Uint8Array };
    const { url } = await startServer((callback) => {
      if (answer.code === status.OK) {
        callback(null, Buffer.from(answer.body));
        return;
      }
      const metadata = new Metadata();
      metadata.set('grpc-status-details-bin', Buffer.from(answer.trailer));
      callback({ code: answer.code, details: answer.details, metadata });
    });
    const exporter = createExporter({ url });
    const logged = recordDiag();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.values(status).filter((value) => typeof value === 'number')),
        fc.oneof(fc.string({ unit: 'binary', maxLength: 1000 }), fc.constantFrom('No connection established', 'Received RST_STREAM', 'larger than max (1 vs 0)', 'Received HTTP status code 413')),
        fc.uint8Array({ maxLength: 300 }),
        fc.oneof(fc.uint8Array({ maxLength: 500 }), fc.string({ unit: 'binary', maxLength: 900 }).map((text) => partialSuccess(9, text))),
        async (code, details, trailer, body) => {
          answer = { code, details, trailer, body };
          logged.length = 0;
          const result = await exportOnce(exporter);
          expect(result.code).toBe(code === status.OK ? 0 : 1);
          for (const text of [result.error?.message ?? '', ...logged.map((entry) => entry.text)]) {
            expect(text.length).toBeLessThan(900);
            expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
