import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { setImmediate as immediate } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { context } from '@opentelemetry/api';
import type { Continuation } from '../continuation.ts';
import { burnIn } from './scheduling.ts';

const foreignStorage = new AsyncLocalStorage<object>();
const unboundQueue: (() => void)[] = [];

export const asyncContext: Readonly<Record<string, Continuation>> = {
  async asyncResource(run) {
    const resource = new AsyncResource('test');
    await run.tracer.startActiveSpan('other', async (other) => {
      resource.runInAsyncScope(() => run.burn());
      run.burn(other);
      await immediate();
      resource.runInAsyncScope(() => run.burn());
      run.burn(other);
      other.end();
    });
    run.burn();
  },
  async asyncResourceThrows(run) {
    const resource = new AsyncResource('test');
    await run.tracer.startActiveSpan('other', async (other) => {
      try {
        resource.runInAsyncScope(() => {
          run.burn();
          throw new Error('expected');
        });
      } catch {
        run.burn(other);
      }
      await immediate();
      run.burn(other);
      other.end();
    });
  },
  async asyncResourceBind(run) {
    const bound = AsyncResource.bind(() => run.burn());
    run.tracer.startActiveSpan('other', (other) => {
      bound();
      run.burn(other);
      other.end();
    });
  },
  async snapshot(run) {
    const inSnapshot = AsyncLocalStorage.snapshot();
    await run.tracer.startActiveSpan('other', async (other) => {
      inSnapshot(() => run.burn());
      run.burn(other);
      await immediate();
      inSnapshot(() => run.burn());
      run.burn(other);
      other.end();
    });
  },
  async storageBind(run) {
    const bound = AsyncLocalStorage.bind(() => run.burn());
    run.tracer.startActiveSpan('other', (other) => {
      bound();
      run.burn(other);
      other.end();
    });
  },
  async foreignStorageRun(run) {
    await foreignStorage.run({ id: run.id }, async () => {
      run.burn();
      await immediate();
      run.burn();
      run.tracer.startActiveSpan('inside', (child) => {
        run.burn(child);
        foreignStorage.exit(() => run.burn(child));
        child.end();
      });
      run.burn();
    });
    run.burn();
  },
  async foreignStorageEnterWith(run) {
    foreignStorage.enterWith({ id: run.id });
    run.burn();
    await immediate();
    run.burn();
  },
  pool: (run) => burnIn(run, (callback) => run.surroundings.pool.query(AsyncResource.bind(callback))),
  async poolAwait(run) {
    await new Promise<void>((resolve) => {
      run.surroundings.pool.query(resolve);
    });
    run.burn();
  },
  /** Runs in the context of whoever empties the queue. */
  async unboundQueue(run) {
    await new Promise<void>((resolve) => {
      unboundQueue.push(() => {
        run.burnAsReported();
        resolve();
      });
      setImmediate(() => unboundQueue.shift()?.());
    });
  },
  workerMessageBound: (run) => burnIn(run, (callback) => run.surroundings.echo.ask(context.bind(context.active(), callback))),
  async workerMessageAwait(run) {
    await new Promise<void>((resolve) => {
      run.surroundings.echo.ask(resolve);
    });
    run.burn();
  },
  async messageChannel(run) {
    const { port1, port2 } = new MessageChannel();
    await new Promise<void>((resolve) => {
      port2.once('message', () => {
        run.burnAsReported();
        resolve();
      });
      port1.postMessage('hello');
    });
    port1.close();
    run.burn();
  },
  async eventTarget(run) {
    const abort = new AbortController();
    abort.signal.addEventListener('abort', () => run.burnAsReported());
    await run.tracer.startActiveSpan('aborts', async (child) => {
      abort.abort();
      run.burn(child);
      child.end();
    });
  },
};
