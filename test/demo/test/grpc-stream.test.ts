import { decodeOtlp } from '@flamespan/profile';
import { credentials } from '@grpc/grpc-js';
import { startChild, type Child } from '../../../examples/demo/src/child.ts';
import { Cart, type CartClient } from '../../../examples/grpc/src/cart-definition.ts';
import { messageOf, startCaptureServer, type RecordingServer } from '../../backends/src/http-recording.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { samplesOf, type SentSample } from '../src/sent-samples.ts';
import { spansOf, type SentSpan } from '../src/sent-spans.ts';

let receiver: RecordingServer;
let service: Child;
let client: CartClient;

beforeEach(async () => {
  receiver = await startCaptureServer();
  service = startChild({
    args: ['--import', new URL('../fixtures/patient-instrumentation.ts', import.meta.url).href, 'src/server.ts'],
    directory: new URL('../../../examples/grpc/', import.meta.url),
    environment: { ...process.env, PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_LOG_LEVEL: 'warn' },
  });
  const ended = service.exited.then(() => Promise.reject(new Error(service.lastLines().join('\n'))));
  ended.catch(() => undefined);
  const [, address] = await Promise.race([service.waitForLine(/listening on (\S+)/), ended]);
  client = new Cart(address!, credentials.createInsecure());
});
afterEach(async () => {
  client?.close();
  await service?.stop(0);
  await receiver?.close();
});

function sentSamples(): SentSample[] {
  return receiver.requests.filter(({ path }) => path === '/v1development/profiles').flatMap((request) => decodeOtlp(messageOf(request)).profiles).flatMap(samplesOf);
}

function sentSpans(): SentSpan[] {
  return spansOf(receiver.requests.filter(({ path }) => path === '/v1/traces').map(messageOf));
}

test('profiles of a stream arrive with its endpoint while it is open, though windows wait for requests in flight', async () => {
  const stream = client.watchStock({ productCount: 500 });
  const over = new Promise<void>((resolve) => {
    stream.once('error', () => resolve());
    stream.once('end', resolve);
  });
  stream.resume();
  const ofStream = (): SentSample[] => sentSamples().filter(({ frames }) => frames.some(({ functionName }) => functionName === 'renderStockLevels'));
  await expect.poll(ofStream, { timeout: 30_000, interval: 200 }).not.toEqual([]);
  const samples = ofStream();
  expect(sentSpans()).toEqual([]);

  // The caller goes away; the service ends its side, and with it the span.
  stream.cancel();
  await over;
  expect(await service.stop(20_000), service.lastLines().join('\n')).toEqual({ code: 0, signal: null });
  expect(service.lastLines(), 'no complaint in the log').toHaveLength(1);
  const spans = sentSpans();
  expect(spans.map(({ name }) => name)).toEqual(['grpc.shop.Cart/WatchStock']);
  expect(new Set(samples.map(({ endpoint }) => endpoint))).toEqual(new Set(['shop.Cart/WatchStock']));
  expect(new Set(samples.map(({ link }) => link?.spanId))).toEqual(new Set([spans[0]!.spanId]));
});

test.each([
  { method: 'ImportItems', open: () => client.importItems({}, () => undefined) },
  { method: 'Haggle', open: () => client.haggle({}) },
])('a caller that gives up ends the span of $method', async ({ method, open }) => {
  const call = open();
  call.on('error', () => undefined);
  // On the same connection: once it is answered, the service knows of the first call.
  await new Promise<void>((resolve, reject) => {
    client.addItem({ cartId: '1', productId: 1, quantity: 1 }, {}, (error) => (error ? reject(error) : resolve()));
  });
  call.cancel();
  expect(await service.stop(20_000), service.lastLines().join('\n')).toEqual({ code: 0, signal: null });
  expect(sentSpans().map(({ name }) => name).toSorted()).toEqual(['grpc.shop.Cart/AddItem', `grpc.shop.Cart/${method}`]);
});

test('a service that ends while a stream is open ends the stream in order, and sends its span', async () => {
  const stream = client.watchStock({ productCount: 1 });
  const ended = new Promise((resolve, reject) => {
    stream.once('end', resolve);
    stream.once('error', reject);
  });
  await new Promise((resolve) => stream.once('data', resolve));
  stream.resume();
  expect(await service.stop(20_000), service.lastLines().join('\n')).toEqual({ code: 0, signal: null });
  await ended;
  expect(sentSpans().map(({ name }) => name)).toEqual(['grpc.shop.Cart/WatchStock']);
});
