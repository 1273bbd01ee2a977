import type { ExportResult, Profile, ProfileExporter } from '@flamespan/profile';
import type { DiagLogger } from '@opentelemetry/api';
import { diag } from '@opentelemetry/api';
import { afterEach, describe, expect, test } from 'vitest';
import { holdTime, pass, passDuring, passUntil } from './support/held-time.ts';
import { samplesOf } from './support/samples.ts';
import type { SetUp } from './support/set-up.ts';
import { setUp } from './support/set-up.ts';

const warnings: string[] = [];
const silent = (): void => {};
const logger: DiagLogger = {
  error: silent, info: silent, debug: silent, verbose: silent,
  warn: (...args: unknown[]) => { warnings.push(args.join(' ')); },
};

holdTime();

afterEach(() => {
  warnings.length = 0;
  diag.disable();
});

async function flushWith(scene: SetUp, leaf: string): Promise<void> {
  scene.binding.sample(`main;${leaf}`);
  await scene.processor.forceFlush();
}

const away = { code: 1, retryable: true, error: new Error('connect ECONNREFUSED') } as const;
const refusal = { code: 1, error: new Error('404: it takes no profiles there') } as const;

describe('what is said of failures', () => {
  test.each([
    ['after the server was away', [away, refusal]],
    ['before the server is away', [refusal, away]],
  ])('a refusal %s is said too, once', async (_, answers) => {
    diag.setLogger(logger, { suppressOverrideMessage: true });
    await using scene = setUp();
    scene.exporter.answers.push(...answers, refusal, away, refusal);
    for (const leaf of ['one', 'two', 'three', 'four', 'five']) await flushWith(scene, leaf);
    for (const text of ['ECONNREFUSED', '404']) expect(warnings.filter((line) => line.includes(text))).toHaveLength(1);
  });
});

describe('shutdown', () => {
  test('waits for a short Retry-After of an earlier try, and delivers all', async () => {
    await using scene = setUp();
    scene.exporter.answers.push({ code: 1, retryable: true, retryAfterMillis: 1_500 });
    await flushWith(scene, 'one');
    scene.binding.sample('main;two');
    // No time passes meanwhile: it does not wait.
    await scene.processor.forceFlush();
    expect(scene.exporter.calls).toBe(1);
    const begun = performance.now();
    await passDuring(scene.processor.shutdown());
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1_499);
    expect(samplesOf(scene.exporter.profiles).map(({ leaf }) => leaf)).toEqual(['one', 'two']);
    expect(scene.processor.stats.queues[0]).toMatchObject({ exported: 2, dropped: { 'shut down': 0 } });
  });

  test('does not wait for a long one', async () => {
    await using scene = setUp();
    scene.exporter.answers.push({ code: 1, retryable: true, retryAfterMillis: 60_000 });
    await flushWith(scene, 'one');
    // No time passes meanwhile.
    await scene.processor.shutdown();
    expect(scene.processor.stats.queues[0]).toMatchObject({ length: 0, dropped: { 'shut down': 1 } });
  });
});

/** Answers when the test says so. */
function slowExporter(): ProfileExporter & { readonly calls: { readonly profile: Profile; readonly answer: (result: ExportResult) => void }[] } {
  const calls: { profile: Profile; answer: (result: ExportResult) => void }[] = [];
  return { calls, export: (profile, answer) => void calls.push({ profile, answer }), shutdown: () => Promise.resolve() };
}

describe('an export that outlasts exportTimeoutMillis', () => {
  test('and succeeds is counted as exported, and not made again', async () => {
    const exporter = slowExporter();
    await using scene = setUp({ exporter, exportTimeoutMillis: 2_500 });
    await passDuring(flushWith(scene, 'one'));
    expect(scene.processor.stats.queues[0]?.retried).toBe(1);
    await flushWith(scene, 'two');
    // Longer than the delay after a first failure.
    await pass(1_100);
    expect(exporter.calls).toHaveLength(1);
    exporter.calls[0]?.answer({ code: 0 });
    expect(scene.processor.stats.queues[0]).toMatchObject({ exported: 1, length: 1 });
    expect(exporter.calls).toHaveLength(2);
    expect(samplesOf([exporter.calls[1]?.profile as Profile]).map(({ leaf }) => leaf)).toEqual(['two']);
    exporter.calls[0]?.answer({ code: 0 });
    exporter.calls[1]?.answer({ code: 0 });
    await pass(1);
    expect(scene.processor.stats.queues[0]).toMatchObject({ exported: 2, length: 0, byteLength: 0 });
  });

  test('is made again after as long again, and what arrives twice is counted once', async () => {
    const exporter = slowExporter();
    await using scene = setUp({ exporter, exportTimeoutMillis: 600 });
    await passDuring(flushWith(scene, 'one'));
    await passUntil(() => exporter.calls.length === 2);
    exporter.calls[0]?.answer({ code: 0 });
    expect(scene.processor.stats.queues[0]).toMatchObject({ exported: 0, length: 1 });
    exporter.calls[1]?.answer({ code: 1, error: new Error('409: it is there already') });
    await pass(1);
    expect(scene.processor.stats.queues[0]).toMatchObject({ exported: 1, length: 0, byteLength: 0, dropped: { refused: 0 } });
  });

  test('and fails is made again, not before the Retry-After', async () => {
    const exporter = slowExporter();
    await using scene = setUp({ exporter, exportTimeoutMillis: 300 });
    await passDuring(flushWith(scene, 'one'));
    expect(scene.processor.stats.queues[0]?.retried).toBe(1);
    const answered = performance.now();
    exporter.calls[0]?.answer({ code: 1, retryable: true, retryAfterMillis: 1_500 });
    await passUntil(() => exporter.calls.length === 2);
    expect(performance.now() - answered).toBeGreaterThanOrEqual(1_499);
    exporter.calls[1]?.answer({ code: 0 });
    await pass(1);
    expect(scene.processor.stats.queues[0]).toMatchObject({ exported: 1, length: 0 });
  });

  test('is waited for at shutdown', async () => {
    const exporter = slowExporter();
    await using scene = setUp({ exporter, exportTimeoutMillis: 2_000 });
    await passDuring(flushWith(scene, 'one'));
    expect(scene.processor.stats.queues[0]?.retried).toBe(1);
    const down = scene.processor.shutdown();
    await pass(500);
    exporter.calls[0]?.answer({ code: 0 });
    await down;
    expect(exporter.calls).toHaveLength(1);
    expect(scene.processor.stats.queues[0]).toMatchObject({ exported: 1, length: 0, dropped: { 'shut down': 0 } });
  });
});
