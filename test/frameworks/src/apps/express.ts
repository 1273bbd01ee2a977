import type { Server } from 'node:http';
import type Express from 'express';
import type { RequestHandler, Response } from 'express';
import {
  burnFailing, burnHealth, burnHeld, burnItem, burnNotFound, burnOrderLine, burnShopGate, burnShopItem, burnStock, work,
} from '../work.ts';
import type { Flush } from '../work.ts';

function handler(burn: () => void, answer: (response: Response) => void | Promise<void> = (response) => void response.end()): RequestHandler {
  return (_request, response, next) => {
    work(burn).then(() => answer(response)).catch(next);
  };
}

/** With the module of either major version: what is used of it is the same in both. */
export function startExpress(express: typeof Express, flush: Flush): Promise<Server> {
  const stock = express.Router();
  stock.get('/:sku', handler(burnStock));

  const shop = express.Router();
  shop.use((_request, _response, next) => {
    work(burnShopGate).then(() => next(), next);
  });
  shop.get('/items/:id', handler(burnShopItem));
  shop.use('/stock', stock);

  const app = express();
  app.get('/health', handler(burnHealth));
  app.get('/items/:id', handler(burnItem));
  app.post('/orders/:order/lines/:line', handler(burnOrderLine));
  app.get('/held/:id', handler(burnHeld, async (response) => {
    await flush();
    response.end();
  }));
  app.use('/shop', shop);
  app.get('/failing/:id', handler(burnFailing, () => {
    throw new Error('as it should');
  }));
  app.use(handler(burnNotFound, (response) => void response.status(404).end()));

  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server));
  });
}
