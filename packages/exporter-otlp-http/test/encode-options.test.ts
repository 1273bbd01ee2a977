import { decodeOtlp, profilesDataFromJson, profilesFromProfilesData } from '@flamespan/profile';
import type { Profile } from '@flamespan/profile';
import { profileFromStacks, spanIdFor } from '@flamespan/profile/testing';
import { OTLPProfileExporter } from '@flamespan/exporter-otlp-http';
import type { OTLPProfileExporterConfig } from '@flamespan/exporter-otlp-http';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';

/** What a server gets of a profile that is exported with these options. */
async function received(config: OTLPProfileExporterConfig): Promise<Profile | undefined> {
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      bodies.push(body);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const exporter = new OTLPProfileExporter({ ...config, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1development/profiles` });
  const resource = { attributes: { 'service.name': 'shop', 'host.name': 'a', 'process.pid': 7 } };
  try {
    await new Promise((resolve) => { exporter.export(profileFromStacks('main 1 @list', { resource }), resolve); });
    const [body = Buffer.alloc(0)] = bodies;
    const decoded = config.protocol === 'http/json'
      ? profilesFromProfilesData(profilesDataFromJson(body.toString()))
      : decodeOtlp(body);
    return decoded.profiles[0];
  } finally {
    await exporter.shutdown();
    server.close();
  }
}

test.each(['http/protobuf', 'http/json'] as const)('resourceAttributes and traceIdInLinks decide what is sent as %s', async (protocol) => {
  const whole = await received({ protocol });
  expect(whole?.resource.attributes).toEqual({ 'service.name': 'shop', 'host.name': 'a', 'process.pid': 7 });
  expect(whole?.spans.traceId[1]).toHaveLength(32);
  const part = await received({ protocol, resourceAttributes: ['host.name'], traceIdInLinks: false });
  expect(part?.resource.attributes).toEqual({ 'service.name': 'shop', 'host.name': 'a' });
  expect(part?.spans.traceId[1]).toBe('');
  expect(part?.spans.spanId[1]).toBe(spanIdFor('list'));
});
