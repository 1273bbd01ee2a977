import type { EndpointUsage } from '@flamespan/viewer';
import { createStore, endpointOfSpan, hottestFrames, slowestTrace, summarise, topEndpoints } from '@flamespan/viewer';
import { describe, expect, it } from 'vitest';
import { drawProfile, drawSpans, id, TRACE } from './drawing.ts';

const MILLI = 1_000_000;
const traceId = (n: number): string => n.toString(16).padStart(32, '0');

describe('topEndpoints', () => {
  const store = createStore();
  store.addProfiles([
    drawProfile(`
      10 10 8 1 GET_/a  main;a
      20 10 8 1 GET_/a  main;a
      30 10 4 2 POST_/b main;b
      40 10 0 - -       main
    `, { calls: { 'GET /a': 4, 'POST /b': 2, 'GET /never-sampled': 7 } }),
    drawProfile('1010 10 8 3 GET_/a main;a', { calls: { 'GET /a': 1 }, window: [1_000, 2_000] }),
    drawProfile('10 30 12 4 GET_/a main;a', { service: 'other' }),
  ]);
  const row = (usage: EndpointUsage): unknown[] => [usage.service, usage.endpoint, usage.calls, usage.samples, usage.wallNanos / MILLI, usage.cpuNanos / MILLI];

  it('adds up by service and endpoint over all profiles, most CPU first, what has no endpoint last', () => {
    expect(topEndpoints(store).map(row)).toEqual([
      ['shop', 'GET /a', 5, 3, 30, 24],
      ['other', 'GET /a', 0, 1, 30, 12],
      ['shop', 'POST /b', 2, 1, 10, 4],
      ['shop', 'GET /never-sampled', 7, 0, 0, 0],
      ['shop', undefined, 0, 1, 10, 0],
    ]);
  });

  it('divides by the calls, and by all CPU for the share', () => {
    const [a, other, b] = topEndpoints(store);
    expect(a).toMatchObject({ wallNanosPerCall: 6 * MILLI, cpuNanosPerCall: 4.8 * MILLI, cpuShare: 0.6, wallShare: 0.375 });
    expect(other).toMatchObject({ wallNanosPerCall: undefined, cpuNanosPerCall: undefined, cpuShare: 0.3 });
    expect(b).toMatchObject({ wallNanosPerCall: 5 * MILLI, cpuNanosPerCall: 2 * MILLI, cpuShare: 0.1 });
  });

  it('orders by wall time, limits, and looks at one service', () => {
    expect(topEndpoints(store, { orderBy: 'wall', limit: 2 }).map(row).map(([service]) => service)).toEqual(['shop', 'other']);
    expect(topEndpoints(store, { service: 'other' })).toMatchObject([{ service: 'other', cpuShare: 1 }]);
    expect(topEndpoints(store, { service: 'nobody' })).toEqual([]);
  });

  it('is empty for an empty store', () => {
    expect(topEndpoints(createStore())).toEqual([]);
  });
});

describe('slowestTrace', () => {
  const store = createStore();
  const http = (route: string): { attributes: Record<string, string> } => ({ attributes: { 'http.route': route, 'http.request.method': 'GET' } });
  store.addSpans(drawSpans('1 - 0 100 GET', { traceId: traceId(1), ...http('/a') }));
  // Its child runs on in the background: the call took 50 ms.
  store.addSpans(drawSpans('2 - 0 50 GET\n3 2 10 5000 job', { traceId: traceId(2), ...http('/b') }));
  // The slow call came from elsewhere, into another service.
  store.addSpans(drawSpans('4 - 0 80 GET', { traceId: traceId(3), ...http('/a') }));
  store.addSpans(drawSpans('5 4 10 400 GET', { traceId: traceId(3), service: 'stock', ...http('/c') }));
  store.addProfiles([drawProfile('10 10 9 1 GET_/a main', { traceId: traceId(1) })]);

  it.each([
    ['of all', {}, [3, '5']],
    ['of an endpoint', { endpoint: 'GET /a' }, [1, '1']],
    ['of another', { endpoint: 'GET /b' }, [2, '2']],
    ['of a service', { service: 'shop' }, [1, '1']],
    ['of both', { service: 'stock', endpoint: 'GET /c' }, [3, '5']],
    ['with samples', { sampled: true }, [1, '1']],
  ] as const)('%s', (_name, options, [trace, span]) => {
    expect(slowestTrace(store, options)).toMatchObject({ traceId: traceId(trace), localRoot: { spanId: id(span) } });
  });

  it.each([{ endpoint: 'GET /nowhere' }, { service: 'nobody' }, { service: 'stock', endpoint: 'GET /a' }])('is none for %j', (options) => {
    expect(slowestTrace(store, options)).toBeUndefined();
  });
});

