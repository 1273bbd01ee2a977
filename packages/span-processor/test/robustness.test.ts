import type { DiagLogger } from '@opentelemetry/api';
import { context, diag, DiagLogLevel, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { ProfileExporter } from '@flamespan/profile';
import { ProfilingSpanProcessor, withProfileLabels } from '@flamespan/span-processor';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createCollectingExporter } from './support/collecting-exporter.ts';
import { createFakeBinding } from './support/fake-binding.ts';
import { samplesOf, spanIdOfLeaf } from './support/samples.ts';
import { setUp } from './support/set-up.ts';

function captureLog(): string[] {
  const lines: string[] = [];
  const note = (level: string) => (...args: unknown[]): void => { lines.push(`${level}: ${args.join(' ')}`); };
  const logger: DiagLogger = { error: note('error'), warn: note('warn'), info: note('info'), debug: () => {}, verbose: () => {} };
  diag.setLogger(logger, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
  return lines;
}

afterEach(() => diag.disable());

describe('never hurts the host', () => {
  test('silent while all is well', async () => {
    const log = captureLog();
    await using scene = setUp();
    scene.tracer.startActiveSpan('work', (span) => { scene.binding.sample('main;work'); span.end(); });
    await scene.processor.forceFlush();
    await scene.processor.shutdown();
    expect(log.filter((line) => !line.startsWith('debug'))).toEqual([]);
  });

  test('a sampler that throws is counted and said once, spans go on', async () => {
    const log = captureLog();
    await using scene = setUp();
    for (let round = 0; round < 3; round++) {
      scene.binding.failure = new Error('native trouble');
      await scene.processor.forceFlush();
      scene.tracer.startActiveSpan('work', (span) => span.end());
    }
    expect(scene.processor.stats.errors).toBeGreaterThan(0);
    expect(log.filter((line) => line.includes('native trouble'))).toHaveLength(1);
  });

  test('spans with throwing accessors, foreign spans and nonsense do not throw', async () => {
    await using scene = setUp();
    const { processor } = scene;
    const hostile = { spanContext: () => { throw new Error('no'); }, get attributes(): never { throw new Error('no'); } };
    for (const span of [hostile, {}, null, undefined, 7, Object.freeze({})]) {
      expect(() => processor.onStart(span as never, null as never)).not.toThrow();
      expect(() => processor.onEnd(span as never)).not.toThrow();
    }
  });

  test('a throwing diag logger does not reach the application', async () => {
    const broken = (): never => { throw new Error('logger is broken'); };
    diag.setLogger({ error: broken, warn: broken, info: broken, debug: broken, verbose: broken }, { suppressOverrideMessage: true });
    await using scene = setUp();
    expect(() => scene.processor.onStart(null as never, null as never)).not.toThrow();
    scene.exporter.answers.push({ code: 1 });
    scene.binding.sample('main;x');
    await expect(scene.processor.forceFlush()).resolves.toBeUndefined();
  });

  test.each([
    [{}, 'exporter must be'],
    [{ exporter: 'http://localhost' }, 'exporter must be'],
    [{ exporter: createCollectingExporter(), exportIntervalMillis: -1 }, 'exportIntervalMillis must be'],
    [{ exporter: createCollectingExporter(), samplingIntervalMicros: Number.NaN }, 'samplingIntervalMicros must be'],
    [{ exporter: createCollectingExporter(), profileTypes: ['cpu', 'gpu'] }, 'profileTypes takes'],
    [{ exporter: createCollectingExporter(), linkScope: 'all' }, 'linkScope must be'],
    [undefined, 'exporter must be'],
    [{ exporter: createCollectingExporter(), exportIntervalMillis: Object.create(null) as never }, 'exportIntervalMillis must be'],
    [{ exporter: createCollectingExporter(), linkScope: Symbol('x') }, 'linkScope must be'],
  ])('options that make no sense are named and replaced: %o', async (options, message) => {
    const log = captureLog();
    const processor = new ProfilingSpanProcessor(options as never, createFakeBinding());
    await processor.shutdown();
    expect(log.join('\n')).toContain(message);
  });

  test('options that throw when they are read are named', async () => {
    const log = captureLog();
    const options = { get exporter(): never { throw new Error('getter'); } };
    await new ProfilingSpanProcessor(options, createFakeBinding()).shutdown();
    expect(log.join('\n')).toContain('The options cannot be read');
  });

  test('a logger that throws does not reach whoever makes a processor or labels work', () => {
    const broken = (): never => { throw new Error('logger is broken'); };
    diag.setLogger({ error: broken, warn: broken, info: broken, debug: broken, verbose: broken }, { suppressOverrideMessage: true });
    expect(() => new ProfilingSpanProcessor({ exporter: [] }, createFakeBinding())).not.toThrow();
    expect(withProfileLabels({ '1bad': 'x' }, () => 'done')).toBe('done');
  });

  test('a context manager that cannot be hooked: profiles without links, one warning', async () => {
    const log = captureLog();
    const contextManager = new AsyncLocalStorageContextManager();
    Object.freeze((contextManager as unknown as { _asyncLocalStorage: object })._asyncLocalStorage);
    await using scene = setUp({ contextManager });
    for (let round = 0; round < 3; round++) scene.tracer.startActiveSpan('work', (span) => { scene.binding.sample('main;work'); span.end(); });
    await scene.processor.forceFlush();
    expect(samplesOf(scene.exporter.profiles)).toMatchObject([{ spanId: '' }, { spanId: '' }, { spanId: '' }]);
    expect(log.filter((line) => line.includes('cannot be hooked'))).toHaveLength(1);
    await scene.processor.stop();
    expect(scene.binding.running).toBe(false);
  });

  test('Date.now with fractions, as polyfills have it', async () => {
    const { now } = Date;
    Date.now = () => performance.timeOrigin + performance.now() + 0.25;
    try {
      await using scene = setUp();
      scene.binding.sample('main;work');
      await scene.processor.forceFlush();
      expect(samplesOf(scene.exporter.profiles)).toHaveLength(1);
      expect(scene.processor.stats.errors).toBe(0);
    } finally {
      Date.now = now;
    }
  });

  test('two processors in one provider: each counts the calls', async () => {
    const first = new ProfilingSpanProcessor({ exporter: createCollectingExporter() }, createFakeBinding());
    await first.stop();
    await using scene = setUp();
    scene.tracer.startActiveSpan('job', (span) => {
      scene.binding.sample('main;work');
      first.onEnd(span as never);
      span.end();
    });
    await scene.processor.forceFlush();
    expect([...(scene.exporter.profiles[0]?.endpointCalls ?? [])]).toEqual([['job', 1]]);
    await first.shutdown();
  });

  test('no native profiler here: off with one warning, spans go on', async () => {
    const log = captureLog();
    const binding = createFakeBinding();
    binding.samplingUnsupported = 'Windows has no SIGPROF';
    await using scene = setUp({ binding, profileTypes: ['wall'] });
    for (let round = 0; round < 3; round++) scene.tracer.startActiveSpan('work', (span) => span.end());
    expect(log.filter((line) => line.includes('Windows has no SIGPROF'))).toHaveLength(1);
  });

  test('no context manager: profiles without links, one warning, links once there is one', async () => {
    const log = captureLog();
    await using scene = setUp();
    await scene.processor.stop();
    context.disable();
    scene.processor.start();
    for (let round = 0; round < 2; round++) scene.tracer.startActiveSpan('work', (span) => { scene.binding.sample('main;alone'); span.end(); });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    scene.tracer.startSpan('notices').end();
    scene.tracer.startActiveSpan('work', (span) => { scene.binding.sample('main;work'); span.end(); });
    await scene.processor.forceFlush();
    expect(log.filter((line) => line.includes('no OpenTelemetry context manager'))).toHaveLength(1);
    expect(spanIdOfLeaf(scene.exporter.profiles, 'alone')).toBe('');
    expect(spanIdOfLeaf(scene.exporter.profiles, 'work')).toMatch(/^[0-9a-f]{16}$/);
  });

  test('a second processor in the process stays off and says so; the first goes on', async () => {
    const log = captureLog();
    await using scene = setUp();
    const exporter = createCollectingExporter();
    const second = new ProfilingSpanProcessor({ exporter }, createFakeBinding());
    await Promise.resolve();
    expect(log.filter((line) => line.includes('Profiling is off'))).toHaveLength(1);
    scene.tracer.startActiveSpan('work', (span) => { scene.binding.sample('main;work'); span.end(); });
    await second.shutdown();
    await scene.processor.forceFlush();
    expect(exporter.profiles).toHaveLength(0);
    expect(samplesOf(scene.exporter.profiles)[0]?.spanId).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('own work', () => {
  test('exports run outside of spans with tracing suppressed, whoever flushes', async () => {
    let spanInside: unknown;
    let recording: boolean | undefined;
    const exporter: ProfileExporter = {
      export(_, done) {
        void sleep(1).then(() => {
          spanInside = trace.getActiveSpan();
          const uploaded = trace.getTracer('test').startSpan('upload');
          recording = uploaded.isRecording();
          uploaded.end();
          done({ code: 0 });
        });
      },
      shutdown: () => Promise.resolve(),
    };
    await using scene = setUp({ exporter });
    await scene.tracer.startActiveSpan('request', async (span) => {
      scene.binding.sample('main;work');
      await scene.processor.forceFlush();
      expect(trace.getActiveSpan()).toBe(span);
      span.end();
    });
    expect(recording).toBe(false);
    expect(spanInside).toBeUndefined();
  });
});

describe('life cycle', () => {
  test('shutdown exports once, shuts exporters down once, and later calls do nothing', async () => {
    await using scene = setUp();
    const { processor, exporter, binding, tracer } = scene;
    tracer.startActiveSpan('work', (span) => { binding.sample('main;work'); span.end(); });
    await Promise.all([processor.shutdown(), processor.shutdown()]);
    await processor.forceFlush();
    await processor.stop();
    processor.start();
    tracer.startActiveSpan('late', (span) => span.end());
    expect(exporter.profiles).toHaveLength(1);
    expect(exporter.shutdowns).toBe(1);
    expect(binding.running).toBe(false);
  });

  test('the timer exports a window each interval', async () => {
    await using scene = setUp({ exportIntervalMillis: 100 });
    const taken = (): number => samplesOf(scene.exporter.profiles).length;
    scene.binding.sample('main;first');
    await expect.poll(taken, { timeout: 30_000 }).toBe(1);
    scene.binding.sample('main;second');
    await expect.poll(taken, { timeout: 30_000 }).toBe(2);
  });

  test('profiles carry the Resource of the spans, with asynchronous attributes, the scope and the thread', async () => {
    await using scene = setUp();
    const { processor, exporter, binding } = scene;
    let settle = (): void => {};
    const resource = {
      asyncAttributesPending: true,
      attributes: {} as Record<string, string>,
      waitForAsyncAttributes: () => new Promise<void>((resolve) => { settle = resolve; }),
    };
    const span = { spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }), attributes: {}, resource };
    processor.onStart(span as never, { getValue: () => undefined } as never);
    binding.sample('main;x');
    const flushed = processor.forceFlush();
    await sleep(20);
    expect(exporter.profiles).toHaveLength(0);
    resource.attributes = { 'service.name': 'late', 'cloud.region': 'eu' };
    settle();
    await flushed;
    expect(exporter.profiles[0]).toMatchObject({
      resource: { attributes: { 'service.name': 'late', 'cloud.region': 'eu' } },
      scope: { name: '@flamespan/profiler' },
      thread: { id: 0, name: 'main' },
    });
  });

  test('the scope has the version of the profiler package', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../../profiler/package.json', import.meta.url), 'utf8')) as { version: string };
    await using scene = setUp();
    scene.binding.sample('main;x');
    await scene.processor.forceFlush();
    expect(scene.exporter.profiles[0]?.scope.version).toBe(manifest.version);
  });

  test('a service without any span yet is named by its provider', async () => {
    await using scene = setUp();
    scene.binding.sample('main;x');
    await scene.processor.forceFlush();
    expect(scene.exporter.profiles[0]?.resource.attributes['service.name']).toBe('shop');
  });
});
