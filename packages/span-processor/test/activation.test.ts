import type { Context, Span } from '@opentelemetry/api';
import { context, propagation, ROOT_CONTEXT, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { samplesOf, spanIdOfLeaf } from './support/samples.ts';
import { ProfilingSpanProcessor } from '@flamespan/span-processor';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { createCollectingExporter } from './support/collecting-exporter.ts';
import { createFakeBinding } from './support/fake-binding.ts';
import type { SetUp, SetUpOptions } from './support/set-up.ts';
import { setUp as setUpWith } from './support/set-up.ts';

describe.each(['frames', 'no frames'])('activation with %s', (frames) => {
  const setUp = (options: SetUpOptions = {}): SetUp => {
    const binding = createFakeBinding();
    if (frames === 'no frames') binding.labelsUnsupported = 'AsyncContextFrame is off';
    return setUpWith({ binding, ...options });
  };

  test('a sample belongs to the span that is active, and to none outside', async () => {
    await using scene = setUp();
    const { tracer, binding, processor, exporter } = scene;
    binding.sample('main;before');
    const spanId = tracer.startActiveSpan('work', (span) => {
      binding.sample('main;inside');
      span.end();
      return span.spanContext().spanId;
    });
    binding.sample('main;after');
    await processor.forceFlush();
    expect(spanIdOfLeaf(exporter.profiles, 'inside')).toBe(spanId);
    expect(spanIdOfLeaf(exporter.profiles, 'before')).toBe('');
    expect(spanIdOfLeaf(exporter.profiles, 'after')).toBe('');
  });

  test.each([
    ['await', async (work: () => void) => { await sleep(1); work(); }],
    ['promise callback', (work: () => void) => Promise.resolve().then(work)],
    ['thenable', async (work: () => void) => { await { then: (resolve: () => void) => setTimeout(resolve, 1) }; work(); }],
    ['setTimeout', (work: () => void) => new Promise<void>((resolve) => { setTimeout(() => { work(); resolve(); }, 1); })],
    ['setImmediate', (work: () => void) => new Promise<void>((resolve) => { setImmediate(() => { work(); resolve(); }); })],
    ['nextTick', (work: () => void) => new Promise<void>((resolve) => { process.nextTick(() => { work(); resolve(); }); })],
    ['queueMicrotask', (work: () => void) => new Promise<void>((resolve) => { queueMicrotask(() => { work(); resolve(); }); })],
    ['async generator', async (work: () => void) => {
      async function* numbers(): AsyncGenerator<number> { yield 1; await sleep(1); yield 2; }
      for await (const number of numbers()) if (number === 2) work();
    }],
  ])('the span is kept through %s, and the caller keeps none', async (_, continuation) => {
    await using scene = setUp();
    const { tracer, binding, processor, exporter } = scene;
    let spanId = '';
    const running = tracer.startActiveSpan('work', async (span) => {
      spanId = span.spanContext().spanId;
      await continuation(() => binding.sample('main;continued'));
      span.end();
    });
    binding.sample('main;caller');
    await running;
    await processor.forceFlush();
    expect(spanIdOfLeaf(exporter.profiles, 'continued')).toBe(spanId);
    expect(spanIdOfLeaf(exporter.profiles, 'caller')).toBe('');
  });

  test('after a child returns, throws or is awaited, its parent is the active one again', async () => {
    await using scene = setUp();
    const { tracer, binding, processor, exporter } = scene;
    const parentId = await tracer.startActiveSpan('parent', async (parent) => {
      tracer.startActiveSpan('child', (child) => { binding.sample('main;child'); child.end(); });
      binding.sample('main;after return');
      expect(() => tracer.startActiveSpan('child', () => { throw new Error('expected'); })).toThrow('expected');
      binding.sample('main;after throw');
      await tracer.startActiveSpan('child', async (child) => { await sleep(1); child.end(); });
      binding.sample('main;after await');
      parent.end();
      binding.sample('main;after end');
      return parent.spanContext().spanId;
    });
    await processor.forceFlush();
    for (const leaf of ['after return', 'after throw', 'after await', 'after end']) {
      expect(spanIdOfLeaf(exporter.profiles, leaf), leaf).toBe(parentId);
    }
    expect(spanIdOfLeaf(exporter.profiles, 'child')).not.toBe(parentId);
  });

  test('bind and attach activate like with, and readers still see plain Contexts', async () => {
    await using scene = setUp();
    const { tracer, binding, processor, exporter } = scene;
    const span = tracer.startSpan('bound');
    const spanContext = trace.setSpan(context.active(), span);

    const bound = context.bind(spanContext, () => {
      binding.sample('main;bound');
      expect(context.active()).toBe(spanContext);
    });
    bound();
    const emitter = context.bind(spanContext, new EventEmitter());
    emitter.on('event', () => binding.sample('main;listener'));
    emitter.emit('event');
    const token = context.attach(spanContext);
    binding.sample('main;attached');
    expect(context.active()).toBe(spanContext);
    token.dispose();
    binding.sample('main;detached');
    expect(context.active()).toBe(ROOT_CONTEXT);
    span.end();
    await processor.forceFlush();
    const spanId = span.spanContext().spanId;
    for (const leaf of ['bound', 'listener', 'attached']) expect(spanIdOfLeaf(exporter.profiles, leaf), leaf).toBe(spanId);
    expect(spanIdOfLeaf(exporter.profiles, 'detached')).toBe('');
  });

  test('values and baggage of a Context survive the hook', async () => {
    await using scene = setUp();
    const key = Symbol('key');
    scene.tracer.startActiveSpan('work', (span) => {
      const withBaggage = propagation.setBaggage(context.active(), propagation.createBaggage({ a: { value: '1' } }));
      context.with(withBaggage.setValue(key, 42), () => {
        expect(context.active().getValue(key)).toBe(42);
        expect(propagation.getActiveBaggage()?.getEntry('a')?.value).toBe('1');
        expect(trace.getActiveSpan()).toBe(span);
      });
      span.end();
    });
  });

  test('remote and invalid spans in a Context are no spans of this process', async () => {
    await using scene = setUp();
    const { binding, processor, exporter } = scene;
    const remote = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: TraceFlags.SAMPLED, isRemote: true,
    });
    context.with(remote, () => binding.sample('main;remote'));
    context.with(trace.setSpanContext(ROOT_CONTEXT, { traceId: '0', spanId: '0', traceFlags: 0 }), () => binding.sample('main;invalid'));
    await processor.forceFlush();
    expect(samplesOf(exporter.profiles).map(({ spanId }) => spanId)).toEqual(['', '']);
  });

  test('local root: the first span of this process, also below a remote parent', async () => {
    await using scene = setUp();
    const { tracer, binding, processor, exporter } = scene;
    const remote = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: TraceFlags.SAMPLED, isRemote: true,
    });
    let rootId = '';
    context.with(remote, () => {
      tracer.startActiveSpan('server', (server) => {
        rootId = server.spanContext().spanId;
        tracer.startActiveSpan('inner', (inner) => {
          server.end();
          tracer.startActiveSpan('innermost', (innermost) => { binding.sample('main;deep'); innermost.end(); });
          inner.end();
        });
      });
    });
    await processor.forceFlush();
    const [sample] = samplesOf(exporter.profiles);
    expect(sample).toMatchObject({ leaf: 'deep', traceId: '0af7651916cd43dd8448eb211c80319c', localRootSpanId: rootId, sampled: true });
    expect(sample?.spanId).not.toBe(rootId);
  });

  test.each([[true], [false], [undefined]])('local root: the first span of this process below a parent that was put in by hand, with isRemote %j', async (isRemote) => {
    await using scene = setUp({ linkScope: 'local-root' });
    const { tracer, binding, processor, exporter } = scene;
    const parent = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: TraceFlags.SAMPLED, ...(isRemote === undefined ? {} : { isRemote }),
    });
    let rootId = '';
    context.with(parent, () => {
      tracer.startActiveSpan('consume', { kind: SpanKind.CONSUMER, attributes: { 'messaging.operation.name': 'process', 'messaging.destination.template': 'orders' } }, (root) => {
        rootId = root.spanContext().spanId;
        tracer.startActiveSpan('inner', (inner) => { binding.sample('main;deep'); inner.end(); });
        root.end();
      });
    });
    await processor.forceFlush();
    expect(samplesOf(exporter.profiles)).toMatchObject([{ leaf: 'deep', localRootSpanId: rootId, endpoint: 'process orders' }]);
  });

  test('the root of children below a recording span without attributes, as of an API bridge, is that span', async () => {
    await using scene = setUp();
    const { tracer, binding, processor, exporter } = scene;
    const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: TraceFlags.SAMPLED };
    const bridged = { spanContext: () => spanContext, isRecording: () => true } as Span;
    for (const leaf of ['first', 'second']) {
      context.with(trace.setSpan(ROOT_CONTEXT, bridged), () => {
        tracer.startActiveSpan(leaf, (child) => { binding.sample(`main;${leaf}`); child.end(); });
      });
    }
    context.with(trace.setSpan(ROOT_CONTEXT, { spanContext: () => spanContext } as Span), () => {
      tracer.startActiveSpan('odd', (child) => { binding.sample('main;odd'); child.end(); });
    });
    await processor.forceFlush();
    const [first, second, odd] = samplesOf(exporter.profiles);
    expect([first?.localRootSpanId, second?.localRootSpanId]).toEqual([spanContext.spanId, spanContext.spanId]);
    expect(odd?.localRootSpanId).toBe(odd?.spanId);
    expect(processor.stats.errors).toBe(0);
  });

  test('a manager that is registered after the processor is found before the first span', async () => {
    await using scene = setUp({ lateManager: true });
    const { tracer, binding, processor, exporter } = scene;
    expect(binding.running).toBe(false);
    await Promise.resolve();
    expect(binding.running).toBe(true);
    tracer.startActiveSpan('work', (span) => { binding.sample('main;inside'); span.end(); });
    await processor.forceFlush();
    expect(spanIdOfLeaf(exporter.profiles, 'inside')).toMatch(/^[0-9a-f]{16}$/);
  });

  test('a manager that is replaced later is followed', async () => {
    await using scene = setUp();
    const { tracer, binding, processor, exporter } = scene;
    tracer.startActiveSpan('first', (span) => { binding.sample('main;first'); span.end(); });
    context.disable();
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    tracer.startSpan('notices').end();
    const spanId = tracer.startActiveSpan('second', (span) => {
      binding.sample('main;second');
      span.end();
      return span.spanContext().spanId;
    });
    await processor.forceFlush();
    expect(spanIdOfLeaf(exporter.profiles, 'first')).toMatch(/^[0-9a-f]{16}$/);
    expect(spanIdOfLeaf(exporter.profiles, 'second')).toBe(spanId);
  });

  test('a span that was active before sampling started is found once its Context is entered again', async () => {
    await using scene = setUp();
    const { tracer, binding, processor, exporter } = scene;
    await processor.stop();
    await tracer.startActiveSpan('early', async (span) => {
      processor.start();
      binding.sample('main;lifted');
      await sleep(1);
      span.end();
    });
    await processor.forceFlush();
    expect(spanIdOfLeaf(exporter.profiles, 'lifted')).toMatch(/^[0-9a-f]{16}$/);
  });

  test('stop and start leave what the application sees unchanged', async () => {
    await using scene = setUp();
    const { tracer, binding, processor, exporter } = scene;
    await tracer.startActiveSpan('work', async (span) => {
      const active = context.active();
      await processor.stop();
      expect(binding.running).toBe(false);
      expect(context.active()).toBe(active);
      expect(trace.getActiveSpan()).toBe(span);
      processor.start();
      expect(context.active()).toBe(active);
      binding.sample('main;again');
      span.end();
      await processor.forceFlush();
      expect(spanIdOfLeaf(exporter.profiles, 'again')).toBe(span.spanContext().spanId);
    });
  });

  const key = Symbol('key');
  test.each<[string, (base: Context, valueOf: Context['getValue']) => Context]>([
    ['a copy', (base, getValue) => ({ ...base, getValue })],
    ['a prototype', (base, getValue) => Object.create(base, { getValue: { value: getValue } }) as Context],
    ['a Proxy', (base, getValue) => new Proxy(base, { get: (target, property) => property === 'getValue' ? getValue : Reflect.get(target, property) as unknown })],
  ])('a Context that is derived from another by %s stays itself', async (_, derive) => {
    await using scene = setUp();
    const { tracer, binding, processor, exporter } = scene;
    const [outer, inner] = [tracer.startSpan('outer'), tracer.startSpan('inner')];
    const base = trace.setSpan(ROOT_CONTEXT, outer);
    // Once it has been active, as most are.
    const [same, other] = context.with(base, () => [
      derive(base, (asked) => asked === key ? 'own' : base.getValue(asked)),
      derive(base, (asked) => trace.setSpan(ROOT_CONTEXT, inner).getValue(asked)),
    ] as const);
    for (let round = 0; round < 2; round++) {
      context.with(base, () => {
        expect(context.active()).toBe(base);
        context.with(same, () => {
          expect(context.active()).toBe(same);
          expect(context.active().getValue(key)).toBe('own');
          binding.sample('main;same');
        });
        context.with(other, () => {
          expect(context.active()).toBe(other);
          expect(trace.getActiveSpan()).toBe(inner);
          binding.sample('main;other');
        });
        expect(context.active()).toBe(base);
        binding.sample('main;base');
      });
    }
    await processor.forceFlush();
    const [outerId, innerId] = [outer, inner].map((span) => span.spanContext().spanId);
    const idsOf = (name: string): string[] => samplesOf(exporter.profiles).filter(({ leaf }) => leaf === name).map(({ spanId }) => spanId);
    expect([idsOf('base'), idsOf('same'), idsOf('other')]).toEqual([[outerId, outerId], [outerId, outerId], [innerId, innerId]]);
  });

  test('an application that freezes or wraps Contexts goes on as before', async () => {
    await using scene = setUp();
    const { tracer, processor } = scene;
    const span = tracer.startSpan('frozen');
    const frozen = Object.freeze(trace.setSpan(ROOT_CONTEXT, span));
    context.with(frozen, () => {
      expect(context.active()).toBe(frozen);
      scene.binding.sample('main;frozen');
    });
    const odd = { getValue: () => { throw new Error('odd'); }, setValue: () => odd, deleteValue: () => odd };
    expect(context.with(odd, () => 'fine')).toBe('fine');
    span.end();
    await processor.forceFlush();
    expect(spanIdOfLeaf(scene.exporter.profiles, 'frozen')).toBe(span.spanContext().spanId);
    expect(processor.stats.errors).toBe(0);
  });
});

