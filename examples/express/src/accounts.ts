import type { Express, Request, Response } from 'express';
import type { Database } from './database.ts';
import { isPassword } from './password.ts';

interface CustomerRow {
  id: number;
  salt: string;
  password_hash: string;
}

export function addAccountRoutes(app: Express, database: Database): void {
  async function handleLogin(request: Request, response: Response): Promise<void> {
    const { email, password } = (request.body ?? {}) as { email?: unknown; password?: unknown };
    if (typeof email !== 'string' || typeof password !== 'string') {
      response.status(400).json({ error: 'email and password are needed' });
      return;
    }
    const [customer] = await database.query<CustomerRow>('SELECT customers', 'SELECT id, salt, password_hash FROM customers WHERE email = ?', email);
    if (customer === undefined || !isPassword(password, customer.salt, customer.password_hash)) {
      response.status(401).json({ error: 'wrong email or password' });
      return;
    }
    response.json({ customerId: customer.id });
  }

  app.post('/login', handleLogin);
}
