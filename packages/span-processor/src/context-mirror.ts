import type { Context, ContextManager } from '@opentelemetry/api';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ContextStorage } from './context-storage.ts';

const kMirror: unique symbol = Symbol.for('flamespan.mirror.v1');

/** What `attach` returns; the API has it since 1.10. */
interface Token {
  dispose(): void;
}
type MirroredManager = ContextManager & { [kMirror]?: ContextStorage };

/**
 * For context managers that do not keep their Contexts in an AsyncLocalStorage that can be found: has `with`, `bind`
 * and `attach` of this manager note the Context in a storage of our own as well, which then is the sampler's key.
 *
 * `active` is the application's Context, which goes on once our own work, in which this is called, is done.
 */
export function mirrorContextManager(manager: ContextManager, active: Context): ContextStorage {
  const mirrored: MirroredManager = manager;
  const existing = mirrored[kMirror];
  if (existing !== undefined) return existing;
  const mirror = new AsyncLocalStorage<Context>();
  const original = {
    with: manager.with.bind(manager) as (...args: unknown[]) => unknown,
    bind: manager.bind.bind(manager),
    attach: manager.attach?.bind(manager),
  };

  mirrored.with = ((context: Context, ...rest: unknown[]) =>
    mirror.run(context, () => original.with(context, ...rest))) as ContextManager['with'];

  mirrored.bind = <T>(context: Context, target: T): T => {
    if (typeof target === 'function') return original.bind(context, mirroredFunction(mirror, context, target) as T);
    const emitter = target as { emit?: Function };
    const before = emitter?.emit;
    const bound = original.bind(context, target);
    // Managers bind an emitter's listeners through their `with`, or its `emit` by themselves.
    if (before !== undefined && emitter.emit !== undefined && emitter.emit !== before) {
      emitter.emit = mirroredFunction(mirror, context, emitter.emit);
    }
    return bound;
  };

  if (original.attach !== undefined) {
    const { attach } = original;
    mirrored.attach = (context) => {
      const token = attach(context);
      const before = mirror.getStore();
      mirror.enterWith(context);
      return mirroredToken(token, () => mirror.enterWith(before as Context));
    };
  }
  Object.defineProperty(mirrored, kMirror, { value: mirror });
  mirror.enterWith(active);
  return mirror;
}

function mirroredFunction(mirror: ContextStorage, context: Context, target: Function): Function {
  const mirrored = function mirrored(this: unknown, ...args: unknown[]): unknown {
    return mirror.run(context, () => Reflect.apply(target, this, args));
  };
  Object.defineProperty(mirrored, 'length', { configurable: true, value: target.length });
  return mirrored;
}

function mirroredToken(token: Token, restore: () => void): Token {
  let disposed = false;
  return {
    dispose() {
      token.dispose();
      if (!disposed) restore();
      disposed = true;
    },
  };
}
