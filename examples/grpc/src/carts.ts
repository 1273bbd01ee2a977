import { status, type handleUnaryCall } from '@grpc/grpc-js';
import { trace } from '@opentelemetry/api';
import type { AddItemReply, AddItemRequest, CartPrice, CartRequest } from './cart-definition.ts';

const tracer = trace.getTracer('shop.carts');
const PARCEL_LIMIT_GRAMS = 5000;
const ITEMS_PER_CART = 10;

/** The same items for a cart every time. */
function weighItems(cartId: string): number[] {
  const seed = Buffer.from(cartId).reduce((sum, byte) => sum + byte, 0);
  return Array.from({ length: ITEMS_PER_CART }, (_, index) => 300 + ((seed * 37 + index * 911) % 2400));
}

/** Tries every way to share the items out to parcels, with a copy of everything at each step. */
function splitIntoParcels(items: readonly number[], parcels: readonly number[] = []): readonly number[] {
  const [item, ...rest] = items;
  if (item === undefined) return parcels;
  let best = splitIntoParcels(rest, [...parcels, item]);
  for (const [index, grams] of parcels.entries()) {
    if (grams + item > PARCEL_LIMIT_GRAMS) continue;
    const candidate = splitIntoParcels(rest, parcels.with(index, grams + item));
    if (candidate.length < best.length) best = candidate;
  }
  return best;
}

export const handlePriceCart: handleUnaryCall<CartRequest, CartPrice> = (call, callback) => {
  const parcelGrams = tracer.startActiveSpan('split into parcels', (span) => {
    try {
      return [...splitIntoParcels(weighItems(call.request.cartId))];
    } finally {
      span.end();
    }
  });
  callback(null, { totalCents: 1990 + parcelGrams.length * 490, parcelGrams });
};

/** Nothing here is slow. */
export const handleAddItem: handleUnaryCall<AddItemRequest, AddItemReply> = (call, callback) => {
  if (call.request.quantity < 1) {
    callback({ code: status.INVALID_ARGUMENT, details: 'quantity must be at least 1' });
    return;
  }
  callback(null, { lineCount: ITEMS_PER_CART + 1 });
};
