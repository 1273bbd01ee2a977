import { setTimeout } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import type { Express, Request, Response } from 'express';
import type { Database } from './database.ts';

const tracer = trace.getTracer('shop.baskets');
const COUPONS_PERCENT = [2, 3, 5, 7, 11, 13, 4, 6, 8, 9, 10, 12];
const MOST_COUPONS = 3;

interface BasketItem {
  price_cents: number;
}

/** Tries every combination of coupons: 2^12 of them for each item. */
function chooseCoupons(items: readonly BasketItem[]): number {
  let bestTotal = Number.POSITIVE_INFINITY;
  for (let combination = 0; combination < 2 ** COUPONS_PERCENT.length; combination++) {
    let total = 0;
    for (const item of items) {
      let price = item.price_cents;
      let used = 0;
      for (const [bit, percent] of COUPONS_PERCENT.entries()) {
        if ((combination & (1 << bit)) !== 0 && used++ < MOST_COUPONS) price -= (price * percent) / 100;
      }
      total += price;
    }
    bestTotal = Math.min(bestTotal, total);
  }
  return Math.round(bestTotal);
}

/** Stands for a tax service elsewhere: time passes, this thread does nothing. */
async function askTaxService(totalCents: number): Promise<number> {
  await setTimeout(15);
  return Math.round(totalCents * 0.19);
}

export function addBasketRoutes(app: Express, database: Database): void {
  function priceBasket(basketId: string): Promise<{ totalCents: number; taxCents: number }> {
    return tracer.startActiveSpan('price basket', { attributes: { 'shop.basket.id': basketId } }, async (span) => {
      try {
        const items = await database.query<BasketItem>('SELECT products', 'SELECT price_cents FROM products WHERE id % 200 = ? % 200', basketId);
        const totalCents = tracer.startActiveSpan('choose coupons', (couponSpan) => {
          try {
            return chooseCoupons(items);
          } finally {
            couponSpan.end();
          }
        });
        return { totalCents, taxCents: await askTaxService(totalCents) };
      } finally {
        span.end();
      }
    });
  }

  async function handleBasketPrice(request: Request<{ id: string }>, response: Response): Promise<void> {
    response.json(await priceBasket(request.params.id));
  }

  app.get('/baskets/:id/price', handleBasketPrice);
}
