import type { Context } from '@opentelemetry/api';
import { createHook } from 'node:async_hooks';
import type { SampleRecord } from './context-record.ts';
import { recordOfContext } from './context-record.ts';
import type { ContextStorage } from './context-storage.ts';

/** Shared by every copy of this package in the process, so that each unwraps the holders of the others. */
const kHook: unique symbol = Symbol.for('flamespan.activation.v1');
const kContext: unique symbol = Symbol.for('flamespan.activation.context.v1');
const kHolder: unique symbol = Symbol('flamespan.holder');

type Holder = object & { [kContext]?: Context };
type HolderFactory = (record: SampleRecord) => Holder | undefined;

/** One for each storage. It stays when sampling stops: holders may still be in the frames of running async work. */
interface Hook {
  /** Who wants holders in the frames; undefined = Contexts are stored as they are. */
  holderOf: ((context: Context) => object) | undefined;
  /** What the current frame has, be it a Context or a holder. */
  readonly stored: () => (Context & Holder) | undefined;
}

/**
 * Makes the storage of the registered context manager carry, instead of a Context with a span, a holder that the
 * native sampler recognises and that leads back to the Context.
 *
 * Under AsyncContextFrame every way in which a Context becomes current (`with`, `bind`, `attach`, and the restoring
 * of the one before) goes through the storage's own `enterWith`, and captured frames carry what it stored. So these
 * two methods are all there is to patch, and an `await` costs nothing. See ARCHITECTURE.md, "Activation".
 *
 * Returns a function that stops making holders.
 */
export function hookActivation(storage: ContextStorage, createHolder: HolderFactory): () => void {
  const hook = installHook(storage);
  const holderOf = (context: Context): object => {
    try {
      return holderFor(context, storage, createHolder);
    } catch {
      // A Context of somebody else's making: it stays what it is, its samples carry no span.
      return context;
    }
  };
  hook.holderOf = holderOf;
  // The frame that is current now was entered without the hook.
  const current = storage.getStore();
  if (current !== undefined) storage.enterWith(current);
  return () => {
    if (hook.holderOf === holderOf) hook.holderOf = undefined;
  };
}

/**
 * Async work whose frames were captured before the activation hook was in carries plain Contexts, however often it goes
 * on. This puts a holder into each such frame as it comes up, by an async hook, which costs some 100 ns for each
 * continuation: it is for the time after a start in the middle of spans.
 *
 * Returns a function that ends it.
 */
export function liftOlderFrames(storage: ContextStorage): () => void {
  const { stored } = installHook(storage);
  const callbacks = createHook({
    before() {
      const context = stored();
      if (context === undefined || context === null || context[kContext] !== undefined) return;
      storage.enterWith(context);
    },
  }).enable();
  return () => {
    callbacks.disable();
  };
}

function installHook(storage: ContextStorage): Hook {
  const hooked = storage as ContextStorage & { [kHook]?: Hook };
  const installed = hooked[kHook];
  if (installed !== undefined) return installed;
  // oxlint-disable-next-line typescript/unbound-method -- called with their storage below, without the cost of bind
  const { enterWith, getStore } = storage;
  const hook: Hook = { holderOf: undefined, stored: () => getStore.call(storage) };
  Object.defineProperty(hooked, kHook, { value: hook });
  storage.enterWith = (context) => {
    const { holderOf } = hook;
    const stored = holderOf === undefined || context === undefined || context === null ? context : holderOf(context);
    enterWith.call(storage, stored as Context);
  };
  storage.getStore = () => {
    const stored: (Context & Holder) | undefined = getStore.call(storage);
    return stored?.[kContext] ?? stored;
  };
  return hook;
}

function holderFor(context: Context & { [kHolder]?: Holder }, storage: ContextStorage, createHolder: HolderFactory): object {
  const cached = context[kHolder];
  // A Context that the application derived from another, by a copy, a prototype or a Proxy, shows the holder of that one.
  if (cached !== undefined && cached[kContext] === context) return cached;
  const record = recordOfContext(context, storage);
  if (record === undefined) return context;
  const holder = createHolder(record);
  if (holder === undefined) return context;
  holder[kContext] = context;
  // A Context that the application froze gets a holder for each activation.
  if (Object.isExtensible(context)) context[kHolder] = holder;
  return holder;
}
