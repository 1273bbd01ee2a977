import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { Worker } from 'node:worker_threads';
import type { CallbackPool, EchoWorker, Surroundings } from './continuation.ts';

const ECHO = `const { parentPort } = require('node:worker_threads'); parentPort.on('message', (id) => parentPort.postMessage(id));`;
const CONNECTIONS = 4;
const COLLECTION_PAUSE_MILLIS = 500;

export interface SurroundingsOptions {
  readonly upstreamPort: number;
  /** Takes the samples of the window now. */
  readonly collect: () => void;
}

export interface OwnSurroundings extends Surroundings {
  close(): Promise<void>;
}

/** What a service makes at its start, outside of every request. */
export function createSurroundings({ upstreamPort, collect }: SurroundingsOptions): OwnSurroundings {
  return context.with(ROOT_CONTEXT, () => {
    const echo = createEchoWorker();
    let lastCollectionMillis = performance.now();
    return {
      upstream: { port: upstreamPort },
      pool: createPool(),
      echo,
      collect() {
        if (performance.now() - lastCollectionMillis < COLLECTION_PAUSE_MILLIS) return false;
        lastCollectionMillis = performance.now();
        collect();
        return true;
      },
      close: () => echo.close(),
    };
  });
}

function createPool(): CallbackPool {
  const queue: (() => void)[] = [];
  let free = CONNECTIONS;
  const next = (): void => {
    while (free > 0) {
      const callback = queue.shift();
      if (callback === undefined) return;
      free--;
      setTimeout(() => {
        free++;
        callback();
        next();
      }, 1);
    }
  };
  return {
    query(callback) {
      queue.push(callback);
      next();
    },
  };
}

function createEchoWorker(): EchoWorker & { close(): Promise<void> } {
  const worker = new Worker(ECHO, { eval: true, execArgv: [] });
  const asked = new Map<number, () => void>();
  let lastId = 0;
  worker.on('message', (id: number) => {
    const callback = asked.get(id);
    asked.delete(id);
    callback?.();
  });
  return {
    ask(callback) {
      asked.set(++lastId, callback);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a Worker, not a Window
      worker.postMessage(lastId);
    },
    async close() {
      await worker.terminate();
    },
  };
}
