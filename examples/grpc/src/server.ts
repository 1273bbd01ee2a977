import { Server, ServerCredentials } from '@grpc/grpc-js';
import { Cart } from './cart-definition.ts';
import { createCartService } from './cart-service.ts';

/** Calls and telemetry that are still under way this long after a signal are given up. */
const SHUTDOWN_DEADLINE_MILLIS = 15_000;

const port = Number(process.env.PORT ?? 50_051);
const closing = new AbortController();
const server = new Server();
server.addService(Cart.service, createCartService(closing.signal));
server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, boundPort) => {
  if (error !== null) {
    console.error(error.message.includes('EADDRINUSE') ? `Port ${port} is taken. Choose another one: PORT=50052` : error);
    process.exit(1);
  }
  console.log(`listening on 127.0.0.1:${boundPort}`);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    setTimeout(() => process.exit(1), SHUTDOWN_DEADLINE_MILLIS).unref();
    closing.abort();
    server.tryShutdown((error) => {
      if (error !== undefined) console.error(error);
    });
  });
}
