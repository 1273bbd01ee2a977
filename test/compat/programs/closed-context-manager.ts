import type { Context, ContextManager } from '@opentelemetry/api';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';

/** A user's own context manager, which keeps its Contexts where nobody can find them. */
export class ClosedContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context, fn: F, thisArg?: ThisParameterType<F>, ...args: A
  ): ReturnType<F> {
    return this.#storage.run(active, () => fn.call(thisArg as ThisParameterType<F>, ...args));
  }

  bind<T>(active: Context, target: T): T {
    if (target instanceof EventEmitter) {
      const on = target.on.bind(target);
      target.on = (event, listener: (...args: unknown[]) => void) => on(event, this.bind(active, listener));
      return target;
    }
    if (typeof target !== 'function') return target;
    const storage = this.#storage;
    return function bound(this: unknown, ...args: unknown[]) {
      return storage.run(active, () => Reflect.apply(target, this, args) as unknown);
    } as T;
  }

  attach(active: Context): { dispose(): void } {
    const before = this.#storage.getStore();
    this.#storage.enterWith(active);
    return { dispose: () => this.#storage.enterWith(before as Context) };
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#storage.disable();
    return this;
  }
}
