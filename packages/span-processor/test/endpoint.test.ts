import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import { context, diag, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { samplesOf } from './support/samples.ts';
import type { SetUpOptions } from './support/set-up.ts';
import { setUp } from './support/set-up.ts';

interface Labelled {
  readonly label: string;
  readonly calls: ReadonlyMap<string, number>;
}

async function endpointFor(name: string, kind: SpanKind, attributes: Attributes, options: SetUpOptions = {}): Promise<Labelled> {
  await using scene = setUp(options);
  const { tracer, binding, processor, exporter } = scene;
  tracer.startActiveSpan(name, { kind }, (root) => {
    binding.sample('main;handler');
    root.setAttributes(attributes);
    root.end();
  });
  await processor.forceFlush();
  const [profile] = exporter.profiles;
  return { label: samplesOf(exporter.profiles)[0]?.endpoint ?? '', calls: profile?.endpointCalls ?? new Map() };
}

describe('endpoint', () => {
  test.each<[string, string, SpanKind, Attributes, string]>([
    ['stable HTTP names', 'GET /users/:id', SpanKind.SERVER, { 'http.request.method': 'GET', 'http.route': '/users/:id', 'url.path': '/users/7' }, 'GET /users/:id'],
    ['old HTTP names', 'POST /login', SpanKind.SERVER, { 'http.method': 'POST', 'http.route': '/login', 'http.target': '/login?a=b' }, 'POST /login'],
    ['route without method', 'x', SpanKind.SERVER, { 'http.route': '/health' }, '/health'],
    ['a method that the client made up', 'x', SpanKind.SERVER, { 'http.method': 'x-7 secret', 'http.route': '/a' }, '_OTHER /a'],
    ['HTTP without a route', 'GET', SpanKind.SERVER, { 'http.request.method': 'GET', 'url.path': '/users/7' }, 'GET'],
    ['a name with the raw path', 'GET /users/7', SpanKind.SERVER, { 'http.request.method': 'GET', 'url.path': '/users/7' }, 'GET'],
    ['a name with the raw target', 'HTTP GET /users/7', SpanKind.SERVER, { 'http.method': 'GET', 'http.target': '/users/7?token=s' }, 'GET'],
    ['a name with the raw path and no method', 'serve /users/7', SpanKind.INTERNAL, { 'url.path': '/users/7' }, ''],
    ['a name with a query', 'find?user=7', SpanKind.INTERNAL, {}, ''],
    ['a name that is a URL', 'fetch http://a/b', SpanKind.INTERNAL, {}, ''],
    ['RPC service and method', 'x', SpanKind.SERVER, { 'rpc.system': 'grpc', 'rpc.service': 'shop.Cart', 'rpc.method': 'AddItem' }, 'shop.Cart/AddItem'],
    ['fully qualified RPC method', 'x', SpanKind.SERVER, { 'rpc.method': 'shop.Cart/AddItem' }, 'shop.Cart/AddItem'],
    ['both', 'x', SpanKind.SERVER, { 'rpc.service': 'shop.Cart', 'rpc.method': 'shop.Cart/AddItem' }, 'shop.Cart/AddItem'],
    ['messaging', 'x', SpanKind.CONSUMER, { 'messaging.operation.name': 'process', 'messaging.destination.template': 'orders.{region}', 'messaging.destination.name': 'orders.eu' }, 'process orders.{region}'],
    ['old messaging', 'x', SpanKind.CONSUMER, { 'messaging.operation': 'receive', 'messaging.destination.template': 'orders.{region}' }, 'receive orders.{region}'],
    ['messaging without a template', 'process orders', SpanKind.CONSUMER, { 'messaging.operation.name': 'process', 'messaging.destination.name': 'orders.7' }, 'process orders'],
    ['a root span of the user\'s own', 'nightly report', SpanKind.INTERNAL, {}, 'nightly report'],
    ['not for outgoing calls', 'x', SpanKind.CLIENT, { 'rpc.service': 'shop.Cart', 'rpc.method': 'AddItem' }, ''],
    ['not for producers', 'send orders', SpanKind.PRODUCER, {}, ''],
    ['odd values', '', SpanKind.SERVER, { 'http.route': '', 'rpc.method': 7 }, ''],
  ])('%s', async (_, name, kind, attributes, expected) => {
    const { label, calls } = await endpointFor(name, kind, attributes);
    expect(label).toBe(expected);
    expect([...calls]).toEqual(expected === '' ? [] : [[expected, 1]]);
  });

  test('a rename after the start counts', async () => {
    await using scene = setUp();
    scene.tracer.startActiveSpan('first', (root) => {
      scene.binding.sample('main;handler');
      root.updateName('second');
      root.end();
    });
    await scene.processor.forceFlush();
    expect(samplesOf(scene.exporter.profiles)).toMatchObject([{ endpoint: 'second' }]);
  });

  test('long names are cut, and beyond the limit of distinct names all are one', async () => {
    await using scene = setUp({ maxEndpoints: 3 });
    for (const name of ['a'.repeat(1_000), 'b', 'c', 'd', 'e', 'b']) {
      scene.tracer.startActiveSpan(name, (root) => { scene.binding.sample(`main;${name[0]}`); root.end(); });
    }
    await scene.processor.forceFlush();
    expect([...(scene.exporter.profiles[0]?.endpointCalls ?? [])]).toEqual([
      [`${'a'.repeat(199)}…`, 1], ['b', 2], ['c', 1], ['__other__', 2],
    ]);
    expect(new Set(samplesOf(scene.exporter.profiles).map(({ endpoint }) => endpoint)).size).toBe(4);
  });

  test('a rule of the user\'s own has the last word, within the limits', async () => {
    const http = { 'http.request.method': 'GET', 'http.route': '/a' };
    expect((await endpointFor('x', SpanKind.SERVER, http, { resolveEndpoint: (_, name) => `v2 ${name}` })).label).toBe('v2 GET /a');
    expect((await endpointFor('x', SpanKind.SERVER, http, { resolveEndpoint: () => undefined })).label).toBe('');
    expect((await endpointFor('x', SpanKind.SERVER, http, { resolveEndpoint: () => 7 as never })).label).toBe('');
    expect((await endpointFor('x', SpanKind.SERVER, http, { resolveEndpoint: () => { throw new Error('rule'); } })).label).toBe('GET /a');
    expect((await endpointFor('x', SpanKind.SERVER, http, { maxEndpoints: 0, resolveEndpoint: () => 'n' })).label).toBe('__other__');
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

  const brokenAttributes = (span: Span): Span => Object.defineProperty(span, 'attributes', { get() { throw new Error('attributes are broken'); } });
  test.each<[string, (tracer: Tracer) => Span, number]>([
    ['without a name', (tracer) => tracer.startSpan(undefined as never), 0],
    ['whose name is taken away', (tracer) => tracer.startSpan('x').updateName(undefined as never), 0],
    ['that is wrapped, without attributes', (tracer) => {
      const inner = tracer.startSpan('x');
      return { spanContext: () => inner.spanContext(), isRecording: () => true, end: () => inner.end() } as Span;
    }, 0],
    ['whose attributes throw', (tracer) => brokenAttributes(tracer.startSpan('x')), 1],
  ])('a span %s has none, the others have theirs', async (_, start, messages) => {
    const said: string[] = [];
    const silent = (): void => {};
    diag.setLogger({ error: (...args) => said.push(args.join(' ')), warn: silent, info: silent, debug: silent, verbose: silent }, { suppressOverrideMessage: true });
    await using scene = setUp({ exportIntervalMillis: 100, endpointGraceMillis: 60_000, linkScope: 'local-root' });
    const { tracer, binding, processor, exporter } = scene;
    const odd = start(tracer);
    context.with(trace.setSpan(ROOT_CONTEXT, odd), () => binding.sample('main;odd'));
    const good = tracer.startSpan('good');
    context.with(trace.setSpan(ROOT_CONTEXT, good), () => binding.sample('main;good'));
    good.end();
    await processor.forceFlush();
    expect(samplesOf(exporter.profiles)).toMatchObject([{ leaf: 'odd', endpoint: '' }, { leaf: 'good', endpoint: 'good' }]);
    expect(samplesOf(exporter.profiles)[0]?.spanId).toBe(odd.spanContext().spanId);

    // Its end lets the window go that waits for both.
    const later = tracer.startSpan('later');
    context.with(trace.setSpan(ROOT_CONTEXT, odd), () => binding.sample('main;odd'));
    context.with(trace.setSpan(ROOT_CONTEXT, later), () => binding.sample('main;later'));
    await sleep(150);
    odd.end();
    later.end();
    if (!('updateName' in odd)) await processor.forceFlush();
    await expect.poll(() => samplesOf(exporter.profiles).map(({ leaf, endpoint }) => [leaf, endpoint]), { timeout: 30_000 })
      .toEqual([['odd', ''], ['good', 'good'], ['odd', ''], ['later', 'later']]);
    expect(said.filter((text) => text.includes('naming an endpoint'))).toHaveLength(messages);
    diag.disable();
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
    await expect.poll(() => samplesOf(exporter.profiles), { timeout: 30_000 }).toMatchObject([{ leaf: 'handler', endpoint: 'GET /slow' }]);
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
      await expect.poll(() => samplesOf(exporter.profiles), { timeout: 30_000 }).toMatchObject([{ leaf: 'handler', endpoint: 'GET /stream/:id' }]);
    });
    root.end();
  });

  test('an RPC is named from its start: a long stream holds no window up', async () => {
    await using scene = setUp({ exportIntervalMillis: 100, endpointGraceMillis: 60_000 });
    const attributes = { 'rpc.service': 'shop.Cart', 'rpc.method': 'Watch' };
    await scene.tracer.startActiveSpan('stream', { kind: SpanKind.SERVER, attributes }, async (root) => {
      scene.binding.sample('main;stream');
      await expect.poll(() => samplesOf(scene.exporter.profiles), { timeout: 30_000 }).toMatchObject([{ endpoint: 'shop.Cart/Watch' }]);
      root.end();
    });
  });

  test.each(['forceFlush', 'stop', 'shutdown'] as const)('%s does not wait for requests in flight', async (method) => {
    await using scene = setUp({ endpointGraceMillis: 60_000 });
    const { tracer, binding, processor, exporter } = scene;
    const attributes = { 'http.request.method': 'GET', 'url.path': '/a' };
    await tracer.startActiveSpan('root', { attributes }, async (root) => {
      binding.sample('main;handler');
      await processor[method]();
      expect(samplesOf(exporter.profiles)).toMatchObject([{ leaf: 'handler', endpoint: '' }]);
      root.end();
    });
  });
});
