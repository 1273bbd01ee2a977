/** An Express service: a route with six awaits, as a small handler with a few queries has. */
import type { Express, NextFunction, Request, Response } from 'express';
import type http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { GCProfiler } from 'node:v8';
import type { AppReady, GarbageFigures, UsageFigures } from '../express-load.ts';
import { runningVariant } from './running-variant.ts';
import { serveCalls } from './serve-calls.ts';

// As CommonJS, which every tracer instruments without a loader thread.
const require = createRequire(import.meta.url);
const express = require('express') as () => Express;
const { createServer } = require('node:http') as typeof http;

interface Order {
  readonly id: number;
  readonly lines: { readonly name: string; readonly cents: number }[];
}

/** Stands for a query: the answer comes in a later turn of the event loop. */
async function loadOrder(id: number): Promise<Order> {
  await turn();
  return { id, lines: Array.from({ length: 8 }, (_, line) => ({ name: `article ${line}`, cents: 100 + ((id * 31 + line * 17) % 900) })) };
}

async function totalOf(order: Order): Promise<number> {
  await turn();
  return order.lines.reduce((sum, { cents }) => sum + cents, 0);
}

async function checkAccess(id: number): Promise<boolean> {
  await Promise.resolve();
  return id > 0;
}

const app = express();
app.use((_request: Request, response: Response, next: NextFunction) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
});
app.get('/orders/:id', async (request: Request, response: Response) => {
  const id = Number(request.params['id']);
  if (!(await checkAccess(id))) {
    response.status(403).end();
    return;
  }
  const order = await loadOrder(id);
  const total = await totalOf(order);
  const again = await loadOrder(id + 1);
  const rest = await totalOf(again);
  const shown = await Promise.resolve(JSON.stringify(order));
  response.json({ total, rest, length: shown.length });
});

let garbage: GCProfiler | undefined;
let heapBefore = 0;

function usage(): UsageFigures {
  const { user, system } = process.cpuUsage();
  const stats = runningVariant().stats?.();
  const thread = process.threadCpuUsage();
  return { cpuMicros: user + system, threadCpuMicros: thread.user + thread.system, rssBytes: process.memoryUsage.rss(), ...(stats === undefined ? {} : { stats }) };
}

function collectGarbage(): void {
  (globalThis as unknown as { gc(): void }).gc();
}

const server = createServer(app as Parameters<typeof createServer>[1]);
// The load's connections are kept while the process waits for its turn.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const { user, system } = process.cpuUsage();
  serveCalls(
    {
      port: (server.address() as AddressInfo).port,
      startMillis: performance.now(),
      startCpuMillis: (user + system) / 1_000,
      rssBytes: process.memoryUsage.rss(),
    } satisfies AppReady,
    {
      usage,
      flush: () => runningVariant().flush?.(),
      settledMemory: () => {
        collectGarbage();
        collectGarbage();
        const { rss, heapUsed, external } = process.memoryUsage();
        return { rssBytes: rss, heapBytes: heapUsed, externalBytes: external };
      },
      startGarbage: () => {
        collectGarbage();
        garbage = new GCProfiler();
        garbage.start();
        heapBefore = process.memoryUsage().heapUsed;
      },
      stopGarbage: (): GarbageFigures => {
        const heapAfter = process.memoryUsage().heapUsed;
        const collected = garbage?.stop()?.statistics ?? [];
        const freed = collected.reduce(
          (sum, { beforeGC, afterGC }) => sum + beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize, 0,
        );
        return { allocatedBytes: heapAfter - heapBefore + freed, gcMicros: collected.reduce((sum, { cost }) => sum + cost, 0) };
      },
    },
  );
});
