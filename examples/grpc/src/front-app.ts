import { status, type CallOptions, type ServiceError } from '@grpc/grpc-js';
import express, { type Express, type Request, type Response } from 'express';
import type { BidAnswer, CartClient, CartPrice, Offer, Reservation, StockLevels } from './cart-definition.ts';
import { chooseNextBid, describeOffer, formatPickingList, formatStockEvent, readImportFile, renderReceipt } from './front-work.ts';

const CALL_TIMEOUT_MILLIS = 10_000;
const IMPORT_SIZE = 20;
const LONGEST_QUERY = 40;
const FIRST_BID_CENTS = 3500;

function withDeadline(): CallOptions {
  return { deadline: Date.now() + CALL_TIMEOUT_MILLIS };
}

function answerFailure(response: Response, error: ServiceError): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  if (error.code !== status.INVALID_ARGUMENT) console.error(error.message);
  response.status(error.code === status.INVALID_ARGUMENT ? 400 : 502).json({ error: error.details });
}

/** The shop's front: each route makes one call to the service `shop.Cart`, one for each kind of call. */
export function createFront(cart: CartClient, closing: AbortSignal): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json());

  function handleNewItem(request: Request<{ id: string }>, response: Response): void {
    const { productId = 0, quantity = 0 } = (request.body ?? {}) as { productId?: number; quantity?: number };
    cart.addItem({ cartId: request.params.id, productId, quantity }, withDeadline(), (error, reply) => {
      if (error) answerFailure(response, error);
      else response.status(201).json(reply);
    });
  }

  function handleCartReceipt(request: Request<{ id: string }>, response: Response): void {
    cart.priceCart({ cartId: request.params.id }, withDeadline(), function answerReceipt(error, price) {
      if (error) answerFailure(response, error);
      else response.type('text').send(renderReceipt(price as CartPrice));
    });
  }

  async function handleReservation(request: Request<{ id: string }>, response: Response): Promise<void> {
    try {
      const { shelves } = await new Promise<Reservation>((resolve, reject) => {
        cart.reserveItems({ cartId: request.params.id }, withDeadline(), (error, reservation) => {
          if (error) reject(error);
          else resolve(reservation as Reservation);
        });
      });
      response.json(formatPickingList(shelves));
    } catch (error) {
      answerFailure(response, error as ServiceError);
    }
  }

  function handleOffers(request: Request, response: Response): void {
    const offers: string[] = [];
    const text = typeof request.query.q === 'string' ? request.query.q.slice(0, LONGEST_QUERY) : '';
    const call = cart.listOffers({ text }, withDeadline());
    call.on('data', function collectOffer(offer: Offer) {
      offers.push(describeOffer(offer));
    });
    call.on('error', (error: ServiceError) => answerFailure(response, error));
    call.on('end', () => response.json(offers));
  }

  function handleImport(_request: Request, response: Response): void {
    const file = Array.from({ length: IMPORT_SIZE }, (_, row) => `row;${row};item${row * 7919};${'spare part '.repeat(5)}${(row * 7) % IMPORT_SIZE}`).join('\n');
    const call = cart.importItems(withDeadline(), (error, summary) => {
      if (error) answerFailure(response, error);
      else response.json(summary);
    });
    for (const item of readImportFile(file)) call.write(item);
    call.end();
  }

  function handleBids(_request: Request, response: Response): void {
    let rounds = 1;
    const call = cart.haggle(withDeadline());
    call.on('data', function receiveBidAnswer({ accepted, askedCents }: BidAnswer) {
      if (accepted) {
        response.json({ rounds, cents: askedCents });
        call.end();
        return;
      }
      rounds++;
      call.write({ cents: chooseNextBid(askedCents) });
    });
    call.on('error', (error: ServiceError) => answerFailure(response, error));
    call.write({ cents: FIRST_BID_CENTS });
  }

  /** Server-sent events, until the browser goes away. */
  function handleStock(_request: Request, response: Response): void {
    const call = cart.watchStock({ productCount: 120 });
    const cancel = (): void => call.cancel();
    response.type('text/event-stream').flushHeaders();
    call.on('data', (levels: StockLevels) => response.write(formatStockEvent(levels)));
    call.on('error', () => response.end());
    call.on('end', () => response.end());
    closing.addEventListener('abort', cancel);
    response.once('close', () => {
      closing.removeEventListener('abort', cancel);
      cancel();
    });
  }

  app.post('/carts/:id/items', handleNewItem);
  app.get('/carts/:id/receipt', handleCartReceipt);
  app.post('/carts/:id/reservation', handleReservation);
  app.get('/offers', handleOffers);
  app.post('/imports', handleImport);
  app.post('/bids', handleBids);
  app.get('/stock', handleStock);
  return app;
}
