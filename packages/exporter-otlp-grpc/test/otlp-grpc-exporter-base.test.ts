import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createExporter, DELIVERED, exportOnce, failureOf, setEnvironment } from './support/exports.ts';
import { startServer } from './support/servers.ts';

const execFileAsync = promisify(execFile);
const SENT_ANYWAY = new Set(['user-agent', 'te', 'content-type', 'grpc-accept-encoding', 'accept-encoding']);

interface Case {
  readonly variables: Readonly<Record<string, string>>;
  readonly config: { readonly url?: string };
}
interface Converted {
  readonly url: string;
  readonly timeoutMillis: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly secure: boolean;
}

const headerEntry = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom('a', 'B', 'x-c', '%61', ' d '), fc.constantFrom('=', ' = '), fc.constantFrom('1', 'b%20c', ' 2 ', 'x=y', 'p;q=1', '', 'a%2Cb')).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', 'a', '=1', ';', 'a;b=1') },
);
const headerList = fc.array(headerEntry, { maxLength: 4 }).map((entries) => entries.join(','));
const headerCases: readonly Case[] = fc
  .sample(fc.record({ OTEL_EXPORTER_OTLP_HEADERS: headerList, OTEL_EXPORTER_OTLP_PROFILES_HEADERS: headerList }), { numRuns: 100, seed: 7 })
  .map((variables) => ({ variables, config: {} }));

const timeoutCases: readonly Case[] = [
  { OTEL_EXPORTER_OTLP_TIMEOUT: '250' },
  { OTEL_EXPORTER_OTLP_TIMEOUT: '99', OTEL_EXPORTER_OTLP_PROFILES_TIMEOUT: '260' },
  { OTEL_EXPORTER_OTLP_TIMEOUT: '270', OTEL_EXPORTER_OTLP_PROFILES_TIMEOUT: 'soon' },
  { OTEL_EXPORTER_OTLP_TIMEOUT: ' 280 ', OTEL_EXPORTER_OTLP_PROFILES_TIMEOUT: '-1' },
].map((variables) => ({ variables: variables as Record<string, string>, config: {} }));

/** The port stands for that of a server. */
const endpointCases: readonly Case[] = [
  { variables: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4444' }, config: {} },
  { variables: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://localhost:4444' }, config: {} },
  // INSECURE is for urls without a scheme.
  { variables: { OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: 'https://localhost:4444', OTEL_EXPORTER_OTLP_INSECURE: 'true' }, config: {} },
  { variables: { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4444' }, config: {} },
  { variables: { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4444', OTEL_EXPORTER_OTLP_INSECURE: 'TRUE ' }, config: {} },
  { variables: { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4444', OTEL_EXPORTER_OTLP_INSECURE: 'true', OTEL_EXPORTER_OTLP_PROFILES_INSECURE: 'false' }, config: {} },
  { variables: { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4444', OTEL_EXPORTER_OTLP_INSECURE: '1' }, config: {} },
  { variables: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://elsewhere:1' }, config: { url: 'http://localhost:4444' } },
  { variables: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4444/v1/traces' }, config: {} },
];

// What the variables mean is what they mean for the trace exporter, of the oldest and the newest releases of both SDKs.
describe.each([
  ['0.221.0', 'otlp-grpc-exporter-base-0221'],
  ['0.223.1', 'otlp-grpc-exporter-base-0223'],
  ['0.301', '@opentelemetry/otlp-grpc-exporter-base'],
])('the environment means what it means for otlp-grpc-exporter-base %s', (_version, name) => {
  let expected: Map<Case, Converted>;

  beforeAll(async () => {
    const child = new URL('./children/convert-options.ts', import.meta.url).pathname;
    const cases = [...headerCases, ...timeoutCases, ...endpointCases];
    const { stdout } = await execFileAsync(process.execPath, ['--conditions=@flamespan/source', child, name, JSON.stringify(cases)], { timeout: 30_000 });
    const results = JSON.parse(stdout) as Converted[];
    expected = new Map(cases.map((given, i) => [given, results[i] as Converted]));
  });

  it('headers', async () => {
    const { url, requests } = await startServer();
    for (const given of headerCases) {
      setEnvironment(given.variables);
      expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
      const sent = Object.entries(requests.at(-1)?.metadata.getMap() ?? {}).filter(([key]) => !SENT_ANYWAY.has(key));
      expect({ given, sent: Object.fromEntries(sent) }).toEqual({ given, sent: expected.get(given)?.metadata });
    }
  });

  it.each(timeoutCases)('the timeout: $variables', async (given) => {
    setEnvironment(given.variables);
    const { url } = await startServer(() => {});
    expect((await failureOf({ url })).message).toContain(`within ${expected.get(given)?.timeoutMillis} ms`);
  });

  it.each(endpointCases)('the endpoint and whether it has TLS: $variables', async (given) => {
    expect(expected.get(given)?.url).toBe('localhost:4444');
    const { port } = await startServer();
    const { variables, config } = JSON.parse(JSON.stringify(given).replaceAll('4444', String(port))) as Case;
    setEnvironment(variables);
    const { code, error } = await exportOnce(createExporter(config));
    // The server has no TLS.
    expect(code === 0 ? 'delivered' : (error as { code?: string }).code).toBe(expected.get(given)?.secure === true ? 'ERR_TLS' : 'delivered');
  });
});
