/** One kind of request in the mix, with the route that should answer it. */
export interface Traffic {
  readonly route: string;
  readonly weight: number;
  readonly expectedStatus: number;
  /** `number` grows by one with each request. */
  request(number: number): { path: string; method?: string; body?: object };
}

export const TRAFFIC: readonly Traffic[] = [
  { route: 'GET /products/sorted', weight: 4, expectedStatus: 200, request: () => ({ path: '/products/sorted' }) },
  { route: 'GET /products/:id', weight: 4, expectedStatus: 200, request: (number) => ({ path: `/products/${1 + (number % 2000)}` }) },
  { route: 'GET /products/:id (unknown)', weight: 1, expectedStatus: 404, request: (number) => ({ path: `/products/${100_000 + number}` }) },
  { route: 'GET /search', weight: 4, expectedStatus: 200, request: (number) => ({ path: `/search?q=${['teapot', 'copper', 'marble'][number % 3]}` }) },
  { route: 'GET /catalog', weight: 3, expectedStatus: 200, request: () => ({ path: '/catalog' }) },
  {
    route: 'POST /login',
    weight: 4,
    expectedStatus: 200,
    request: (number) => {
      const id = 1 + (number % 20);
      return { path: '/login', method: 'POST', body: { email: `customer${id}@shop.example`, password: `password${id}` } };
    },
  },
  { route: 'GET /orders/:id', weight: 8, expectedStatus: 200, request: (number) => ({ path: `/orders/${1 + (number % 500)}` }) },
  { route: 'GET /baskets/:id/price', weight: 4, expectedStatus: 200, request: (number) => ({ path: `/baskets/${number}/price` }) },
  { route: 'GET /delivery/:country', weight: 4, expectedStatus: 200, request: (number) => ({ path: `/delivery/${['fi', 'peru', 'canada'][number % 3]}` }) },
  { route: 'GET /reports/:year', weight: 2, expectedStatus: 200, request: (number) => ({ path: `/reports/${2020 + (number % 7)}` }) },
  { route: 'GET /reports/:year (fails)', weight: 1, expectedStatus: 500, request: () => ({ path: '/reports/1999' }) },
  { route: 'GET /nowhere', weight: 1, expectedStatus: 404, request: () => ({ path: '/nowhere' }) },
];

/** Every kind as often as its weight says, spread evenly over a round. */
export function planRound(traffic: readonly Traffic[]): Traffic[] {
  return traffic
    .flatMap((kind, order) => Array.from({ length: kind.weight }, (_, turn) => ({ kind, place: (turn + 0.5) / kind.weight, order })))
    .sort((left, right) => left.place - right.place || left.order - right.order)
    .map(({ kind }) => kind);
}
