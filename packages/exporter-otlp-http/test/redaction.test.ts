import * as fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createExporter, DELIVERED, exportOnce, failureOf, recordDiag, setEnvironment } from './support/exports.ts';
import { partialSuccess, rpcStatus } from './support/messages.ts';
import { unusedPort } from '../../../test/exporting/src/unused-port.ts';
import { startServer } from './support/servers.ts';

const SECRETS = { header: 'Bearer eyJhbGciOi.J9', user: 'us@er-name', password: 'p%ss/word', query: 'k3y-0f-the-shop' } as const;

/** Every form in which a server could quote what it got. */
const quoted = [
  SECRETS.header,
  'eyJhbGciOi.J9',
  SECRETS.user,
  SECRETS.password,
  encodeURIComponent(SECRETS.user),
  encodeURIComponent(SECRETS.password),
  SECRETS.query,
  Buffer.from(`${SECRETS.user}:${SECRETS.password}`).toString('base64'),
];

function withSecrets(url: string): { url: string; headers: Record<string, string> } {
  const withUser = url.replace('//', `//${encodeURIComponent(SECRETS.user)}:${encodeURIComponent(SECRETS.password)}@`);
  return { url: `${withUser}/v1development/profiles?api_key=${SECRETS.query}`, headers: { 'X-Auth': SECRETS.header } };
}

function secretsIn(text: string): string[] {
  return quoted.filter((secret) => text.includes(secret));
}

describe('no secret is in a message', () => {
  it.each([302, 400, 401, 404, 429, 500])('of a server that quotes the request with %i', async (status) => {
    const { url } = await startServer((response, { path, headers }) => {
      response.writeHead(status, { 'Content-Type': 'text/plain', Location: path }).end(`${path} ${headers['x-auth'] as string} ${headers.authorization as string} ${quoted.join(' ')}`);
    });
    const result = await exportOnce(createExporter(withSecrets(url)));
    expect(secretsIn(inspect(result, { depth: 10 }))).toEqual([]);
    expect(result.error?.message).toContain(`${url}/v1development/profiles`);
  });

  it('of a protobuf status that quotes it', async () => {
    const { url } = await startServer((response) => response.writeHead(401, { 'Content-Type': 'application/x-protobuf' }).end(rpcStatus(16, `token ${SECRETS.header} expired`)));
    const { message } = await failureOf(withSecrets(url));
    expect(secretsIn(message)).toEqual([]);
    expect(message).toContain('(token [redacted] expired)');
  });

  it('of a partial success that quotes it', async () => {
    const logged = recordDiag();
    const { url } = await startServer((response) => response.end(partialSuccess(1, `refused for ${quoted.join(' ')}`)));
    expect(await exportOnce(createExporter(withSecrets(url)))).toEqual(DELIVERED);
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
    const config = withSecrets('collector//');
    expect(secretsIn(inspect(await exportOnce(createExporter(config)), { depth: 10 }))).toEqual([]);
    expect(secretsIn(inspect(await exportOnce(createExporter({ ...withSecrets('ftp://collector') })), { depth: 10 }))).toEqual([]);
    expect(secretsIn(logged.map(({ text }) => text).join('\n'))).toEqual([]);
  });

  const UNUSABLE = `https://us%40er-name:p%ss/word@collector:port-of-mine/${SECRETS.query}`;

  it.each([
    ['for profiles', { OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: UNUSABLE }, ['PROFILES_ENDPOINT']],
    ['for all signals', { OTEL_EXPORTER_OTLP_ENDPOINT: UNUSABLE }, ['ENDPOINT']],
    ['for all signals, with a blank behind it', { OTEL_EXPORTER_OTLP_ENDPOINT: `http://${SECRETS.user}:${SECRETS.query}@collector:4318 ` }, ['ENDPOINT']],
    ['of both', { OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: UNUSABLE, OTEL_EXPORTER_OTLP_ENDPOINT: UNUSABLE }, ['PROFILES_ENDPOINT', 'ENDPOINT']],
  ])('when the endpoint variable %s is no URL: it is named and ignored', async (_kind, variables: Record<string, string>, named) => {
    const logged = recordDiag();
    setEnvironment(variables);
    const { message } = await failureOf({ httpAgentOptions: { lookup: (_host, _options, callback) => callback(Object.assign(new Error('x'), { code: 'ENOTFOUND' }), '', 4) } });
    expect(message).toContain('http://localhost:4318/v1development/profiles');
    expect(logged.map(({ level, text }) => [level, text.split(' ')[1]])).toEqual(named.map((name) => ['warn', `OTEL_EXPORTER_OTLP_${name}`]));
    const said = [message, ...logged.map(({ text }) => text)].join('\n');
    expect([...secretsIn(said), ...['collector', 'port-of-mine', 'p%ss'].filter((part) => said.includes(part))]).toEqual([]);
    for (const [name, value] of Object.entries(variables)) expect(process.env[name]).toBe(value);
  });

  it('when the endpoint variable for profiles is no URL: the general one is used', async () => {
    const logged = recordDiag();
    const { url, requests } = await startServer((response) => response.end());
    setEnvironment({ OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: UNUSABLE, OTEL_EXPORTER_OTLP_ENDPOINT: url });
    expect(await exportOnce(createExporter())).toEqual(DELIVERED);
    expect(requests).toHaveLength(1);
    expect(logged).toHaveLength(1);
  });

  it('when the headers come from the environment', async () => {
    setEnvironment({ OTEL_EXPORTER_OTLP_HEADERS: 'x-auth=eyJhbGciOi.J9' });
    const { url } = await startServer((response, { headers }) => response.writeHead(403).end(`bad ${headers['x-auth'] as string}`));
    const { message } = await failureOf({ url });
    expect(message).toContain('(bad [redacted])');
  });
});

describe('bodies that nobody foresaw', () => {
  it('give a result with a short, printable message, whatever they are', async () => {
    let answer = { status: 200, type: '', body: Buffer.alloc(0) };
    const { url } = await startServer((response) => response.writeHead(answer.status, { 'Content-Type': answer.type }).end(answer.body));
    const exporter = createExporter({ url });
    const logged = recordDiag();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(200, 302, 400, 404, 503),
        fc.constantFrom('application/x-protobuf', 'application/json', 'text/plain', 'application/octet-stream'),
        fc.oneof(fc.uint8Array({ maxLength: 2000 }), fc.string({ unit: 'binary', maxLength: 2000 }), fc.json(), fc.string({ maxLength: 400 }).map((text) => rpcStatus(3, text)), fc.string({ maxLength: 400 }).map((text) => partialSuccess(9, text))),
        async (status, type, body) => {
          answer = { status, type, body: Buffer.from(body as string) };
          logged.length = 0;
          const result = await exportOnce(exporter);
          expect(result.code).toBe(status === 200 ? 0 : 1);
          for (const text of [result.error?.message ?? '', ...logged.map((entry) => entry.text)]) {
            expect(text.length).toBeLessThan(800);
            expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
