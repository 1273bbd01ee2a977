import express, { type ErrorRequestHandler, type Express } from 'express';
import { addAccountRoutes } from './accounts.ts';
import { addBasketRoutes } from './baskets.ts';
import type { Database } from './database.ts';
import { addDeliveryRoutes } from './delivery.ts';
import { addOrderRoutes } from './orders.ts';
import { addProductRoutes } from './products.ts';
import { addReportRoutes } from './reports.ts';

const answerServerError: ErrorRequestHandler = (error, request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  console.error(`${request.method} ${request.path}: ${error instanceof Error ? error.message : String(error)}`);
  response.status(500).json({ error: 'Internal Server Error' });
};

export function createShop(database: Database): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json());
  addProductRoutes(app, database);
  addAccountRoutes(app, database);
  addOrderRoutes(app, database);
  addBasketRoutes(app, database);
  addDeliveryRoutes(app);
  addReportRoutes(app, database);
  app.use(answerServerError);
  return app;
}
