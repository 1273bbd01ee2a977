import { OTLPProfileExporter as GrpcExporter } from '@flamespan/exporter-otlp-grpc';
import { OTLPProfileExporter as HttpExporter } from '@flamespan/exporter-otlp-http';
import { profilesDataFromProfile, readProfilesData } from '@flamespan/profile';
import type { ExportResult, Profile, ProfileExporter, ProfilesData } from '@flamespan/profile';
import { profileFromStacks, spanIdFor } from '@flamespan/profile/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { smallLimitsConfiguration, startCollector, type Collector } from '../src/collector.ts';
import { messageOf, startCaptureServer, type RecordingServer } from '../src/http-recording.ts';
import { meaningOf } from '../src/profiles-meaning.ts';
import { createPyroscopeQueries } from '../src/pyroscope-queries.ts';
import { startPyroscope, type Pyroscope } from '../src/pyroscope.ts';
import { sumByType } from '../src/sent-profiles.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../src/temporary-directory.ts';

const ARRIVAL = { timeout: 20_000, interval: 300 };
const TYPES = [
  'wall:wall:nanoseconds:wall:nanoseconds', 'wall:cpu:nanoseconds:wall:nanoseconds', 'space:inuse_space:bytes:space:bytes', 'space:inuse_objects:count:space:bytes', 'space:alloc_space:bytes:space:bytes', 'space:alloc_objects:count:space:bytes'];
/** Of Pyroscope here, so that a profile of ordinary size is too large for it. */
const MOST_SAMPLES = 1000;
/** The tests send in seconds what a service sends in minutes. */
const NO_RATE_LIMIT = ['-distributor.ingestion-rate-limit-mb=1000', '-distributor.ingestion-burst-size-mb=1000'];

/** A minute that ended just now, with `samples` of wall and CPU time in frames of their own. */
function windowOf(serviceName: string, samples: number): Profile {
  const routes = ['GET /users/:id', 'POST /orders', 'GET /search'];
  const lines = Array.from({ length: samples / 2 }, (_, i) => {
    const name = `handle_${i}${'_deep_in_the_code'.repeat(20)}`;
    return `main;dispatch;${name}[${name}.js:${i + 1}:7] 2 @span${i % 25}<root${i % 5} ${routes[i % 3]}`;
  });
  return profileFromStacks([...lines, 'main;idle;wait 3 wall', 'main;cache;load 7 objects 4096 bytes 9 allocated 8192 allocated-bytes', 'main;parse 2 objects 64 bytes'].join('\n'), {
    startTimeUnixNano: BigInt(Date.now() - 60_000) * 1_000_000n,
    resource: { attributes: { 'service.name': serviceName, 'host.name': 'shop-1', 'process.pid': 7 } },
    endpointCalls: { 'GET /users/:id': 12, 'POST /orders': 3 },
  });
}

async function exportOnce(exporter: ProfileExporter, profile: Profile): Promise<ExportResult> {
  const result = await new Promise<ExportResult>((resolve) => {
    exporter.export(profile, resolve);
  });
  await exporter.shutdown();
  return result;
}

interface Meaning {
  readonly resource: unknown;
  readonly scopes: readonly { readonly profiles: readonly { readonly sampleType: unknown; readonly attributes: object; readonly samples: readonly string[] }[] }[];
}

/** What messages say together, whatever the windows of their profiles: resources, samples by type, and calls. */
function sayingOf(messages: readonly ProfilesData[]): unknown {
  const resources = messages.flatMap((message) => meaningOf(message) as Meaning[]);
  const profiles = resources.flatMap(({ scopes }) => scopes.flatMap((scope) => scope.profiles));
  return {
    resources: [...new Set(resources.map(({ resource }) => JSON.stringify(resource)))],
    samples: profiles.flatMap(({ sampleType, samples }) => samples.map((sample) => `${JSON.stringify(sampleType)} ${sample}`)).sort(),
    calls: profiles.flatMap(({ attributes }) => Object.entries(attributes).filter(([key]) => key === 'flamespan.endpoint.calls')),
  };
}

const backends = inject('backends');

