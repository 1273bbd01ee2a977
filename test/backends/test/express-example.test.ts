import { decodeOtlp, readProfilesData, type ProfilesData } from '@flamespan/profile';
import { checkConformance } from '@flamespan/profile/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { samplesOf, type SentSample } from '../../demo/src/sent-samples.ts';
import { startCollector, type Collector } from '../src/collector.ts';
import { runExpressExample, type ExampleRun } from '../src/express-example.ts';
import { messageOf, startCaptureServer, startRecordingProxy, type RecordedRequest, type RecordingServer } from '../src/http-recording.ts';
import { listeningAddresses } from '../src/listening-addresses.ts';
import { collectorComplaints, pyroscopeComplaints } from '../src/log-complaints.ts';
import { meaningOf } from '../src/profiles-meaning.ts';
import { createPyroscopeQueries, type PyroscopeQueries } from '../src/pyroscope-queries.ts';
import { startPyroscope, type Pyroscope } from '../src/pyroscope.ts';
import { sumByType, type SentType } from '../src/sent-profiles.ts';
import { routesBySpanId } from '../src/sent-traces.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../src/temporary-directory.ts';

const PROFILES_PATH = '/v1development/profiles';
const TRACES_PATH = '/v1/traces';
const METRICS_PATH = '/v1/metrics'; // NodeSDK sends them unasked
const LOAD_SECONDS = 25;
const LONGEST_RUN_MILLIS = 400_000;
/** Several windows in one run, the last of them sent at the end. */
const EXPORT_INTERVAL_MILLIS = 8000;
const ARRIVAL = { timeout: 20_000, interval: 200 };
const SPANS_TO_COMPARE = 40;

const WALL = 'wall:wall:nanoseconds:wall:nanoseconds';
const CPU = 'wall:cpu:nanoseconds:wall:nanoseconds';
const HEAP_BYTES = 'space:inuse_space:bytes:space:bytes';
const HEAP_OBJECTS = 'space:inuse_objects:count:space:bytes';

/** A request that decodes, with a sample but without a sample type. */
const PROFILE_WITHOUT_TYPE = Buffer.from('0a08120612041202180112020a00', 'hex');

/** The function of examples/express in which each route spends its time. */
const HEAVY_FUNCTIONS: Readonly<Record<string, string>> = {
  'GET /products/sorted': 'compareForRanking',
  'GET /search': 'findDescriptions',
  'GET /catalog': 'serializeCatalog',
  'POST /login': 'isPassword',
  'GET /orders/:id': 'formatInvoiceLine',
  'GET /baskets/:id/price': 'chooseCoupons',
  'GET /reports/:year': 'sumLedger',
};

/** One run of the example and what it sent. */
interface Run {
  readonly serviceName: string;
  readonly example: ExampleRun;
  readonly requests: readonly RecordedRequest[];
  readonly profiles: readonly ProfilesData[];
  readonly sums: ReadonlyMap<string, SentType>;
  /** Route of every span of which the trace arrived. */
  readonly routes: ReadonlyMap<string, string>;
  readonly queries: PyroscopeQueries;
}

const backends = inject('backends');

