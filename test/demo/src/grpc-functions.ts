/** A function of examples/grpc, where it runs and for whom. Its name is unique in the example. */
export interface ScoredFunction {
  readonly functionName: string;
  readonly service: 'shop-cart' | 'shop-front';
  readonly endpoint: string;
  /**
   * Names of the spans that may be active while no other scored function runs in it, as OpenTelemetry's own
   * `trace.getActiveSpan()` names them. A client's callbacks run in the CLIENT span of the call, which has ended then.
   */
  readonly spans: readonly string[];
  /** Most of the time goes there, before the answer: it must be found among the samples. */
  readonly heavy: boolean;
}

const HANDLER_SPAN = 'request handler';

function servedBy(method: string, functions: Readonly<Record<string, 'handler' | 'heavy'>>, ...childSpans: readonly string[]): ScoredFunction[] {
  return Object.entries(functions).map(([functionName, weight]) => ({
    functionName,
    service: 'shop-cart',
    endpoint: `shop.Cart/${method}`,
    spans: [`grpc.shop.Cart/${method}`, ...childSpans],
    heavy: weight === 'heavy',
  }));
}

function onFront(functionName: string, endpoint: string, span: string): ScoredFunction {
  return { functionName, service: 'shop-front', endpoint, spans: [span], heavy: true };
}

export const LOADED_FUNCTIONS: readonly ScoredFunction[] = [
  // Unary, in a span made by hand.
  ...servedBy('PriceCart', { handlePriceCart: 'handler' }, 'split into parcels'),
  { functionName: 'splitIntoParcels', service: 'shop-cart', endpoint: 'shop.Cart/PriceCart', spans: ['split into parcels'], heavy: true },
  ...servedBy('AddItem', { handleAddItem: 'handler' }),
  // Unary, after an await.
  ...servedBy('ReserveItems', { planPicking: 'heavy' }),
  ...servedBy('ReserveItems', { handleReserveItems: 'handler', askWarehouse: 'handler' }, 'ask warehouse'),
  // Server streaming, between and after awaits.
  ...servedBy('ListOffers', { handleListOffers: 'handler', findSimilarOffer: 'heavy' }),
  // Client streaming, in 'data' and 'end' callbacks.
  ...servedBy('ImportItems', { handleImportItems: 'handler', receiveItemCode: 'handler', verifyItemCode: 'heavy', finishImport: 'handler', findFirstName: 'heavy' }),
  // Bidirectional, in an async iteration.
  ...servedBy('Haggle', { handleHaggle: 'handler', simulateMargin: 'heavy' }),
  // The client's callbacks: unary, and 'data' of streams.
  onFront('renderReceipt', 'GET /carts/:id/receipt', 'grpc.shop.Cart/PriceCart'),
  onFront('describeOffer', 'GET /offers', 'grpc.shop.Cart/ListOffers'),
  onFront('chooseNextBid', 'POST /bids', 'grpc.shop.Cart/Haggle'),
  // After awaiting a call, and before writing to one.
  onFront('formatPickingList', 'POST /carts/:id/reservation', HANDLER_SPAN),
  onFront('readImportFile', 'POST /imports', HANDLER_SPAN),
];

/** Timer callbacks of a stream that is open the whole time. */
export const STREAM_FUNCTIONS: readonly ScoredFunction[] = servedBy('WatchStock', { renderStockLevels: 'heavy', sendStockLevels: 'handler', handleWatchStock: 'handler' });