describe('endpointOfSpan', () => {
  it.each([
    [{ 'http.request.method': 'GET', 'http.route': '/users/:id' }, 2, 'GET /users/:id'],
    [{ 'http.method': 'GET', 'http.route': '/old' }, 2, 'GET /old'],
    [{ 'http.route': '/bare' }, 1, '/bare'],
    [{ 'rpc.service': 'shop.Cart', 'rpc.method': 'AddItem' }, 2, 'shop.Cart/AddItem'],
    [{ 'rpc.method': 'AddItem' }, 2, 'AddItem'],
    [{ 'http.request.method': 'GET', 'url.path': '/x/17' }, 2, 'own name'],
    [{ 'http.request.method': 'GET', 'http.route': '/called' }, 3, undefined],
    [{ 'http.route': 7 }, 2, 'own name'],
    [{}, 4, undefined],
  ])('%j of kind %i is %s', (attributes, kind, endpoint) => {
    expect(endpointOfSpan({ ...drawSpans('1 - 0 1 x', { attributes })[0]!, name: 'own name', kind })).toBe(endpoint);
  });
});

describe('hottestFrames', () => {
  const frames = (samples: string): unknown[] => {
    const store = createStore();
    store.addProfiles([drawProfile(samples)]);
    return hottestFrames(store.samplesOfSpan(TRACE, id('1')), 3).map(({ name, filename, line, samples: count, wallNanos, cpuNanos }) => [name, filename, line, count, wallNanos / MILLI, cpuNanos / MILLI]);
  };

  it("puts time in Node.js, in dependencies and in the engine on the application's frame that called", () => {
    expect(frames(`
      10 10 9 1 GET_/a run@node:internal/main:1;handler@file:///app/src/a.ts:10;sort@file:///app/src/sort.ts:3
      20 10 9 1 GET_/a run@node:internal/main:1;handler@file:///app/src/a.ts:10;sort@file:///app/src/sort.ts:3;compare@/app/node_modules/lib/index.js:9
      30 10 9 1 GET_/a run@node:internal/main:1;handler@file:///app/src/a.ts:10;randomBytes@node:crypto:5
      40 10 9 1 GET_/a run@node:internal/main:1;handler@file:///app/src/a.ts:10;sort@file:///app/src/sort.ts:3;(garbage collector)
      50 10 9 2 GET_/a run@node:internal/main:1;other@file:///app/src/other.ts:1
    `)).toEqual([
      ['sort', 'file:///app/src/sort.ts', 3, 3, 30, 27],
      ['handler', 'file:///app/src/a.ts', 10, 1, 10, 9],
    ]);
  });

  it('falls back to the leaf where no frame is its own', () => {
    expect(frames(`
      10 10 9 1 GET_/a run@node:internal/main:1;parse@C:\\app\\node_modules\\lib\\index.js:9
    `)).toEqual([['parse', 'C:\\app\\node_modules\\lib\\index.js', 9, 1, 10, 9]]);
  });

  it('takes a folder that only sounds like dependencies for its own', () => {
    expect(frames('10 10 9 1 GET_/a main@/app/my_node_modules/x.ts:1;read@node:fs:2')).toMatchObject([['main', '/app/my_node_modules/x.ts', 1, 1, 10, 9]]);
  });

  it('adds up over profiles, each with a dictionary of its own, and keeps the hottest', () => {
    const store = createStore();
    store.addProfiles([
      drawProfile('10 10 9 1 GET_/a main@/app/a.ts:1;f@/app/f.ts:2\n20 10 9 1 GET_/a main@/app/a.ts:1;g@/app/g.ts:3'),
      drawProfile('1010 10 9 1 GET_/a z@/app/z.ts:9;h@/app/h.ts:4\n1020 25 9 1 GET_/a main@/app/a.ts:1;g@/app/g.ts:3', { window: [1_000, 2_000] }),
    ]);
    expect(hottestFrames(store.samplesOfSpan(TRACE, id('1')), 2).map(({ name, wallNanos }) => [name, wallNanos / MILLI])).toEqual([['g', 35], ['f', 10]]);
  });
});

describe('summarise', () => {
  it('says what the figures rest on', () => {
    const store = createStore();
    store.addProfiles([drawProfile('10 10 9 1 GET_/a main\n20 10 9 - - main\n30 10 9 - GET_/a main\n40 10 9 - - main')]);
    store.addSpans(drawSpans('1 - 0 1 x', { service: 'web' }));
    expect(summarise(store)).toMatchObject({ samples: 4, linkedSamples: 1, linkedShare: 0.25, services: ['shop', 'web'], samplingIntervalNanos: { min: 10_101_000, max: 10_101_000 } });
    expect(summarise(createStore())).toMatchObject({ linkedShare: 0, services: [], samplingIntervalNanos: undefined });
  });
});
