import type { Express, Request, Response } from 'express';
import type { Database } from './database.ts';

interface ProductRow {
  id: number;
  name: string;
  category: string;
  description: string;
  price_cents: number;
  sold: number;
  details: string;
}

const LONGEST_SEARCH = 40;

function compareForRanking(left: ProductRow, right: ProductRow): number {
  const leftWeight = Math.round(Math.log1p(left.sold) * 3);
  const rightWeight = Math.round(Math.log1p(right.sold) * 3);
  return rightWeight - leftWeight || left.name.localeCompare(right.name, 'en', { numeric: true });
}

/** Sorts everything for the sake of a first page, with a collation that is set up anew for each comparison. */
function rankProducts(products: readonly ProductRow[]): ProductRow[] {
  return [...products].sort(compareForRanking);
}

/** The two leading repetitions make a description that does not match cost the square of its length. */
function findDescriptions(products: readonly ProductRow[], text: string): ProductRow[] {
  const literal = text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const pattern = new RegExp(`\\w+ .*${literal}$`, 'i');
  const found: ProductRow[] = [];
  for (const product of products) {
    if (pattern.test(product.description)) found.push(product);
  }
  return found;
}

/** Parses one JSON column per product only to write it out again. */
function serializeCatalog(products: readonly ProductRow[]): string {
  const categories: Record<string, object[]> = {};
  for (const { category, details, ...product } of products) {
    (categories[category] ??= []).push({ ...product, details: JSON.parse(details) as unknown });
  }
  return JSON.stringify(categories, undefined, 1);
}

export function addProductRoutes(app: Express, database: Database): void {
  const loadProducts = (): Promise<ProductRow[]> => database.query<ProductRow>('SELECT products', 'SELECT * FROM products');

  async function handleSortedProducts(_request: Request, response: Response): Promise<void> {
    const bestsellers = await database.query<ProductRow>('SELECT products', 'SELECT * FROM products WHERE sold > 180');
    response.json(rankProducts(bestsellers).slice(0, 20));
  }

  async function handleSearch(request: Request, response: Response): Promise<void> {
    const text = request.query.q;
    if (typeof text !== 'string' || text === '' || text.length > LONGEST_SEARCH) {
      response.status(400).json({ error: `q must have 1 to ${LONGEST_SEARCH} characters` });
      return;
    }
    response.json(findDescriptions(await loadProducts(), text).map((product) => product.name));
  }

  async function handleCatalog(_request: Request, response: Response): Promise<void> {
    response.type('json').send(serializeCatalog(await loadProducts()));
  }

  async function handleProduct(request: Request<{ id: string }>, response: Response): Promise<void> {
    const [product] = await database.query<ProductRow>('SELECT products', 'SELECT * FROM products WHERE id = ?', request.params.id);
    if (product === undefined) {
      response.status(404).json({ error: `no product ${request.params.id}` });
      return;
    }
    response.json(product);
  }

  app.get('/products/sorted', handleSortedProducts);
  app.get('/products/:id', handleProduct);
  app.get('/search', handleSearch);
  app.get('/catalog', handleCatalog);
}