test('spans that were active before sampling started are found wherever their work goes on', async () => {
  await using scene = setUpWith();
  const { tracer, binding, processor, exporter } = scene;
  await processor.stop();
  const ids: string[] = [];
  const early = Promise.all([1, 2].map((n) => tracer.startActiveSpan('early', async (span) => {
    ids[n] = span.spanContext().spanId;
    const timer = new Promise<void>((resolve) => { setTimeout(() => { binding.sample(`main;timer ${n}`); resolve(); }, 10); });
    await sleep(5);
    binding.sample(`main;await ${n}`);
    await Promise.resolve();
    binding.sample(`main;microtask ${n}`);
    await tracer.startActiveSpan('child', async (child) => { await sleep(1); child.end(); });
    binding.sample(`main;after child ${n}`);
    await timer;
    span.end();
  })));
  processor.start();
  binding.sample('main;starter');
  await early;
  await processor.forceFlush();
  for (const n of [1, 2]) {
    for (const leaf of ['timer', 'await', 'microtask', 'after child']) {
      expect(spanIdOfLeaf(exporter.profiles, `${leaf} ${n}`), `${leaf} ${n}`).toBe(ids[n]);
    }
  }
  expect(spanIdOfLeaf(exporter.profiles, 'starter')).toBe('');
});

test('a processor that is added to a running provider finds older spans as their work goes on', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  const provider = new TracerProvider();
  trace.setGlobalTracerProvider(provider);
  const binding = createFakeBinding();
  const exporter = createCollectingExporter();
  let add = (): void => {};
  const added = new Promise<void>((resolve) => { add = resolve; });
  let spanId = '';
  const early = provider.getTracer('test').startActiveSpan('early', async (span) => {
    spanId = span.spanContext().spanId;
    await added;
    // V8 tells no hook of this first continuation: the await was made before there was one.
    await sleep(1);
    binding.sample('main;later');
    await new Promise<void>((resolve) => { setImmediate(() => { binding.sample('main;immediate'); resolve(); }); });
    span.end();
  });
  const processor = new ProfilingSpanProcessor({ exporter }, binding);
  add();
  await early;
  await processor.shutdown();
  expect(spanIdOfLeaf(exporter.profiles, 'later')).toBe(spanId);
  expect(spanIdOfLeaf(exporter.profiles, 'immediate')).toBe(spanId);
  trace.disable();
  context.disable();
});
