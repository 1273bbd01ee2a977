import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { credentials } from '@grpc/grpc-js';
import { Cart } from './cart-definition.ts';
import { createFront } from './front-app.ts';

/** Requests and telemetry that are still under way this long after a signal are given up. */
const SHUTDOWN_DEADLINE_MILLIS = 15_000;

const port = Number(process.env.PORT ?? 3000);
const closing = new AbortController();
const cart = new Cart(process.env.CART_ADDRESS ?? '127.0.0.1:50051', credentials.createInsecure());
const server = createServer(createFront(cart, closing.signal));

server.on('error', (error: NodeJS.ErrnoException) => {
  console.error(error.code === 'EADDRINUSE' ? `Port ${port} is taken. Choose another one: PORT=3001` : error);
  process.exit(1);
});
server.listen(port, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    setTimeout(() => process.exit(1), SHUTDOWN_DEADLINE_MILLIS).unref();
    closing.abort();
    server.close(() => cart.close());
    server.closeIdleConnections();
  });
}
