import type { Express, Request, Response } from 'express';
import type { Database } from './database.ts';

interface LedgerRow {
  ordered_on: string;
  quantity: number;
  price_cents: number;
}

/** Parses the date of every row, then finds that the year is missing. */
function sumLedger(rows: readonly LedgerRow[], year: number): number {
  let totalCents = 0;
  let found = false;
  for (const row of rows) {
    if (new Date(`${row.ordered_on}T00:00:00`).getFullYear() !== year) continue;
    found = true;
    totalCents += row.quantity * row.price_cents;
  }
  if (!found) throw new Error(`the ledger has no year ${year}`);
  return totalCents;
}

export function addReportRoutes(app: Express, database: Database): void {
  async function handleReport(request: Request<{ year: string }>, response: Response): Promise<void> {
    const rows = await database.query<LedgerRow>('SELECT ledger', `SELECT ordered_on, quantity, price_cents
      FROM orders JOIN order_lines ON order_lines.order_id = orders.id JOIN products ON products.id = product_id`);
    response.json({ year: Number(request.params.year), totalCents: sumLedger(rows, Number(request.params.year)) });
  }

  app.get('/reports/:year', handleReport);
}
