import type { Express, Request, Response } from 'express';
import type { Database } from './database.ts';

interface OrderRow {
  id: number;
  customer_id: number;
  ordered_on: string;
}

interface LineRow {
  product_id: number;
  quantity: number;
}

interface PricedProductRow {
  name: string;
  price_cents: number;
}

export function addOrderRoutes(app: Express, database: Database): void {
  /** A new number format for each amount is what makes this slow. */
  function formatInvoiceLine(line: LineRow, product: PricedProductRow): string {
    const amounts: string[] = [];
    for (const currency of ['EUR', 'USD', 'JPY']) {
      const format = new Intl.NumberFormat('de-DE', { style: 'currency', currency });
      amounts.push(format.format((line.quantity * product.price_cents) / 100));
    }
    return `${line.quantity} x ${product.name}: ${amounts.join(' / ')}`;
  }

  /** One query for each line of the order: the classic N+1. */
  async function loadInvoiceLines(orderId: number): Promise<string[]> {
    const lines = await database.query<LineRow>('SELECT order_lines', 'SELECT product_id, quantity FROM order_lines WHERE order_id = ?', orderId);
    const texts: string[] = [];
    for (const line of lines) {
      const [product] = await database.query<PricedProductRow>('SELECT products', 'SELECT name, price_cents FROM products WHERE id = ?', line.product_id);
      if (product !== undefined) texts.push(formatInvoiceLine(line, product));
    }
    return texts;
  }

  async function handleOrder(request: Request<{ id: string }>, response: Response): Promise<void> {
    const [order] = await database.query<OrderRow>('SELECT orders', 'SELECT * FROM orders WHERE id = ?', request.params.id);
    if (order === undefined) {
      response.status(404).json({ error: `no order ${request.params.id}` });
      return;
    }
    const [customer] = await database.query<{ email: string }>('SELECT customers', 'SELECT email FROM customers WHERE id = ?', order.customer_id);
    const lines = await loadInvoiceLines(order.id);
    response.json({ id: order.id, orderedOn: order.ordered_on, customer: customer?.email, lines });
  }

  app.get('/orders/:id', handleOrder);
}
