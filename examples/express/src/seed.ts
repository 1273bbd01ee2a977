import type { DatabaseSync } from 'node:sqlite';
import { hashPassword } from './password.ts';

export const PRODUCT_COUNT = 2000;
export const CUSTOMER_COUNT = 20;
export const ORDER_COUNT = 500;
const LINES_PER_ORDER = 8;

const ADJECTIVES = ['quiet', 'sturdy', 'folding', 'painted', 'woven', 'copper', 'smooth', 'hollow', 'portable', 'heated'];
const NOUNS = ['kettle', 'lantern', 'drawer', 'blanket', 'ladder', 'mirror', 'bucket', 'carpet', 'whistle', 'teapot'];
const CATEGORIES = ['kitchen', 'garden', 'office', 'travel', 'workshop'];

/** Numbers in [0, 1) that are the same in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Fills an empty database with the same shop every time; leaves a filled one alone. */
export function seedDatabase(sqlite: DatabaseSync): void {
  sqlite.exec(`
    CREATE TABLE IF NOT EXISTS products (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL, description TEXT NOT NULL,
      price_cents INTEGER NOT NULL, sold INTEGER NOT NULL, details TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS customers (
      id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, salt TEXT NOT NULL, password_hash TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS orders (
      id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers, ordered_on TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS order_lines (
      order_id INTEGER NOT NULL REFERENCES orders, product_id INTEGER NOT NULL REFERENCES products, quantity INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS order_lines_by_order ON order_lines (order_id);
  `);
  if (sqlite.prepare('SELECT 1 FROM products LIMIT 1').get() !== undefined) return;

  const random = createRandom(20_261_121);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

  sqlite.exec('BEGIN');
  const insertProduct = sqlite.prepare('INSERT INTO products VALUES (?, ?, ?, ?, ?, ?, ?)');
  for (let id = 1; id <= PRODUCT_COUNT; id++) {
    const name = `${pick(ADJECTIVES)} ${pick(NOUNS)} ${id}`;
    const words = Array.from({ length: 10 }, () => (random() < 0.5 ? pick(ADJECTIVES) : pick(NOUNS)));
    const details = { weightGrams: Math.floor(random() * 5000), tags: [pick(ADJECTIVES), pick(ADJECTIVES)], sizesMillimetres: [random(), random(), random()].map((size) => Math.round(size * 900)) };
    insertProduct.run(id, name, pick(CATEGORIES), words.join(' '), 100 + Math.floor(random() * 20_000), Math.floor(random() * 300), JSON.stringify(details));
  }
  const insertCustomer = sqlite.prepare('INSERT INTO customers VALUES (?, ?, ?, ?)');
  for (let id = 1; id <= CUSTOMER_COUNT; id++) {
    const salt = `salt-${id}`;
    insertCustomer.run(id, `customer${id}@shop.example`, salt, hashPassword(`password${id}`, salt));
  }
  const insertOrder = sqlite.prepare('INSERT INTO orders VALUES (?, ?, ?)');
  const insertLine = sqlite.prepare('INSERT INTO order_lines VALUES (?, ?, ?)');
  for (let id = 1; id <= ORDER_COUNT; id++) {
    insertOrder.run(id, 1 + Math.floor(random() * CUSTOMER_COUNT), `202${Math.floor(random() * 7)}-0${1 + Math.floor(random() * 9)}-15`);
    for (let line = 0; line < LINES_PER_ORDER; line++) {
      insertLine.run(id, 1 + Math.floor(random() * PRODUCT_COUNT), 1 + Math.floor(random() * 4));
    }
  }
  sqlite.exec('COMMIT');
}
