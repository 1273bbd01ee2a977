import type { Context } from '@opentelemetry/api';
import { createHook } from 'node:async_hooks';
import type { SampleRecord } from './context-record.ts';
import { recordOfContext } from './context-record.ts';
import type { ContextStorage } from './context-storage.ts';

const kAmbient: unique symbol = Symbol.for('flamespan.ambient.v1');

/** Who wants to know. One for each storage, shared by the copies of this package; it stays when sampling stops. */
interface Ambient {
  enter: ((context: Context | undefined) => void) | undefined;
}

/** Deeper synchronous nesting of callbacks than any program has: what is left over from ends that were never told. */
const MAX_DEPTH = 1_000;

/**
 * For processes without AsyncContextFrame, where the sampler cannot look into the current frame: tells it the record
 * of every activation. `run` and `enterWith` of the context manager's storage tell of those in running code, an
 * async hook of those that a callback or a continuation brings.
 *
 * Returns a function that stops telling.
 */
export function hookAmbientActivation(storage: ContextStorage, setCurrent: (record: SampleRecord | undefined) => void): () => void {
  let current: Context | undefined;
  const enter = (context: Context | undefined): void => {
    current = context;
    try {
      setCurrent(context === undefined || context === null ? undefined : recordOfContext(context, storage));
    } catch {
      // A Context of somebody else's making: its samples carry no span.
      setCurrent(undefined);
    }
  };

  // A callback may be called synchronously, as by `AsyncResource.runInAsyncScope`, and returns into the code of
  // another. After it the storage still gives its own Context, so what was current before it is kept. A callback that
  // throws has no `after`; the ids tell which entries are left over.
  const ids: number[] = [];
  const interrupted: (Context | undefined)[] = [];
  const callbacks = createHook({
    before(asyncId) {
      if (ids.length >= MAX_DEPTH) ids.length = interrupted.length = 0;
      ids.push(asyncId);
      interrupted.push(current);
      enter(storage.getStore());
    },
    after(asyncId) {
      const index = ids.lastIndexOf(asyncId);
      if (index < 0) return;
      const context = interrupted[index];
      ids.length = interrupted.length = index;
      enter(context);
    },
  });

  const ambient = installAmbient(storage);
  ambient.enter = enter;
  callbacks.enable();
  enter(storage.getStore());
  // This may run inside a callback whose `after` has no `before` here, or is not told at all. What it left as current would
  // be what every later one interrupts and goes back to. An immediate runs with nothing of the application's beneath it.
  const settled = setImmediate(() => {
    interrupted.fill(undefined);
  }).unref();
  return () => {
    clearImmediate(settled);
    callbacks.disable();
    if (ambient.enter === enter) ambient.enter = undefined;
    setCurrent(undefined);
  };
}

function installAmbient(storage: ContextStorage): Ambient {
  const hooked = storage as ContextStorage & { [kAmbient]?: Ambient };
  const installed = hooked[kAmbient];
  if (installed !== undefined) return installed;
  const ambient: Ambient = { enter: undefined };
  Object.defineProperty(hooked, kAmbient, { value: ambient });
  // oxlint-disable-next-line typescript/unbound-method -- called with their storage below, without the cost of bind
  const { enterWith, run } = storage;
  storage.enterWith = (context) => {
    enterWith.call(storage, context);
    ambient.enter?.(context);
  };
  storage.run = (context: Context, ...rest: [(...args: unknown[]) => unknown, ...unknown[]]) => {
    ambient.enter?.(context);
    try {
      return run.call(storage, context, ...rest);
    } finally {
      ambient.enter?.(storage.getStore());
    }
  };
  return ambient;
}
