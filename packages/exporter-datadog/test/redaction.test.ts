import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { DatadogProfileExporterConfig } from '@flamespan/exporter-datadog';
import { unusedPort } from '../../../test/exporting/src/unused-port.ts';
import { startServer } from '../../exporter-otlp-http/test/support/servers.ts';
import { createExporter, exportOnce, recordDiag, setEnvironment } from './support/exports.ts';

const KEY = '0123456789abcdef0123456789abcdef';
const SECRETS = [KEY, 'us@er-name', 'us%40er-name', 'p%ss/word', 'p%25ss%2Fword', 'k3y-0f-the-shop', Buffer.from('us@er-name:p%ss/word').toString('base64')];

function withSecrets(url: string): DatadogProfileExporterConfig {
  return { apiKey: KEY, intakeUrl: `${url.replace('//', '//us%40er-name:p%25ss%2Fword@')}/api/v2/profile?key=k3y-0f-the-shop` };
}

function secretsIn(value: unknown): string[] {
  const text = typeof value === 'string' ? value : inspect(value, { depth: 10 });
  return SECRETS.filter((secret) => text.includes(secret));
}

describe('no secret is in a message', () => {
  it.each([302, 400, 403, 404, 413, 429, 500])('of a server that quotes the request with %i', async (status) => {
    const logged = recordDiag();
    const { url } = await startServer((response, { path, headers, body }) => {
      response.writeHead(status, { Location: path }).end(`${headers['dd-api-key'] as string} ${path} ${headers.authorization as string} ${SECRETS.join(' ')} ${body.toString('latin1', 0, 100)}`);
    });
    const result = await exportOnce(createExporter(withSecrets(url)));
    expect(result.error?.message).toContain(`${url}/api/v2/profile`);
    expect(secretsIn(result)).toEqual([]);
    expect(secretsIn(logged)).toEqual([]);
  });

  it('when there is no answer', async () => {
    expect(secretsIn(await exportOnce(createExporter(withSecrets(`http://127.0.0.1:${await unusedPort()}`))))).toEqual([]);
    const { url } = await startServer(() => {});
    expect(secretsIn(await exportOnce(createExporter({ ...withSecrets(url), timeoutMillis: 100 })))).toEqual([]);
  });

  it('of the Agent, its container or the environment', async () => {
    const logged = recordDiag();
    setEnvironment({ DD_API_KEY: KEY, DD_EXTERNAL_ENV: 'it-false,cn-k3y-0f-the-shop' });
    const { url } = await startServer((response, { headers }) => response.writeHead(400).end(`bad ${headers['datadog-external-env'] as string}`));
    expect(secretsIn(await exportOnce(createExporter({ agentUrl: url.replace('//', '//us%40er-name:p%25ss%2Fword@') })))).toEqual([]);
    expect(secretsIn(logged)).toEqual([]);
  });
});
