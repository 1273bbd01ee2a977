/** The functions of examples/express that serve one route and nothing else. Their names are unique in the process. */
export interface ServedRoute {
  readonly route: string;
  readonly handler: string;
  /** Where its time goes; undefined where there is hardly any. */
  readonly heavyFunction?: string;
}

export const SERVED_ROUTES: readonly ServedRoute[] = [
  { route: 'GET /products/sorted', handler: 'handleSortedProducts', heavyFunction: 'rankProducts' },
  { route: 'GET /products/:id', handler: 'handleProduct' },
  { route: 'GET /search', handler: 'handleSearch', heavyFunction: 'findDescriptions' },
  { route: 'GET /catalog', handler: 'handleCatalog', heavyFunction: 'serializeCatalog' },
  // hashPassword also makes the accounts at start-up, isPassword only answers logins.
  { route: 'POST /login', handler: 'handleLogin', heavyFunction: 'isPassword' },
  { route: 'GET /orders/:id', handler: 'handleOrder', heavyFunction: 'formatInvoiceLine' },
  { route: 'GET /baskets/:id/price', handler: 'handleBasketPrice', heavyFunction: 'chooseCoupons' },
  { route: 'GET /delivery/:country', handler: 'handleDelivery' },
  { route: 'GET /reports/:year', handler: 'handleReport', heavyFunction: 'sumLedger' },
];
