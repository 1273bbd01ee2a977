import type { Context, ContextManager } from '@opentelemetry/api';
import { context, diag, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ProfilingSpanProcessor } from '@flamespan/span-processor';
import { createCollectingExporter } from './support/collecting-exporter.ts';
import { createFakeBinding } from './support/fake-binding.ts';
import { spanIdOfLeaf } from './support/samples.ts';
import { setUp } from './support/set-up.ts';

/** Keeps its Contexts where nobody can find them. */
class ClosedContextManager implements ContextManager {
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
    const storage = this.#storage;
    if (target instanceof EventEmitter) {
      const emit = target.emit.bind(target);
      target.emit = (...args: Parameters<typeof emit>) => storage.run(active, () => emit(...args));
    }
    if (typeof target !== 'function') return target;
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

class DerivedContextManager extends AsyncLocalStorageContextManager {}

describe.each([ClosedContextManager, DerivedContextManager])('%o', (Manager) => {
  test('with, nested with, bind, attach and async continuations are seen', async () => {
    await using scene = setUp({ contextManager: new Manager() });
    const { tracer, binding, processor, exporter } = scene;
    const expected = new Map<string, string>();
    const sample = (leaf: string, spanId: string): void => {
      expected.set(leaf, spanId);
      binding.sample(`main;${leaf}`);
    };
    await tracer.startActiveSpan('outer', async (outer) => {
      const outerId = outer.spanContext().spanId;
      sample('outer', outerId);
      await tracer.startActiveSpan('inner', async (inner) => {
        sample('inner', inner.spanContext().spanId);
        await sleep(1);
        sample('inner later', inner.spanContext().spanId);
        inner.end();
      });
      sample('outer again', outerId);
      const root = context.with(ROOT_CONTEXT, () => { sample('none', ''); return context.active(); });
      expect(root).toBe(ROOT_CONTEXT);
      outer.end();
    });
    const span = tracer.startSpan('bound');
    const spanContext = trace.setSpan(ROOT_CONTEXT, span);
    const { spanId } = span.spanContext();
    const receiver = { name: 'receiver' };
    const bound = context.bind(spanContext, function handler(this: typeof receiver, value: number) {
      sample('bound', spanId);
      expect(context.active()).toBe(spanContext);
      return `${this.name} ${value}`;
    });
    expect(bound.length).toBeLessThanOrEqual(1);
    expect(bound.call(receiver, 7)).toBe('receiver 7');
    const token = context.attach(spanContext);
    sample('attached', spanId);
    token.dispose();
    token.dispose();
    sample('detached', '');
    const emitter = new EventEmitter();
    expect(context.bind(spanContext, emitter)).toBe(emitter);
    emitter.on('event', () => sample('listener', spanId));
    emitter.emit('event');
    sample('after emit', '');
    expect(() => context.with(spanContext, () => { throw new Error('expected'); })).toThrow('expected');
    sample('after throw', '');
    await processor.forceFlush();
    expect(new Map([...expected.keys()].map((leaf) => [leaf, spanIdOfLeaf(exporter.profiles, leaf)]))).toEqual(expected);
  });
});

test.each([ClosedContextManager, DerivedContextManager])('%o: a processor that is made inside of a span finds it at once', async (Manager) => {
  const contextManager = new Manager();
  context.setGlobalContextManager(contextManager);
  const provider = new TracerProvider();
  trace.setGlobalTracerProvider(provider);
  const binding = createFakeBinding();
  const exporter = createCollectingExporter();
  await provider.getTracer('test').startActiveSpan('early', async (span) => {
    const processor = new ProfilingSpanProcessor({ exporter }, binding);
    binding.sample('main;at once');
    await sleep(1);
    binding.sample('main;later');
    await processor.shutdown();
    for (const leaf of ['at once', 'later']) expect(spanIdOfLeaf(exporter.profiles, leaf), leaf).toBe(span.spanContext().spanId);
    expect(trace.getActiveSpan()).toBe(span);
  });
  trace.disable();
  context.disable();
});

test('a manager that is frozen cannot be hooked, which is not said as if there were none', async () => {
  const said: string[] = [];
  const silent = (): void => {};
  diag.setLogger({ error: silent, warn: (...args) => said.push(args.join(' ')), info: silent, debug: silent, verbose: silent }, { suppressOverrideMessage: true });
  await using scene = setUp({ contextManager: Object.freeze(new ClosedContextManager()) });
  scene.tracer.startActiveSpan('work', (span) => { scene.binding.sample('main;work'); span.end(); });
  await scene.processor.forceFlush();
  expect(spanIdOfLeaf(scene.exporter.profiles, 'work')).toBe('');
  expect(said).toEqual([expect.stringContaining('no links to spans: the registered context manager cannot be hooked')]);
  diag.disable();
});
