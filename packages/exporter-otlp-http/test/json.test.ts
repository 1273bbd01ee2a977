import { describe, expect, it } from 'vitest';
import type { OTLPProfileExporterConfig } from '@flamespan/exporter-otlp-http';
import { profilesDataFromJson, profilesFromProfilesData } from '@flamespan/profile';
import type { Profile } from '@flamespan/profile';
import { dumpProfile, otlpProjection, profileFromStacks, spanIdFor, traceIdFor } from '@flamespan/profile/testing';
import { createExporter, DELIVERED, exportOnce, recordDiag, setEnvironment } from './support/exports.ts';
import { startServer } from './support/servers.ts';
import type { ReceivedRequest } from './support/servers.ts';

const linked = profileFromStacks('main;handler;sort 3 @list GET /users\nmain;load 2 objects 64 bytes', { endpointCalls: { 'GET /users': 7 } });

async function received(config: OTLPProfileExporterConfig, answer: { type: string; body: string } = { type: 'application/json', body: '{}' }): Promise<ReceivedRequest> {
  const server = await startServer((response) => response.writeHead(200, { 'Content-Type': answer.type }).end(answer.body));
  expect(await exportOnce(createExporter({ ...config, url: server.url }), linked)).toEqual(DELIVERED);
  return server.requests[0] as ReceivedRequest;
}

describe('http/json', () => {
  it('is the profile as OTLP/JSON', async () => {
    const { headers, body } = await received({ protocol: 'http/json' });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'content-length': String(body.length) });
    const { profiles } = profilesFromProfilesData(profilesDataFromJson(body.toString()));
    expect(profiles.map(dumpProfile)).toEqual([dumpProfile(otlpProjection(linked) as Profile)]);
  });

  it('has ids in hex and 64-bit numbers as strings', async () => {
    const { dictionary, resourceProfiles } = JSON.parse((await received({ protocol: 'http/json' })).body.toString()) as {
      dictionary: { linkTable: unknown[] };
      resourceProfiles: [{ scopeProfiles: [{ profiles: [{ timeUnixNano: unknown; durationNano: unknown; period: unknown; samples: [{ values: unknown; timestampsUnixNano: unknown; linkIndex: unknown }] }] }] }];
    };
    expect(dictionary.linkTable[1]).toEqual({ traceId: traceIdFor('list'), spanId: spanIdFor('list') });
    const [{ timeUnixNano, durationNano, period, samples }] = resourceProfiles[0].scopeProfiles[0].profiles;
    expect({ timeUnixNano, durationNano, period, sample: samples[0] }).toMatchObject({
      timeUnixNano: '1767225600000000000',
      durationNano: '60000000000',
      period: '10101000',
      sample: { values: ['10101000'], timestampsUnixNano: ['1767225600000000000'], linkIndex: 1 },
    });
  });

  it.each([
    ['the general variable', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, {}, 'application/json'],
    ['the variable for profiles', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_EXPORTER_OTLP_PROFILES_PROTOCOL: ' http/json ' }, {}, 'application/json'],
    ['the variable for profiles, to protobuf', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_PROFILES_PROTOCOL: 'http/protobuf' }, {}, 'application/x-protobuf'],
    ['the general variable when the other is empty', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_PROFILES_PROTOCOL: '' }, {}, 'application/json'],
    ['the option, which wins', { OTEL_EXPORTER_OTLP_PROFILES_PROTOCOL: 'grpc' }, { protocol: 'http/json' } as const, 'application/json'],
  ])('is chosen by %s', async (_kind, variables, config, contentType) => {
    const logged = recordDiag();
    setEnvironment(variables);
    expect((await received(config)).headers['content-type']).toBe(contentType);
    expect(logged.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', '@flamespan/exporter-otlp-grpc'],
    ['OTEL_EXPORTER_OTLP_PROFILES_PROTOCOL', 'grpc', '@flamespan/exporter-otlp-grpc'],
    ['OTEL_EXPORTER_OTLP_PROFILES_PROTOCOL', 'thrift', "'http/json'"],
  ])('%s=%s: one warning, and protobuf', async (variable, value, expected) => {
    const logged = recordDiag();
    setEnvironment({ [variable]: value });
    expect((await received({})).headers['content-type']).toBe('application/x-protobuf');
    const warnings = logged.filter(({ level }) => level === 'warn');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.text).toContain(variable);
    expect(warnings[0]?.text).toContain(expected);
  });

  it('is compressed like protobuf', async () => {
    expect((await received({ protocol: 'http/json', compression: 'gzip' })).headers).toMatchObject({ 'content-type': 'application/json', 'content-encoding': 'gzip' });
  });

  it.each([
    ['count and message', '{"partialSuccess":{"rejectedProfiles":"3","errorMessage":"no dots"}}', ['warn The server rejected 3 profiles: no dots']],
    ['a number', '{"partialSuccess":{"rejectedProfiles":3}}', ['warn The server rejected 3 profiles']],
    ['a message alone', '{"partialSuccess":{"errorMessage":"deprecated"}}', ['warn The server accepted the profiles with a warning: deprecated']],
    ['an empty one', '{"partialSuccess":{}}', []],
    ['none', '{}', []],
    ['an empty body', '', []],
    ['something else', '{"partialSuccess":{"rejectedProfiles":{}}}', ['debug The body of a 200 answer is not an ExportProfilesServiceResponse']],
    ['null', 'null', ['debug The body of a 200 answer is not an ExportProfilesServiceResponse']],
  ])('reads a partial success in JSON: %s', async (_kind, body, expected) => {
    const logged = recordDiag();
    await received({ protocol: 'http/json' }, { type: 'application/json; charset=utf-8', body });
    expect(logged.map(({ level, text }) => `${level} ${text.replace('@flamespan/exporter-otlp-http ', '')}`)).toEqual(expected);
  });
});
