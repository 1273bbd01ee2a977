import { decodeOtlp } from '@flamespan/profile';
import { messageOf, startCaptureServer, type RecordedRequest, type RecordingServer } from '../../backends/src/http-recording.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatScores, totalScore } from '../src/attribution-score.ts';
import { scoreFunctions, type FunctionScores } from '../src/function-score.ts';
import { runGrpcExample, type GrpcExampleRun } from '../src/grpc-example.ts';
import { LOADED_FUNCTIONS, STREAM_FUNCTIONS, type ScoredFunction } from '../src/grpc-functions.ts';
import { describeSample, isOwnSample } from '../src/own-samples.ts';
import { samplesOf, type SentSample } from '../src/sent-samples.ts';
import { CLIENT_KIND, SERVER_KIND, spansOf, type SentSpan } from '../src/sent-spans.ts';

const LOAD_SECONDS = 12;
const LEAST_LINKED_SHARE = 0.95;
const FUNCTIONS = [...LOADED_FUNCTIONS, ...STREAM_FUNCTIONS];
const HEAVY_FUNCTIONS = FUNCTIONS.filter(({ heavy }) => heavy);
const CART_METHODS = ['AddItem', 'PriceCart', 'ReserveItems', 'ListOffers', 'ImportItems', 'Haggle', 'WatchStock'];

describe('the gRPC example under load', () => {
  let receiver: RecordingServer;
  let example: GrpcExampleRun;
  let samples: readonly SentSample[];
  let spans: readonly SentSpan[];
  let result: FunctionScores;

  const sentTo = (path: string): RecordedRequest[] => receiver.requests.filter((request) => request.path === path);
  const rpcSpans = (kind: number): SentSpan[] => spans.filter((span) => span.kind === kind && span.attributes.has('rpc.method'));

  beforeAll(async () => {
    receiver = await startCaptureServer();
    const receivedSamples = (): SentSample[] => sentTo('/v1development/profiles').flatMap((request) => decodeOtlp(messageOf(request)).profiles).flatMap(samplesOf);
    example = await runGrpcExample({
      endpoint: receiver.url,
      seconds: LOAD_SECONDS,
      duringLoad: (url) => watchStock(url, LOAD_SECONDS * 1000),
      // Which of the functions the few samples of one run meet is a matter of chance.
      isEnough: () => {
        const received = receivedSamples();
        return HEAVY_FUNCTIONS.every((heavy) => isAmong(received, heavy));
      },
    });
    samples = receivedSamples();
    spans = spansOf(sentTo('/v1/traces').map(messageOf));
    result = scoreFunctions(samples, spans, FUNCTIONS);
    console.log(`${example.loadOutput}\n\n${formatScores(result.scores)}\n${samples.length} samples in all`);
  }, 180_000);
  afterAll(() => receiver?.close());

  test('both processes served the load, flushed and ended in order, with nothing to complain about', () => {
    expect(example.complaints).toEqual([]);
    expect(example.log).toMatch(/^The grpc example's shop-cart:\n {2}\| listening on \S+\nThe grpc example's shop-front:\n {2}\| listening on \S+$/);
  });

  test('the instrumentation names every method as the endpoint does', () => {
    const named = (kind: number): Set<string> => new Set(rpcSpans(kind).map(({ name, attributes }) => `${name}: ${attributes.get('rpc.service')}/${attributes.get('rpc.method')}`));
    const expected = new Set(CART_METHODS.map((method) => `grpc.shop.Cart/${method}: shop.Cart/${method}`));
    expect(named(SERVER_KIND)).toEqual(expected);
    expect(named(CLIENT_KIND)).toEqual(expected);
  });

  test.each(HEAVY_FUNCTIONS)('$functionName is among the samples of $service', (heavy) => {
    expect(isAmong(samples, heavy)).toBe(true);
  });

  test('at least 95 % of the samples in named functions carry a Link', () => {
    const { samples: scored, linked } = totalScore(result.scores);
    expect(scored).toBeGreaterThan(150);
    expect(linked / scored, formatScores(result.scores)).toBeGreaterThanOrEqual(LEAST_LINKED_SHARE);
  });

  test('a Link names the span that was active, of this process and this call', () => {
    expect(result.wrongLinks, formatScores(result.scores)).toEqual([]);
  });

  test('an endpoint is the method of the service, and the route of the front', () => {
    const { linked, named, wrongEndpoint } = totalScore(result.scores);
    expect(wrongEndpoint, formatScores(result.scores)).toBe(0);
    expect(named / linked, formatScores(result.scores)).toBeGreaterThanOrEqual(LEAST_LINKED_SHARE);
  });

  test('a trace crosses both processes, and the profiles of both link to it', () => {
    const clientSpans = new Set(rpcSpans(CLIENT_KIND).map(({ service, traceId, spanId }) => `${service} ${traceId} ${spanId}`));
    const calls = rpcSpans(SERVER_KIND);
    expect(calls.length).toBeGreaterThan(100);
    expect(calls.filter(({ service, traceId, parentSpanId }) => service !== 'shop-cart' || !clientSpans.has(`shop-front ${traceId} ${parentSpanId}`))).toEqual([]);

    const tracesOf = (service: string): Set<string> => new Set(samples.flatMap(({ link, ...sample }) => (sample.service === service && link !== undefined ? [link.traceId] : [])));
    const tracesOfFront = tracesOf('shop-front');
    expect([...tracesOf('shop-cart')].filter((traceId) => tracesOfFront.has(traceId)).length).toBeGreaterThan(20);
  });

  test('nothing of our own collecting and sending carries a Link', () => {
    const own = samples.filter(isOwnSample);
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(({ link, endpoint }) => link !== undefined || endpoint !== undefined).map(describeSample)).toEqual([]);
  });

  test('uploads create no spans', () => {
    const { port } = new URL(receiver.url);
    expect(sentTo('/v1development/profiles').length).toBeGreaterThan(3);
    expect(spans.filter(({ attributes }) => [...attributes.values()].some((value) => String(value) === port || /\/v1(development)?\//.test(String(value))))).toEqual([]);
    expect(spans.filter(({ kind, attributes }) => kind === CLIENT_KIND && !attributes.has('rpc.method'))).toEqual([]);
  });
});

function isAmong(samples: readonly SentSample[], { functionName, service }: ScoredFunction): boolean {
  return samples.some((sample) => sample.service === service && sample.frames.some((frame) => frame.functionName === functionName));
}

/** Reads the stock as a browser would that is closed after a while. */
async function watchStock(url: string, durationMillis: number): Promise<void> {
  const closed = AbortSignal.timeout(durationMillis);
  const response = await fetch(new URL('/stock', url), { signal: closed });
  try {
    for await (const _chunk of response.body!) expect(response.status).toBe(200);
  } catch (error) {
    if (!closed.aborted) throw error;
  }
}
