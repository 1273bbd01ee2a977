import { once } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { StockLevels, StockQuery } from './cart-definition.ts';

const UPDATE_INTERVAL_MILLIS = 200;
const MOST_PRODUCTS = 1000;

/** A new number format for each line is what makes this slow. */
function renderStockLevels(productCount: number, turn: number): string[] {
  const lines: string[] = [];
  for (let product = 0; product < productCount; product++) {
    const format = new Intl.NumberFormat('de-DE', { style: 'unit', unit: 'kilogram' });
    lines.push(`${product}: ${format.format(((product + turn) * 7919) % 5000)}`);
  }
  return lines;
}

/** The stock several times a second, until the caller goes away or `closing` says that this process ends. */
export function createStockHandler(closing: AbortSignal): (call: ServerWritableStream<StockQuery, StockLevels>) => Promise<void> {
  return async function handleWatchStock(call) {
    const productCount = Math.min(call.request.productCount, MOST_PRODUCTS);
    let turn = 0;
    const timer = setInterval(function sendStockLevels() {
      call.write({ lines: renderStockLevels(productCount, turn++) });
    }, UPDATE_INTERVAL_MILLIS);
    function endInOrder(): void {
      clearInterval(timer);
      call.end();
    }
    closing.addEventListener('abort', endInOrder);
    if (closing.aborted) endInOrder();
    try {
      await once(call, 'close');
    } finally {
      clearInterval(timer);
      closing.removeEventListener('abort', endInOrder);
    }
  };
}
