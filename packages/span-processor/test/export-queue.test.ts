import type { DiagLogger } from '@opentelemetry/api';
import type { ProfileExporter } from '@flamespan/profile';
import { diag } from '@opentelemetry/api';
import { withProfileLabels } from '@flamespan/span-processor';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { createCollectingExporter } from './support/collecting-exporter.ts';
import { holdTime, passDuring, passUntil } from './support/held-time.ts';
import { samplesOf } from './support/samples.ts';
import type { SetUp } from './support/set-up.ts';
import { setUp } from './support/set-up.ts';

const warnings: string[] = [];
const silent = (): void => {};
const logger: DiagLogger = {
  error: silent, info: silent, debug: silent, verbose: silent,
  warn: (...args: unknown[]) => { warnings.push(args.join(' ')); },
};

afterEach(() => {
  warnings.length = 0;
  diag.disable();
});

function leaves(scene: SetUp): string[] {
  return samplesOf(scene.exporter.profiles).map(({ leaf }) => leaf);
}

async function flushWith(scene: SetUp, leaf: string): Promise<void> {
  scene.binding.sample(`main;${leaf}`);
  await scene.processor.forceFlush();
}

/** As an async function is that throws. */
const rejecting: unknown = () => Promise.reject(new Error('async'));

describe('the queue in front of an exporter', () => {
  holdTime();

  test('what may be sent again is kept and delivered in order', async () => {
    diag.setLogger(logger, { suppressOverrideMessage: true });
    await using scene = setUp();
    const down = { code: 1, retryable: true, error: new Error('connect ECONNREFUSED') } as const;
    scene.exporter.answers.push(down, down);
    await flushWith(scene, 'one');
    await flushWith(scene, 'two');
    expect(leaves(scene)).toEqual([]);
    expect(scene.processor.stats.queues[0]).toMatchObject({ length: 2, retried: 2 });
    await flushWith(scene, 'three');
    expect(leaves(scene)).toEqual(['one', 'two', 'three']);
    expect(scene.processor.stats.queues[0]).toMatchObject({ length: 0, byteLength: 0, exported: 3 });
    expect(warnings.filter((line) => line.includes('ECONNREFUSED'))).toHaveLength(1);
  });

  test('without a flush it comes back by itself', async () => {
    await using scene = setUp({ exportIntervalMillis: 100 });
    scene.exporter.answers.push({ code: 1, retryable: true });
    scene.binding.sample('main;one');
    await passUntil(() => leaves(scene).length > 0);
    expect(leaves(scene)).toEqual(['one']);
  });

  test('Retry-After is respected, also by a flush', async () => {
    await using scene = setUp();
    scene.exporter.answers.push({ code: 1, retryable: true, retryAfterMillis: 600 });
    const asked = performance.now();
    await flushWith(scene, 'one');
    await flushWith(scene, 'two');
    expect(scene.exporter.calls).toBe(1);
    await passUntil(() => leaves(scene).length === 2);
    expect(leaves(scene)).toEqual(['one', 'two']);
    expect(performance.now() - asked).toBeGreaterThanOrEqual(600);
  });

  test('what is refused is counted and not sent again', async () => {
    diag.setLogger(logger, { suppressOverrideMessage: true });
    await using scene = setUp();
    scene.exporter.answers.push({ code: 1, error: new Error('400 bad') }, { code: 1, error: new Error('400 bad') });
    await flushWith(scene, 'one');
    await flushWith(scene, 'two');
    await flushWith(scene, 'three');
    expect(leaves(scene)).toEqual(['three']);
    expect(scene.processor.stats.queues[0]?.dropped).toMatchObject({ refused: 2 });
    expect(warnings.filter((line) => line.includes('400 bad'))).toHaveLength(1);
  });

  test('full: the oldest are dropped, counted, said once, and the bound holds', async () => {
    diag.setLogger(logger, { suppressOverrideMessage: true });
    await using scene = setUp({ maxQueueBytes: 5_000 });
    for (let round = 0; round < 40; round++) {
      scene.exporter.answers.push({ code: 1, retryable: true });
      await flushWith(scene, `w${round}`);
      expect(scene.processor.stats.queues[0]?.byteLength).toBeLessThanOrEqual(5_000);
    }
    const { length = 0, dropped } = scene.processor.stats.queues[0] ?? {};
    expect(length).toBeGreaterThan(0);
    expect(dropped?.['queue full']).toBe(40 - length);
    expect(warnings.filter((line) => line.includes('queue full'))).toHaveLength(1);
    scene.exporter.answers.length = 0;
    await scene.processor.forceFlush();
    expect(leaves(scene)).toEqual(Array.from({ length }, (_, index) => `w${40 - length + index}`));
  });

  test.each<[string, (scene: SetUp, n: number) => void]>([
    ['labels', (scene, n) => withProfileLabels({ size: `${n}`.padEnd(200, 'x') }, () => scene.binding.sample('main;one'))],
    ['endpoints', (scene, n) => scene.tracer.startActiveSpan(`${n}`.padEnd(200, 'x'), (span) => span.end())],
  ])('the bytes of %s are counted', async (_, use) => {
    const bytesWith = async (count: number): Promise<number> => {
      await using scene = setUp();
      scene.exporter.answers.push({ code: 1, retryable: true });
      scene.binding.sample('main;one');
      for (let n = 0; n < count; n++) use(scene, n);
      await scene.processor.forceFlush();
      return scene.processor.stats.queues[0]?.byteLength ?? 0;
    };
    expect((await bytesWith(50)) - (await bytesWith(0))).toBeGreaterThan(50 * 200);
  });

  test('an exporter that throws loses that profile only', async () => {
    await using scene = setUp();
    scene.exporter.answers.push('throw');
    await flushWith(scene, 'one');
    await flushWith(scene, 'two');
    expect(leaves(scene)).toEqual(['two']);
  });

  test('an exporter that never answers holds nobody up beyond the timeout', async () => {
    await using scene = setUp({ exportTimeoutMillis: 100 });
    scene.exporter.answers.push('never');
    await passDuring(flushWith(scene, 'one'));
    await passDuring(flushWith(scene, 'two'));
    await passUntil(() => leaves(scene).length === 2);
    expect(leaves(scene)).toEqual(['one', 'two']);
  });

  test.each([Number.NaN, Infinity, -1, 1e300])('a retryAfterMillis of %d does no harm', async (retryAfterMillis) => {
    await using scene = setUp();
    scene.exporter.answers.push({ code: 1, retryable: true, retryAfterMillis });
    await flushWith(scene, 'one');
    expect(scene.exporter.calls).toBe(1);
    expect(scene.processor.stats.queues[0]?.length).toBe(1);
  });

  test.each<[string, ProfileExporter['export']]>([
    ['rejects', rejecting as ProfileExporter['export']],
    ['calls back with something unreadable', (_, done) => done({ get code(): never { throw new Error('no'); } })],
    ['calls back with an error whose message throws', (_, done) => {
      done({ code: 1, error: Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('no'); } }) });
    }],
    ['calls back twice and throws', (_, done) => { done({ code: 1 }); done({ code: 0 }); throw new Error('late'); }],
    ['calls back with nothing', (_, done) => done(undefined as never)],
  ])('an exporter that %s loses its profile and nothing else', async (_, exportProfile) => {
    const exporter = { export: exportProfile, shutdown: () => Promise.resolve() };
    await using scene = setUp({ exporter, exportTimeoutMillis: 5_000 });
    scene.binding.sample('main;one');
    await scene.processor.forceFlush();
    expect(scene.processor.stats.queues[0]).toMatchObject({ length: 0, byteLength: 0, dropped: { refused: 1 } });
  });

  test.each<[string, Error]>([
    ['cannot be shown', { [inspect.custom]() { throw new Error('no'); } } as never],
    ['has a message that throws', Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('no'); } })],
    ['has a message that is no text', Object.defineProperty(new Error('x'), 'message', { value: Symbol('no text') })],
  ])('an exporter that rejects with what %s leaves no rejection unhandled', async (_, reason) => {
    diag.setLogger(logger, { suppressOverrideMessage: true });
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => { unhandled.push(error); };
    process.on('unhandledRejection', note);
    const reject: unknown = () => Promise.reject(reason);
    await using scene = setUp({ exporter: { export: reject, shutdown: reject } as ProfileExporter });
    scene.binding.sample('main;one');
    await scene.processor.forceFlush();
    expect(scene.processor.stats.queues[0]).toMatchObject({ length: 0, byteLength: 0, dropped: { refused: 1 } });
    await scene.processor.shutdown();
    await sleep(10);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    const text = expect.stringMatching(/an error that cannot be shown|Symbol\(no text\)/);
    expect(warnings).toEqual([text, text]);
  });

  test('shutdown tries again for a while, then gives up, counts what is lost and resolves', async () => {
    await using scene = setUp();
    scene.exporter.answers.push({ code: 1, retryable: true });
    scene.binding.sample('main;one');
    await passDuring(scene.processor.shutdown());
    expect(leaves(scene)).toEqual(['one']);

    await using lost = setUp();
    lost.exporter.answers.push({ code: 1, retryable: true, retryAfterMillis: 3_600_000 });
    lost.binding.sample('main;one');
    await lost.processor.shutdown();
    expect(lost.processor.stats.queues[0]).toMatchObject({ length: 0, byteLength: 0, dropped: { 'shut down': 1 } });
    expect(lost.exporter.shutdowns).toBe(1);
  });

  test('one exporter that fails does not hold up another', async () => {
    await using good = setUp();
    const failing = { calls: 0, export() { failing.calls += 1; }, shutdown: () => Promise.resolve() };
    await good.processor.shutdown();
    await using scene = setUp({ exporter: [failing, good.exporter], exportTimeoutMillis: 200 });
    scene.binding.sample('main;one');
    await passDuring(scene.processor.forceFlush());
    expect(samplesOf(good.exporter.profiles).map(({ leaf }) => leaf)).toEqual(['one']);
    expect(failing.calls).toBe(1);
    await passDuring(scene.processor.shutdown());
  });
});

describe('the real clock', () => {
  test('shutdown waits for the server\'s Retry-After to the last millisecond', async () => {
    const exporters = Array.from({ length: 30 }, (_, n) => {
      const exporter = createCollectingExporter();
      exporter.answers.push({ code: 1, retryable: true, retryAfterMillis: 1_000 + n });
      return exporter;
    });
    await using scene = setUp({ exporter: exporters });
    scene.binding.sample('main;one');
    await scene.processor.shutdown();
    expect(exporters.filter(({ profiles }) => profiles.length !== 1)).toEqual([]);
  });
});
