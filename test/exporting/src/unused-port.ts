import { createServer } from 'node:net';

/** A port on which nothing listens: none of those that the system gives to servers of tests that run at the same time. */
export async function unusedPort(): Promise<number> {
  const server = createServer();
  const port = 10_000 + Math.floor(Math.random() * 20_000);
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!free) return unusedPort();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
