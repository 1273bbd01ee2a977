import type { Server } from 'node:http';
import { FastifyOtelInstrumentation } from '@fastify/otel';
import type { fastify as Fastify, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  burnFailing, burnHealth, burnHeld, burnItem, burnNotFound, burnOrderLine, burnShopGate, burnShopItem, burnStock, work,
} from '../work.ts';
import type { Flush } from '../work.ts';

function handler(burn: () => void): () => Promise<string> {
  return async () => {
    await work(burn);
    return '';
  };
}

export async function startFastify(fastify: typeof Fastify, flush: Flush): Promise<Server> {
  const app = fastify();
  await app.register(new FastifyOtelInstrumentation().plugin());

  const notFound = async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    await work(burnNotFound);
    return reply.code(404).send();
  };
  const stock = async (scope: FastifyInstance): Promise<void> => {
    scope.get('/:sku', handler(burnStock));
  };
  const shop = async (scope: FastifyInstance): Promise<void> => {
    scope.addHook('preHandler', () => work(burnShopGate));
    scope.get('/items/:id', handler(burnShopItem));
    scope.setNotFoundHandler(notFound);
    await scope.register(stock, { prefix: '/stock' });
  };

  app.get('/health', handler(burnHealth));
  app.get('/items/:id', handler(burnItem));
  app.post('/orders/:order/lines/:line', handler(burnOrderLine));
  app.get('/held/:id', async () => {
    await work(burnHeld);
    await flush();
    return '';
  });
  await app.register(shop, { prefix: '/shop' });
  app.get('/failing/:id', async () => {
    await work(burnFailing);
    throw new Error('as it should');
  });
  app.setNotFoundHandler(notFound);

  await app.listen({ host: '127.0.0.1', port: 0 });
  return app.server;
}
