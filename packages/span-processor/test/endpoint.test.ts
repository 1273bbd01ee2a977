import type { Attributes } from '@opentelemetry/api';
import { context, SpanKind, trace } from '@opentelemetry/api';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { samplesOf } from './support/samples.ts';
import { setUp } from './support/set-up.ts';

async function endpointFor(attributes: Attributes, kind: SpanKind): Promise<{ label: string; calls: ReadonlyMap<string, number> }> {
  await using scene = setUp();
  const { tracer, binding, processor, exporter } = scene;
  tracer.startActiveSpan('root', { kind }, (root) => {
    binding.sample('main;handler');
    root.setAttributes(attributes);
    root.end();
  });
  await processor.forceFlush();
  const [profile] = exporter.profiles;
  return { label: samplesOf(exporter.profiles)[0]?.endpoint ?? '', calls: profile?.endpointCalls ?? new Map() };
}

describe('endpoint', () => {
  test.each<[string, Attributes, SpanKind, string]>([
    ['stable HTTP names', { 'http.request.method': 'GET', 'http.route': '/users/:id', 'url.path': '/users/7' }, SpanKind.SERVER, 'GET /users/:id'],
    ['old HTTP names', { 'http.method': 'POST', 'http.route': '/login', 'http.target': '/login?a=b' }, SpanKind.SERVER, 'POST /login'],
    ['route without method', { 'http.route': '/health' }, SpanKind.SERVER, '/health'],
    ['RPC service and method', { 'rpc.system': 'grpc', 'rpc.service': 'shop.Cart', 'rpc.method': 'AddItem' }, SpanKind.SERVER, 'shop.Cart/AddItem'],
    ['fully qualified RPC method', { 'rpc.method': 'shop.Cart/AddItem' }, SpanKind.SERVER, 'shop.Cart/AddItem'],
    ['never a raw path', { 'http.request.method': 'GET', 'url.path': '/users/7' }, SpanKind.SERVER, ''],
    ['not for outgoing calls', { 'rpc.service': 'shop.Cart', 'rpc.method': 'AddItem' }, SpanKind.CLIENT, ''],
    ['nothing known', {}, SpanKind.INTERNAL, ''],
    ['odd values', { 'http.route': '', 'rpc.method': 7 }, SpanKind.SERVER, ''],
  ])('%s', async (_, attributes, kind, expected) => {
    const { label, calls } = await endpointFor(attributes, kind);
    expect(label).toBe(expected);
    expect([...calls]).toEqual(expected === '' ? [] : [[expected, 1]]);
  });

  test('samples of children carry the endpoint of their local root', async () => {
    await using scene = setUp();
    const { tracer, binding, processor, exporter } = scene;
    tracer.startActiveSpan('root', (root) => {
      tracer.startActiveSpan('child', (child) => {
        binding.sample('main;child');
        child.setAttribute('http.route', '/not/mine');
        child.end();
      });
      root.setAttributes({ 'http.request.method': 'GET', 'http.route': '/a' });
      root.end();
    });
    await processor.forceFlush();
    expect(samplesOf(exporter.profiles)).toMatchObject([{ leaf: 'child', endpoint: 'GET /a' }]);
    expect([...(exporter.profiles[0]?.endpointCalls ?? [])]).toEqual([['GET /a', 1]]);
  });

  test('a window waits for requests in flight, and goes when the last of them ends', async () => {
    await using scene = setUp({ exportIntervalMillis: 100, endpointGraceMillis: 60_000 });
    const { tracer, binding, exporter } = scene;
    await tracer.startActiveSpan('root', async (root) => {
      binding.sample('main;handler');
      await sleep(350);
      expect(exporter.profiles).toHaveLength(0);
      root.setAttributes({ 'http.request.method': 'GET', 'http.route': '/slow' });
      root.end();
    });
    await expect.poll(() => samplesOf(exporter.profiles)).toMatchObject([{ leaf: 'handler', endpoint: 'GET /slow' }]);
  });

  test('after the grace the best name known so far goes: the route that the router noted', async () => {
    await using scene = setUp({ exportIntervalMillis: 100, endpointGraceMillis: 50 });
    const { tracer, binding, exporter } = scene;
    const rpcMetadata: { route?: string } = {};
    const rpcKey = Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA');
    const root = tracer.startSpan('root', { kind: SpanKind.SERVER, attributes: { 'http.request.method': 'GET' } });
    await context.with(trace.setSpan(context.active(), root).setValue(rpcKey, rpcMetadata), async () => {
      rpcMetadata.route = '/stream/:id';
      binding.sample('main;handler');
      await expect.poll(() => samplesOf(exporter.profiles)).toMatchObject([{ leaf: 'handler', endpoint: 'GET /stream/:id' }]);
    });
    root.end();
  });

  test.each(['forceFlush', 'stop', 'shutdown'] as const)('%s does not wait for requests in flight', async (method) => {
    await using scene = setUp({ endpointGraceMillis: 60_000 });
    const { tracer, binding, processor, exporter } = scene;
    await tracer.startActiveSpan('root', async (root) => {
      binding.sample('main;handler');
      await processor[method]();
      expect(samplesOf(exporter.profiles)).toMatchObject([{ leaf: 'handler', endpoint: '' }]);
      root.end();
    });
  });
});
