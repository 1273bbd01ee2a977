/** One kind of request in the mix, with the route that should answer it. */
export interface Traffic {
  readonly route: string;
  readonly perSecond: number;
  readonly expectedStatus: number;
  /** `number` grows by one with each request of this kind. */
  request(number: number): { path: string; method?: string; body?: object };
}

export const TRAFFIC: readonly Traffic[] = [
  { route: 'POST /carts/:id/items', perSecond: 3, expectedStatus: 201, request: (number) => ({ path: `/carts/${number}/items`, method: 'POST', body: { productId: number, quantity: 1 } }) },
  { route: 'POST /carts/:id/items (none)', perSecond: 1, expectedStatus: 400, request: (number) => ({ path: `/carts/${number}/items`, method: 'POST', body: { productId: number, quantity: 0 } }) },
  { route: 'GET /carts/:id/receipt', perSecond: 6, expectedStatus: 200, request: (number) => ({ path: `/carts/${number}/receipt` }) },
  { route: 'POST /carts/:id/reservation', perSecond: 6, expectedStatus: 200, request: (number) => ({ path: `/carts/${number}/reservation`, method: 'POST' }) },
  { route: 'GET /offers', perSecond: 5, expectedStatus: 200, request: (number) => ({ path: `/offers?q=${['teapot', 'copper', 'marble'][number % 3]}` }) },
  { route: 'POST /imports', perSecond: 5, expectedStatus: 200, request: () => ({ path: '/imports', method: 'POST' }) },
  { route: 'POST /bids', perSecond: 5, expectedStatus: 200, request: () => ({ path: '/bids', method: 'POST' }) },
];
