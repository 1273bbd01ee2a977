import { status, type sendUnaryData, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { handleAddItem, handlePriceCart } from './carts.ts';
import { handleHaggle } from './haggling.ts';
import { handleImportItems } from './imports.ts';
import { handleListOffers } from './offers.ts';
import { handleReserveItems } from './reservations.ts';
import { createStockHandler } from './stock.ts';

function toServiceError(error: unknown): { code: status; details: string } {
  console.error(error);
  return { code: status.INTERNAL, details: 'internal error' };
}

/** gRPC wants a callback; a promise answers through it. */
function answerUnary<Request, Reply>(handler: (request: Request) => Promise<Reply>) {
  return ({ request }: { request: Request }, callback: sendUnaryData<Reply>): void => {
    handler(request).then((reply) => callback(null, reply), (error: unknown) => callback(toServiceError(error)));
  };
}

interface WritableCall {
  readonly cancelled: boolean;
  readonly writableFinished: boolean;
  destroy(error: Error): unknown;
  once(event: 'cancelled', listener: () => void): unknown;
}

/** A stream ends with an error when its handler fails, and when the caller gives it up: its span ends with it. */
function answerStream<Call extends WritableCall>(handler: (call: Call) => Promise<void>) {
  return (call: Call): void => {
    call.once('cancelled', () => {
      // It is also said after an end in order.
      if (!call.writableFinished) call.destroy(Object.assign(new Error('cancelled'), { code: status.CANCELLED }));
    });
    handler(call).catch((error: unknown) => {
      if (!call.cancelled) call.destroy(Object.assign(new Error('failed'), toServiceError(error)));
    });
  };
}

/** What `shop.Cart` does. Streams without an end of their own end when `closing` is aborted. */
export function createCartService(closing: AbortSignal): UntypedServiceImplementation {
  return {
    addItem: handleAddItem,
    priceCart: handlePriceCart,
    reserveItems: answerUnary(handleReserveItems),
    listOffers: answerStream(handleListOffers),
    importItems: handleImportItems,
    haggle: answerStream(handleHaggle),
    watchStock: answerStream(createStockHandler(closing)),
  };
}
