import { describe, test } from 'vitest';
import type { AppSettings } from '../src/messages.ts';
import { startService } from '../src/running-service.ts';

const REQUESTS_PER_ROUTE = 30;
const CLIENTS = 4;

interface Route {
  readonly burns: readonly string[];
  readonly method: 'GET' | 'POST';
  /** undefined: nothing answers but what answers all that is left. */
  readonly template: string | undefined;
  readonly path: (i: number) => string;
  readonly status: number;
}

const ROUTES: readonly Route[] = [
  { burns: ['burnHealth'], method: 'GET', template: '/health', path: () => '/health', status: 200 },
  { burns: ['burnItem'], method: 'GET', template: '/items/:id', path: (i) => `/items/id4711x${i}`, status: 200 },
  {
    burns: ['burnOrderLine'], method: 'POST', template: '/orders/:order/lines/:line',
    path: (i) => `/orders/id4711x${i}/lines/id4711y${i}`, status: 200,
  },
  { burns: ['burnShopGate', 'burnShopItem'], method: 'GET', template: '/shop/items/:id', path: (i) => `/shop/items/id4711x${i}`, status: 200 },
  { burns: ['burnShopGate', 'burnStock'], method: 'GET', template: '/shop/stock/:sku', path: (i) => `/shop/stock/id4711x${i}`, status: 200 },
  { burns: ['burnFailing'], method: 'GET', template: '/failing/:id', path: (i) => `/failing/id4711x${i}`, status: 500 },
  { burns: ['burnNotFound'], method: 'GET', template: undefined, path: (i) => `/nowhere/id4711x${i}`, status: 404 },
  { burns: ['burnShopGate', 'burnNotFound'], method: 'GET', template: undefined, path: (i) => `/shop/nowhere/id4711x${i}`, status: 404 },
];
/** Profiles are exported while its requests are in flight: what is not known of them then is never known. */
const HELD: Route = { burns: ['burnHeld'], method: 'GET', template: '/held/:id', path: (i) => `/held/id4711x${i}`, status: 200 };
const ALL = [...ROUTES, HELD];
const FUNCTIONS = [...new Set(ALL.flatMap(({ burns }) => burns))];

const withTemplate = ({ method, template }: Route): string => (template === undefined ? method : `${method} ${template}`);
const methodAlone = ({ method }: Route): string => method;

/** Statuses that were not as they should be. */
async function load(url: string, routes: readonly Route[], clients: number): Promise<string[]> {
  const pending = Array.from({ length: REQUESTS_PER_ROUTE }, (_, i) => routes.map((route) => ({ route, i }))).flat();
  const wrong: string[] = [];
  await Promise.all(Array.from({ length: clients }, async () => {
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      const { route: { method, path, status }, i } = next;
      const response = await fetch(`${url}${path(i)}?token=secret${i}`, { method, signal: AbortSignal.timeout(15_000) });
      await response.text();
      if (response.status !== status) wrong.push(`${method} ${path(i)}: ${response.status}`);
    }
  }));
  return wrong;
}

interface Row extends AppSettings {
  readonly endpoint: (route: Route) => string;
  /** Routers tell the route before the request ends. */
  readonly endpointOfHeld: string;
}

const ROUTED = { semanticConventions: 'stable', endpoint: withTemplate, endpointOfHeld: 'GET /held/:id' } as const;

describe.concurrent('endpoints and links', () => {
  test.for<readonly [title: string, Row]>([
    ['Express 4', { ...ROUTED, name: 'express-4', modules: 'commonjs' }],
    ['Express 5', { ...ROUTED, name: 'express-5', modules: 'esm' }],
    ['Express 5 with old semantic conventions', { ...ROUTED, name: 'express-5', modules: 'commonjs', semanticConventions: 'old' }],
    ['Fastify 5', { ...ROUTED, name: 'fastify', modules: 'esm' }],
    ['node:http', { ...ROUTED, name: 'node-http', modules: 'esm', endpoint: methodAlone, endpointOfHeld: '' }],
  ])('%s', async ([, { endpoint, endpointOfHeld, ...settings }], context) => {
    const { expect } = context;
    const service = await startService(context, settings);
    expect(await load(service.url, ROUTES, CLIENTS)).toEqual([]);
    expect(await load(service.url, [HELD], 1)).toEqual([]);
    const report = await service.report();

    expect(report.logged).toEqual([]);
    expect(report.methodAttributes).toEqual([settings.semanticConventions === 'old' ? 'http.method' : 'http.request.method']);

    expect(Object.keys(report.functions).toSorted()).toEqual(FUNCTIONS.toSorted());
    for (const [name, { samples, unlinked, endpoints, requests }] of Object.entries(report.functions)) {
      const routes = ALL.filter(({ burns }) => burns.includes(name));
      expect.soft(samples, name).toBeGreaterThanOrEqual(REQUESTS_PER_ROUTE / 3);
      expect.soft(unlinked, name).toBe(0);
      expect.soft(endpoints.toSorted(), name).toEqual([...new Set(routes.map((route) => (route === HELD ? endpointOfHeld : endpoint(route))))].toSorted());
      const sent = routes.flatMap(({ method, path }) => Array.from({ length: REQUESTS_PER_ROUTE }, (_, i) => `${method} ${path(i)}`));
      expect.soft(requests.filter((request) => !sent.includes(request)), name).toEqual([]);
    }

    const calls: Record<string, number> = {};
    for (const route of ALL) calls[endpoint(route)] = (calls[endpoint(route)] ?? 0) + REQUESTS_PER_ROUTE;
    expect.soft(report.endpointCalls).toEqual(calls);
    // What we call a route is what the instrumentations say of it.
    expect.soft(report.serverSpans).toEqual(calls);

    expect.soft(report.strings.filter((text) => /4711|secret/.test(text))).toEqual([]);
  });
});