// Without Go there are no backends; the global set-up says so.
describe.skipIf(backends === null)('the Express example', () => {
  let directory: TemporaryDirectory;
  let pyroscope: Pyroscope;

  beforeAll(async () => {
    directory = await createTemporaryDirectory('backends');
    pyroscope = await startPyroscope(backends!.pyroscope, directory.path);
  });
  afterAll(async () => {
    await pyroscope?.process.stop();
    await directory?.remove();
  });
  beforeEach(({ onTestFailed }) => {
    onTestFailed(async () => console.error(`The end of Pyroscope's log:\n${await pyroscope.process.logTail(20)}`));
  });

  async function run(serviceName: string, proxy: RecordingServer, traces: RecordingServer): Promise<Run> {
    const start = Date.now() - 60_000;
    const sentTo = (path: string): RecordedRequest[] => proxy.requests.filter((request) => request.path === path);
    const example = await runExpressExample({
      directory: directory.path,
      serviceName,
      endpoint: proxy.url,
      seconds: LOAD_SECONDS,
      exportIntervalMillis: EXPORT_INTERVAL_MILLIS,
      isEnough: () => hasEveryHeavyFunction(sentTo(PROFILES_PATH).flatMap((request) => decodeOtlp(messageOf(request)).profiles).flatMap(samplesOf)),
    });
    // Behind the Collector things arrive a little later. What does not arrive, the tests tell apart.
    await vi.waitFor(() => expect(spanCount(traces.requests)).toBe(spanCount(sentTo(TRACES_PATH))), ARRIVAL).catch(() => {});
    const profiles = sentTo(PROFILES_PATH).map((request) => readProfilesData(messageOf(request)));
    const sums = sumByType(profiles);
    const queries = createPyroscopeQueries(pyroscope.url, { start, end: Date.now() + 60_000 });
    const allArrived = async (): Promise<void> => expect((await queries.mergeStacktraces(WALL, serviceName)).total).toBe(sums.get(WALL)?.total);
    await vi.waitFor(allArrived, ARRIVAL).catch(() => {});
    return { serviceName, example, requests: proxy.requests, profiles, sums, routes: routesBySpanId(traceMessages(traces.requests)), queries };
  }

  test.runIf(process.platform === 'linux')('leaves no listener of Pyroscope reachable from elsewhere', async () => {
    const addresses = await listeningAddresses(pyroscope.process.pid);
    expect(addresses.length).toBeGreaterThanOrEqual(3);
    expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']));
  });

  describe('sending to Pyroscope', () => {
    let result: Run;
    const servers: RecordingServer[] = [];

    beforeAll(async () => {
      const traces = await startCaptureServer();
      const proxy = await startRecordingProxy({ [PROFILES_PATH]: pyroscope.url, [TRACES_PATH]: traces.url, [METRICS_PATH]: traces.url });
      servers.push(proxy, traces);
      result = await run('shop-direct', proxy, traces);
    }, LONGEST_RUN_MILLIS);
    afterAll(() => Promise.all(servers.map((server) => server.close())));

    testArrival(() => result);
  });

  describe('sending through the Collector', () => {
    let result: Run;
    let collector: Collector;
    let capture: RecordingServer;
    const servers: RecordingServer[] = [];

    beforeAll(async () => {
      capture = await startCaptureServer();
      servers.push(capture);
      collector = await startCollector(backends!.collector, directory.path, { pyroscopePort: pyroscope.port, captureUrl: capture.url });
      const proxy = await startRecordingProxy({ [PROFILES_PATH]: collector.url, [TRACES_PATH]: collector.url, [METRICS_PATH]: collector.url });
      servers.push(proxy);
      result = await run('shop-collector', proxy, capture);
    }, LONGEST_RUN_MILLIS);
    afterAll(async () => {
      await collector?.process.stop();
      await Promise.all(servers.map((server) => server.close()));
    });
    beforeEach(({ onTestFailed }) => {
      onTestFailed(async () => console.error(`The end of the Collector's log:\n${await collector.process.logTail(20)}`));
    });

    testArrival(() => result);

    test('passes on the same profiles in other tables', async () => {
      const sent = result.profiles.map(meaningOf);
      const forwarded = (): RecordedRequest[] => capture.requests.filter(({ path }) => path === PROFILES_PATH);
      await expect.poll(() => forwarded().length, { timeout: 20_000 }).toBe(sent.length);
      const received = forwarded().map((request) => readProfilesData(messageOf(request)));
      const keyReferences = received.flatMap(({ resourceProfiles }) => resourceProfiles.flatMap(({ resource }) => resource!.attributes.map(({ keyStrindex }) => keyStrindex)));
      expect(keyReferences.some((index) => index !== 0)).toBe(true); // else the comparison would not try references
      // Several queue consumers: the order may differ.
      const inOrder = (meanings: readonly unknown[]): string[] => meanings.map((meaning) => JSON.stringify(meaning)).sort();
      expect(inOrder(received.map(meaningOf))).toEqual(inOrder(sent));
    });

    test.runIf(process.platform === 'linux')('leaves no listener of the Collector reachable from elsewhere', async () => {
      expect(await listeningAddresses(collector.process.pid)).toEqual(['127.0.0.1', '127.0.0.1']);
    });

    test('leaves no complaint in the logs, where a refused profile is seen', async () => {
      expect(await result.queries.discarded()).toEqual([]);
      // Logs are buffered: once the complaint about this one is there, so are those before it.
      for (const url of [pyroscope.url, collector.url]) {
        await fetch(`${url}${PROFILES_PATH}`, { method: 'POST', headers: { 'content-type': 'application/x-protobuf' }, body: PROFILE_WITHOUT_TYPE });
      }
      const about = (complaints: readonly string[], isExpected: boolean): string[] => complaints.filter((line) => line.includes('sample type') === isExpected);
      await expect.poll(async () => about(pyroscopeComplaints(await pyroscope.process.log()), true)).not.toEqual([]);
      await expect.poll(async () => about(collectorComplaints(await collector.process.log()), true)).not.toEqual([]);
      expect(about(pyroscopeComplaints(await pyroscope.process.log()), false)).toEqual([]);
      expect(about(collectorComplaints(await collector.process.log()), false)).toEqual([]);
    });
  });
});

