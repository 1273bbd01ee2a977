import { decodeOtlp } from '@flamespan/profile';
import { runExpressExample, type ExampleRun } from '../../backends/src/express-example.ts';
import { messageOf, startCaptureServer, type RecordedRequest, type RecordingServer } from '../../backends/src/http-recording.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../backends/src/temporary-directory.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatScores, totalScore, type AttributionScore } from '../src/attribution-score.ts';
import { describeSample, isOwnSample } from '../src/own-samples.ts';
import { scoreRoutes } from '../src/route-score.ts';
import { SERVED_ROUTES } from '../src/routes.ts';
import { samplesOf, type SentSample } from '../src/sent-samples.ts';
import { routesByTraceId, spansOf, type SentSpan } from '../src/sent-spans.ts';

const LOAD_SECONDS = 15;
const LEAST_SAMPLES = 200;
const LEAST_LINKED_SHARE = 0.95;
const HEAVY_ROUTES = SERVED_ROUTES.filter(({ heavyFunction }) => heavyFunction !== undefined);

describe('the Express example under load', () => {
  let directory: TemporaryDirectory;
  let receiver: RecordingServer;
  let example: ExampleRun;
  let samples: readonly SentSample[];
  let spans: readonly SentSpan[];
  let routesByTrace: ReadonlyMap<string, ReadonlySet<string>>;
  let scores: readonly AttributionScore[];

  const sentTo = (path: string): RecordedRequest[] => receiver.requests.filter((request) => request.path === path);

  const receivedSamples = (): SentSample[] => sentTo('/v1development/profiles').flatMap((request) => decodeOtlp(messageOf(request)).profiles).flatMap(samplesOf);

  beforeAll(async () => {
    directory = await createTemporaryDirectory('demo');
    receiver = await startCaptureServer();
    example = await runExpressExample({
      directory: directory.path,
      serviceName: 'shop-scored',
      endpoint: receiver.url,
      seconds: LOAD_SECONDS,
      exportIntervalMillis: 1000,
      isEnough: () => isWorthScoring(receivedSamples()),
    });
    samples = receivedSamples();
    spans = spansOf(sentTo('/v1/traces').map(messageOf));
    routesByTrace = routesByTraceId(spans);
    scores = scoreRoutes(samples, routesByTrace);
    console.log(`${formatScores(scores)}\n${samples.length} samples in all, ${samples.filter(isOwnSample).length} of them our own work`);
  }, 240_000);
  afterAll(async () => {
    await receiver?.close();
    await directory?.remove();
  });

  test('the run is worth scoring', () => {
    expect(example, example.log).toMatchObject({ exitCode: 0 });
    const routes = new Set([...routesByTrace.values()].flatMap((set) => [...set]));
    for (const { route } of SERVED_ROUTES) expect(routes).toContain(route);
    expect(totalScore(scores).samples).toBeGreaterThan(LEAST_SAMPLES);
    expect([...functionNamesIn(samples)]).toEqual(expect.arrayContaining(HEAVY_ROUTES.map(({ heavyFunction }) => heavyFunction)));
  });

  test('at least 95 % of the samples in a route handler carry a Link, and none a wrong one', () => {
    const { samples: scored, linked, wrongLink } = totalScore(scores);
    expect(wrongLink, formatScores(scores)).toBe(0);
    expect(linked / scored, formatScores(scores)).toBeGreaterThanOrEqual(LEAST_LINKED_SHARE);
  });

  test('a Link names a span of its own trace that was sent', () => {
    const sent = new Set(spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`));
    const links = samples.flatMap(({ link }) => (link === undefined ? [] : [`${link.traceId} ${link.spanId}`]));
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !sent.has(link))).toEqual([]);
  });

  test('an endpoint is the method and route that the handler serves', () => {
    const { linked, named, wrongEndpoint } = totalScore(scores);
    expect(wrongEndpoint, formatScores(scores)).toBe(0);
    expect(named / linked, formatScores(scores)).toBeGreaterThanOrEqual(LEAST_LINKED_SHARE);
  });

  test.each(HEAVY_ROUTES)('$heavyFunction is found under $route and nothing else', ({ route, heavyFunction }) => {
    const routesOfLinks = samples
      .filter(({ frames }) => frames.some(({ functionName }) => functionName === heavyFunction))
      .flatMap(({ link }) => (link === undefined ? [] : [...(routesByTrace.get(link.traceId) ?? ['no trace'])]));
    expect(new Set(routesOfLinks)).toEqual(new Set([route]));
  });

  test('at least 95 % of the samples in a heavy function carry a Link', () => {
    const inHeavyFunction = samples.filter(isInHeavyFunction);
    expect(inHeavyFunction.length).toBeGreaterThan(LEAST_SAMPLES);
    expect(inHeavyFunction.filter(({ link }) => link !== undefined).length / inHeavyFunction.length).toBeGreaterThanOrEqual(LEAST_LINKED_SHARE);
  });

  test('nothing of our own collecting and sending carries a Link', () => {
    const own = samples.filter(isOwnSample);
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(({ link, endpoint }) => link !== undefined || endpoint !== undefined).map(describeSample)).toEqual([]);
  });

  test('uploads create no spans', () => {
    const { host, port } = new URL(receiver.url);
    const mentionsReceiver = ({ attributes }: SentSpan): boolean => [...attributes.values()].some((value) => String(value) === port || String(value).includes(host) || /\/v1(development)?\//.test(String(value)));
    expect(sentTo('/v1development/profiles').length).toBeGreaterThan(3);
    expect(spans.filter(mentionsReceiver).map(({ name, attributes }) => ({ name, attributes }))).toEqual([]);
    expect(spans.filter(({ name }) => name === 'POST')).toEqual([]);
  });
});

function isWorthScoring(samples: readonly SentSample[]): boolean {
  const functionNames = functionNamesIn(samples.filter(({ link }) => link !== undefined));
  return HEAVY_ROUTES.every(({ heavyFunction }) => functionNames.has(heavyFunction!))
    && samples.filter(isInHeavyFunction).length > LEAST_SAMPLES
    && samples.some(isOwnSample);
}

function isInHeavyFunction({ frames }: SentSample): boolean {
  return frames.some(({ functionName }) => HEAVY_ROUTES.some(({ heavyFunction }) => heavyFunction === functionName));
}

function functionNamesIn(samples: readonly SentSample[]): ReadonlySet<string> {
  return new Set(samples.flatMap(({ frames }) => frames.map(({ functionName }) => functionName)));
}
