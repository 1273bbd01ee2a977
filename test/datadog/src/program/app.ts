/** A small service, the same under both tracers. Ends when its standard input does. */
import type { AddressInfo } from 'node:net';
import { deflate } from 'node:zlib';
import express from 'express';
import { installedTracing } from './tracing.ts';

const tracing = installedTracing();
const kept: object[] = [];

function busyFor(millis: number): number {
  const end = performance.now() + millis;
  let sum = 0;
  while (performance.now() < end) sum += Math.sqrt(sum + 1);
  return sum;
}

function sortOrders(): number {
  return busyFor(30);
}

function countStock(): number {
  return busyFor(30);
}

function renderPage(): number {
  return busyFor(20);
}

function workInTheDark(): number {
  return busyFor(30);
}

function tidyUp(): number {
  return busyFor(20);
}

/** Allocates what stays alive: 2 MB, of which one sample is taken in half a megabyte. */
function keepOrders(): void {
  for (let i = 0; i < 5_000; i++) kept.push({ order: i, lines: Array.from({ length: 40 }, () => i) });
  if (kept.length > 50_000) kept.splice(0, 25_000);
}

const app = express();
app.get('/orders/:id', (_request, response) => {
  tracing.inSpan('sort', sortOrders);
  keepOrders();
  renderPage();
  // Work of other threads.
  deflate(Buffer.alloc(2_000_000, 'order'), () => response.send('sorted'));
});
app.get('/stock', (_request, response) => {
  tracing.withLabels({ tenant: 'acme' }, () => tracing.inSpan('count', countStock));
  response.send('counted');
});
app.get('/dark', (_request, response) => {
  tracing.drop();
  tracing.inSpan('unseen', workInTheDark);
  response.send('done');
});

const tidying = setInterval(tidyUp, 100);
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`listening ${(server.address() as AddressInfo).port}`);
});
process.stdin.resume().on('end', () => {
  clearInterval(tidying);
  server.close();
  server.closeAllConnections();
  void tracing.stop().then(() => process.exit());
});