/** What has to hold wherever the profiles went through. */
function testArrival(getRun: () => Run): void {
  test('every request is accepted and the example ends in order, without a warning', () => {
    const { requests, profiles, example } = getRun();
    expect(example.exitCode, example.log).toBe(0);
    // Nothing but its own lines: no exporter, SDK or profiler has warned.
    expect(example.log.split('\n').filter((line) => line !== '' && !/^listening on |^GET \/reports\/1999: /.test(line))).toEqual([]);
    expect(profiles.length).toBeGreaterThanOrEqual(3);
    const answers = requests.map(({ path, status, responseBody }) => ({ path, status, body: responseBody.toString('latin1') }));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    // The empty response, or one with an empty partial_success: nothing was rejected.
    expect(answers.filter(({ path, body }) => path === PROFILES_PATH && body !== '' && body !== '\n\0')).toEqual([]);
  });

  test('what is sent conforms to OTLP', () => {
    for (const message of getRun().profiles) expect(checkConformance(message)).toEqual([]);
  });

  test('service.name and the endpoints are kept', async () => {
    const { queries, serviceName, profiles } = getRun();
    expect(await queries.labelValues('service_name')).toContain(serviceName);
    const series = await queries.series(serviceName);
    expect(series.length).toBeGreaterThan(0);
    const endpoints = new Set(series.map(({ endpoint }) => endpoint).filter((endpoint) => endpoint !== undefined));
    expect(endpoints).toEqual(sampleAttributeValues(profiles, 'endpoint'));
    for (const route of Object.keys(HEAVY_FUNCTIONS)) expect(endpoints).toContain(route);
  });

  test.each([WALL, CPU, HEAP_BYTES, HEAP_OBJECTS])('%s has the sum that was sent', async (profileType) => {
    const { queries, serviceName, sums } = getRun();
    const sent = sums.get(profileType)?.total ?? 0n;
    expect(sent).toBeGreaterThan(0n);
    expect((await queries.mergeStacktraces(profileType, serviceName)).total).toBe(sent);
  });

  test.each([WALL, CPU])('%s of each span has the sum that was sent', async (profileType) => {
    const { queries, serviceName, sums } = getRun();
    const spans = [...sums.get(profileType)!.totalBySpan].filter(([, total]) => total > 0n);
    expect(spans.length).toBeGreaterThanOrEqual(20);
    // Every n-th: heavy spans and such with a single sample, from all windows.
    const chosen = spans.filter((_, index) => index % Math.ceil(spans.length / SPANS_TO_COMPARE) === 0);
    expect(chosen.length).toBeGreaterThanOrEqual(20);
    const answers = new Map<string, bigint>();
    for (const [spanId] of chosen) answers.set(spanId, (await queries.mergeSpanProfile(profileType, serviceName, [spanId])).total);
    expect(answers).toEqual(new Map(chosen));
  });

  test('every Link leads to a span that was sent', () => {
    const { sums, routes } = getRun();
    expect([...sums.get(WALL)!.totalBySpan.keys()].filter((spanId) => !routes.has(spanId))).toEqual([]);
  });

  test('the heavy function of a route is found under its spans and no others', async () => {
    const { queries, serviceName, sums, routes } = getRun();
    const linked = [...sums.get(WALL)!.totalBySpan.keys()];
    const found: Record<string, string[]> = {};
    for (const route of new Set(linked.map((spanId) => routes.get(spanId) ?? ''))) {
      const spanIds = linked.filter((spanId) => (routes.get(spanId) ?? '') === route);
      const { functionNames } = await queries.mergeSpanProfile(WALL, serviceName, spanIds);
      found[route] = Object.values(HEAVY_FUNCTIONS).filter((name) => functionNames.includes(name));
    }
    const expected = Object.fromEntries(Object.keys(found).map((route) => [route, HEAVY_FUNCTIONS[route] === undefined ? [] : [HEAVY_FUNCTIONS[route]]]));
    expect(found).toEqual(expected);
    expect(Object.keys(found)).toEqual(expect.arrayContaining(Object.keys(HEAVY_FUNCTIONS)));
  });
}

/** Under the endpoint that it belongs to, in a span. */
function hasEveryHeavyFunction(samples: readonly SentSample[]): boolean {
  return Object.entries(HEAVY_FUNCTIONS).every(([route, heavy]) =>
    samples.some(({ link, endpoint, frames }) => link !== undefined && endpoint === route && frames.some(({ functionName }) => functionName === heavy)));
}

function traceMessages(requests: readonly RecordedRequest[]): Buffer[] {
  return requests.filter(({ path }) => path === TRACES_PATH).map(messageOf);
}

function spanCount(requests: readonly RecordedRequest[]): number {
  return routesBySpanId(traceMessages(requests)).size;
}

function sampleAttributeValues(messages: readonly ProfilesData[], key: string): Set<string> {
  const values = new Set<string>();
  for (const { dictionary } of messages) {
    for (const { keyStrindex, value } of dictionary!.attributeTable) {
      if (dictionary!.stringTable[keyStrindex] === key && value?.case === 'stringValue') values.add(value.value);
    }
  }
  return values;
}