// Without Go there are no backends; the global set-up says so.
describe.skipIf(backends === null)('the OTLP exporters', () => {
  let directory: TemporaryDirectory;
  let pyroscope: Pyroscope;
  let capture: RecordingServer;
  let collector: Collector;
  let smallCollector: Collector;

  beforeAll(async () => {
    directory = await createTemporaryDirectory('exporters');
    capture = await startCaptureServer();
    pyroscope = await startPyroscope(backends!.pyroscope, directory.path, [`-validation.max-profile-stacktrace-samples=${MOST_SAMPLES}`, ...NO_RATE_LIMIT]);
    const destinations = { pyroscopePort: pyroscope.port, captureUrl: capture.url };
    collector = await startCollector(backends!.collector, directory.path, destinations);
    smallCollector = await startCollector(backends!.collector, directory.path, destinations, [smallLimitsConfiguration]);
  });
  afterAll(async () => {
    await Promise.all([collector, smallCollector, pyroscope].map((backend) => backend?.process.stop()));
    await capture?.close();
    await directory?.remove();
  });
  beforeEach(({ onTestFailed }) => {
    onTestFailed(async () => console.error(`The end of Pyroscope's log:\n${await pyroscope.process.logTail(10)}`));
  });

  /** What the Collector has passed on of a service. */
  function passedOn(serviceName: string): ProfilesData[] {
    const messages = capture.requests.map((request) => readProfilesData(messageOf(request)));
    return messages.filter((message) => JSON.stringify((meaningOf(message) as Meaning[])[0]?.resource).includes(`"${serviceName}"`));
  }

  async function expectPassedOn(profile: Profile, serviceName: string): Promise<ProfilesData[]> {
    await expect.poll(() => sayingOf(passedOn(serviceName)), ARRIVAL).toEqual(sayingOf([profilesDataFromProfile(profile)]));
    return passedOn(serviceName);
  }

  test.each<[string, string, () => ProfileExporter]>([
    ['gRPC', 'grpc', () => new GrpcExporter({ url: collector.grpcUrl })],
    ['gRPC with gzip', 'grpc-gzip', () => new GrpcExporter({ url: collector.grpcUrl, compression: 'gzip' })],
    ['HTTP JSON', 'json', () => new HttpExporter({ url: `${collector.url}/v1development/profiles`, protocol: 'http/json' })],
    ['HTTP JSON with gzip', 'json-gzip', () => new HttpExporter({ url: `${collector.url}/v1development/profiles`, protocol: 'http/json', compression: 'gzip' })],
    ['HTTP protobuf', 'protobuf', () => new HttpExporter({ url: `${collector.url}/v1development/profiles` })],
  ])('the Collector passes on what it was sent over %s', async (_kind, serviceName, createExporter) => {
    const profile = windowOf(serviceName, 400);
    expect(await exportOnce(createExporter(), profile)).toMatchObject({ code: 0 });
    const messages = await expectPassedOn(profile, serviceName);
    expect(meaningOf(messages[0]!)).toEqual(meaningOf(profilesDataFromProfile(profile)));
    expect(messages).toHaveLength(1);
  });

  test.each<[string, string, () => ProfileExporter]>([
    ['gRPC', 'small-grpc', () => new GrpcExporter({ url: smallCollector.grpcUrl })],
    ['gRPC with gzip', 'small-grpc-gzip', () => new GrpcExporter({ url: smallCollector.grpcUrl, compression: 'gzip' })],
    ['HTTP protobuf', 'small-protobuf', () => new HttpExporter({ url: `${smallCollector.url}/v1development/profiles` })],
    ['HTTP JSON', 'small-json', () => new HttpExporter({ url: `${smallCollector.url}/v1development/profiles`, protocol: 'http/json' })],
    ['HTTP JSON with gzip', 'small-json-gzip', () => new HttpExporter({ url: `${smallCollector.url}/v1development/profiles`, protocol: 'http/json', compression: 'gzip' })],
  ])('what is too large for the Collector over %s arrives in parts', async (_kind, serviceName, createExporter) => {
    const profile = windowOf(serviceName, 6000);
    expect(await exportOnce(createExporter(), profile)).toMatchObject({ code: 0 });
    const messages = await expectPassedOn(profile, serviceName);
    expect(messages.length).toBeGreaterThan(1);
  });

  test.each<[string, string, number, () => ProfileExporter]>([
    ['gRPC', 'pyroscope-grpc', 400, () => new GrpcExporter({ url: pyroscope.url })],
    ['gRPC with gzip', 'pyroscope-grpc-gzip', 400, () => new GrpcExporter({ url: pyroscope.url, compression: 'gzip' })],
    ['gRPC, in parts since it has too many samples', 'pyroscope-grpc-many', 2600, () => new GrpcExporter({ url: pyroscope.url })],
    ['HTTP, in parts since it has too many samples', 'pyroscope-http-many', 2600, () => new HttpExporter({ url: `${pyroscope.url}/v1development/profiles` })],
  ])('Pyroscope has what it was sent over %s, once', async (_kind, serviceName, samples, createExporter) => {
    const start = Date.now() - 120_000;
    const profile = windowOf(serviceName, samples);
    expect(await exportOnce(createExporter(), profile)).toMatchObject({ code: 0 });
    const queries = createPyroscopeQueries(pyroscope.url, { start, end: Date.now() + 60_000 });
    const sent = sumByType([profilesDataFromProfile(profile)]);
    const totals = async (): Promise<[string, bigint][]> =>
      Promise.all(TYPES.map(async (type): Promise<[string, bigint]> => [type, (await queries.mergeStacktraces(type, serviceName)).total]));
    await expect.poll(totals, ARRIVAL).toEqual(TYPES.map((type) => [type, sent.get(type)?.total]));
    for (const span of ['span0', 'span13', 'span24']) {
      const { total } = await queries.mergeSpanProfile(TYPES[1]!, serviceName, [spanIdFor(span)]);
      expect(total).toBe(sent.get(TYPES[1]!)?.totalBySpan.get(spanIdFor(span)));
    }
  });

  test('resourceAttributes and traceIdInLinks keep the labels and series of Pyroscope few, and spans are found', async () => {
    const start = Date.now() - 120_000;
    const attributes = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k8s.label.${i}`, 'x']));
    const profile: Profile = (() => {
      const window = windowOf('pyroscope-options', 400);
      return { ...window, resource: { attributes: { ...window.resource.attributes, ...attributes } } };
    })();
    const url = `${pyroscope.url}/v1development/profiles`;
    const refused = await exportOnce(new HttpExporter({ url }), profile);
    expect(refused).toMatchObject({ code: 1, error: { httpStatus: 400, message: expect.stringContaining('label names; limit 30') } });
    const options = { url, resourceAttributes: ['host.name'], traceIdInLinks: false };
    expect(await exportOnce(new HttpExporter(options), profile)).toMatchObject({ code: 0 });

    const queries = createPyroscopeQueries(pyroscope.url, { start, end: Date.now() + 60_000 });
    const sent = sumByType([profilesDataFromProfile(profile)]).get(TYPES[1]!);
    await expect.poll(async () => (await queries.mergeStacktraces(TYPES[1]!, 'pyroscope-options')).total, ARRIVAL).toBe(sent?.total);
    expect((await queries.mergeSpanProfile(TYPES[1]!, 'pyroscope-options', [spanIdFor('span3')])).total).toBe(sent?.totalBySpan.get(spanIdFor('span3')));
    const series = await queries.series('pyroscope-options');
    expect(series.filter((labels) => 'trace_id' in labels)).toEqual([]);
    expect(series.length).toBeLessThanOrEqual(TYPES.length * 4);
  });

  test('Pyroscope finds no spans in OTLP/JSON, as the README of the exporter warns', async () => {
    const start = Date.now() - 120_000;
    const profile = windowOf('pyroscope-json', 40);
    expect(await exportOnce(new HttpExporter({ url: `${pyroscope.url}/v1development/profiles`, protocol: 'http/json' }), profile)).toMatchObject({ code: 0 });
    const queries = createPyroscopeQueries(pyroscope.url, { start, end: Date.now() + 60_000 });
    const sent = sumByType([profilesDataFromProfile(profile)]).get(TYPES[0]!)?.total;
    await expect.poll(async () => (await queries.mergeStacktraces(TYPES[0]!, 'pyroscope-json')).total, ARRIVAL).toBe(sent);
    expect((await queries.mergeSpanProfile(TYPES[0]!, 'pyroscope-json', [spanIdFor('span0')])).total).toBe(0n);
  });
});
