import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatadogProfileExporter } from '@flamespan/exporter-datadog';
import type { DatadogProfileExporterConfig } from '@flamespan/exporter-datadog';
import type { ExportResult, Profile } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import { readPprof, readUpload } from '../../../packages/exporter-datadog/test/support/uploads.ts';
import type { Upload } from '../../../packages/exporter-datadog/test/support/uploads.ts';
import { sumsOfDatadog, sumsOfProfiles } from '../src/sums.ts';
import { startTestAgent, testAgentPython } from '../src/test-agent.ts';
import type { TestAgent } from '../src/test-agent.ts';

const found = await testAgentPython();
if ('missing' in found) console.log(`Not tested against Datadog's ddapm-test-agent: ${found.missing}`);

const held: Profile = profileFromStacks(
  `
  main;handler;sort 30 @sort<list GET /users
  main;handler;render 12 @list GET /users
  main;handler;query 7 wall @query<order GET /orders/:id
  main;handler;hash 5 {tenant=acme} cpu @order GET /orders/:id
  main;handler;hidden 9 @!dark GET /dark
  main;tidy 4
  main;handler;keep 40 objects 4096 bytes
  `,
  { endpointCalls: { 'GET /users': 3, 'GET /orders/:id': 2 }, resource: { attributes: { 'service.name': 'shop', 'deployment.environment.name': 'test' } } },
);

describe.skipIf('missing' in found)("Datadog's test agent", () => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startTestAgent('python' in found ? found.python : '');
  }, 90_000);
  afterAll(() => agent.stop());

  async function storedAfter(config: DatadogProfileExporterConfig): Promise<Upload> {
    const before = (await agent.requests()).length;
    const exporter = new DatadogProfileExporter(config);
    expect(await new Promise<ExportResult>((resolve) => {
      exporter.export(held, resolve);
    })).toMatchObject({ code: 0 });
    await exporter.shutdown();
    const stored = (await agent.requests()).slice(before);
    expect(stored.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /profiling/v1/input']);
    return readUpload(stored[0] as never);
  }

  it.each(['TCP with gzip', 'a Unix socket with zstd'])('accepts a profile over %s, and has what was held, per span and per endpoint', async (way) => {
    const upload = await storedAfter(way.startsWith('TCP') ? { agentUrl: agent.url } : { agentUrl: agent.socketUrl, compression: 'zstd' });
    const sums = sumsOfDatadog([upload]);
    expect(sums).toEqual(sumsOfProfiles([held]));
    expect([sums.bySpan.size, [...sums.byEndpoint.keys()]]).toEqual([4, ['GET /users', 'GET /orders/:id', 'GET /dark']]);
    expect(readPprof(upload.files.get('space.pprof')).samples.map(({ stack, values }) => [stack, values])).toEqual([[['keep', 'handler', 'main'], [40, 4096]]]);
    expect(upload.event).toMatchObject({ endpoint_counts: { 'GET /users': 3, 'GET /orders/:id': 2 }, custom_attributes: ['tenant'], attachments: ['wall.pprof', 'space.pprof'] });
    expect(upload.tags).toMatchObject({ service: 'shop', env: 'test' });
  });
});
