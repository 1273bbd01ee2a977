import { setTimeout as pause } from 'node:timers/promises';
import { SpanKind } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import type { AppReport, AppSettings, LoggedMessage } from '../src/app/messages.ts';
import { deliveredIn, isOwnWork } from '../src/delivered-profiles.ts';
import type { Delivered } from '../src/delivered-profiles.ts';
import { startFaultyCollector } from '../src/faulty-collector.ts';
import type { Behaviour, FaultyCollector } from '../src/faulty-collector.ts';
import { startLightLoad } from '../src/light-load.ts';
import type { LightLoad } from '../src/light-load.ts';
import { startApp } from '../src/running-app.ts';
import type { RunningApp } from '../src/running-app.ts';

const EXPORT_INTERVAL_MILLIS = 1_000;
/** Two windows never lie further apart than this, unless one between them is missing. */
const GAP_MILLIS = 200;

/** So many requests make the shares that are asked for a matter of more than chance. */
const ENOUGH_REQUESTS = 60;

interface Scene {
  /** Before the application started. */
  readonly beganUnixMillis: number;
  readonly collector: FaultyCollector;
  readonly app: RunningApp;
  readonly load: LightLoad;
}

async function setUp(behaviour: Behaviour, settings: { processor?: Partial<AppSettings['processor']>; exporter?: Partial<AppSettings['exporter']> } = {}): Promise<Scene> {
  const beganUnixMillis = Date.now();
  const collector = await startFaultyCollector(behaviour);
  const app = await startApp({
    exporter: { url: collector.url, compression: 'gzip', ...settings.exporter },
    // Sampled ten times as often as usual, so that our own short work shows.
    processor: { exportIntervalMillis: EXPORT_INTERVAL_MILLIS, samplingIntervalMicros: 1_000, ...settings.processor },
  });
  return { beganUnixMillis, collector, app, load: startLightLoad(app.url) };
}

/** Reports until `accept` likes one. */
async function reportWhen(app: RunningApp, accept: (queue: AppReport['stats']['queues'][number]) => boolean): Promise<AppReport> {
  const deadlineMillis = Date.now() + 30_000;
  for (;;) {
    const report = await app.report();
    if (accept(queueOf(report))) return report;
    if (Date.now() > deadlineMillis) throw new Error(`Did not happen: ${JSON.stringify({ queue: queueOf(report), logged: report.logged })}`);
    await pause(100);
  }
}

function queueOf({ stats }: AppReport): AppReport['stats']['queues'][number] {
  const [queue] = stats.queues;
  if (queue === undefined) throw new Error('There is no queue');
  return queue;
}

/** NodeSDK has its own to say about what is switched off. */
const ownInfos = (logged: readonly LoggedMessage[]): string[] =>
  logged.filter(({ level, text }) => level === 'info' && text.startsWith('@flamespan/')).map(({ text }) => text);
const troubles = (logged: readonly LoggedMessage[]): string[] => logged.filter(({ level }) => level !== 'info').map(({ text }) => text);

/** The server is well again: waits until a profile that began after that has arrived, and the queue is empty. */
async function recover({ collector, app }: Scene): Promise<AppReport> {
  await collector.behave({ status: 200 });
  const recoveredAtUnixMillis = Date.now();
  await expect
    .poll(() => deliveredIn(collector.uploads).windows.some(({ startUnixMillis }) => startUnixMillis >= recoveredAtUnixMillis), { timeout: 30_000, interval: 200 })
    .toBe(true);
  return reportWhen(app, ({ length }) => length === 0);
}

async function untilEnough({ requests }: LightLoad): Promise<void> {
  await expect.poll(() => requests.length, { timeout: 30_000 }).toBeGreaterThan(ENOUGH_REQUESTS);
}

/** What has to hold in every kind of trouble. */
async function expectUnharmed({ collector, app, load }: Scene): Promise<void> {
  // Each of our own pieces of work is short: which of them are sampled is a matter of chance.
  await expect.poll(() => deliveredIn(collector.uploads).samples.filter(isOwnWork)).not.toEqual([]);
  await untilEnough(load);
  await load.stop();
  expect(new Set(load.requests.map(({ outcome }) => outcome))).toEqual(new Set([200]));

  // A span ends when its response is closed, a moment after the client has it.
  await expect.poll(async () => (await app.report()).spans.length).toBe(load.requests.length);
  const { stats, spans } = await app.report();
  expect(stats.errors).toBe(0);
  // One for each request, none for an upload.
  expect(spans.map(({ spanId }) => spanId).sort()).toEqual(load.requests.map(({ spanId }) => spanId).sort());

  const { samples } = deliveredIn(collector.uploads);
  const own = samples.filter(isOwnWork);
  expect(own.length).toBeGreaterThan(0);
  expect(own.filter(({ spanId }) => spanId !== '')).toEqual([]);
  const burns = samples.filter(({ frames }) => frames.some(({ name }) => name === 'burnForRequest'));
  const spanIds = new Set(spans.map(({ spanId }) => spanId));
  expect(burns.filter(({ spanId }) => !spanIds.has(spanId))).toEqual([]);
}

function gapsOf(windows: Delivered['windows']): number[] {
  return windows.slice(1).map(({ startUnixMillis }, i) => startUnixMillis - (windows[i]?.endUnixMillis ?? 0));
}

/** No moment between the two times is without a profile, and the requests of that time are in them with their spans. */
function expectCovered(delivered: Delivered, { requests }: LightLoad, fromUnixMillis: number, toUnixMillis: number): void {
  const { windows, samples } = delivered;
  expect(windows[0]?.startUnixMillis).toBeLessThanOrEqual(fromUnixMillis);
  expect(windows.at(-1)?.endUnixMillis).toBeGreaterThanOrEqual(toUnixMillis);
  const gaps = gapsOf(windows);
  expect(gaps.filter((gap) => gap > GAP_MILLIS)).toEqual([]);
  // Delivered once each.
  expect(gaps.filter((gap) => gap < -GAP_MILLIS)).toEqual([]);

  const during = requests.filter(({ startedAtUnixMillis }) => startedAtUnixMillis > fromUnixMillis && startedAtUnixMillis < toUnixMillis);
  const sampled = new Set(samples.filter(({ frames, endpoint }) => endpoint === 'GET /work' && frames.some(({ name }) => name === 'burnForRequest')).map(({ spanId }) => spanId));
  expect(during.length).toBeGreaterThan(20);
  expect(during.filter(({ spanId }) => sampled.has(spanId)).length).toBeGreaterThan(during.length / 2);
}

describe('trouble that passes', () => {
  it.each<{ name: string; behaviour: Behaviour; says: RegExp }>([
    { name: 'nothing listens', behaviour: 'down', says: /ERR_NETWORK: .*ECONNREFUSED/ },
    { name: '503 with Retry-After', behaviour: { status: 503, headers: { 'Retry-After': '2' }, body: 'ingester is full' }, says: /ERR_UNAVAILABLE: .* answered 503 \(ingester is full\)/ },
    { name: 'garbage instead of HTTP', behaviour: 'garbage', says: /ERR_NOT_HTTP: / },
    { name: 'no answer', behaviour: 'silent', says: /ERR_TIMEOUT: .* within 2000 ms/ },
  ])('$name: said once, and all of its time is delivered afterwards', async ({ behaviour, says }) => {
    const scene = await setUp(behaviour, { exporter: { timeoutMillis: behaviour === 'silent' ? 2_000 : 10_000 } });
    const { app, collector, load } = scene;
    const fromUnixMillis = Date.now() + 200;
    const inTrouble = await reportWhen(app, ({ retried, length }) => retried >= 2 && length >= 3 && load.requests.length > ENOUGH_REQUESTS);
    const toUnixMillis = Date.now();
    expect(queueOf(inTrouble)).toMatchObject({ exported: 0, dropped: { 'queue full': 0, 'too old': 0, refused: 0, 'shut down': 0 } });
    expect(troubles(inTrouble.logged)).toEqual([expect.stringMatching(says)]);

    const recovered = await recover(scene);
    expect(troubles(recovered.logged)).toEqual([expect.any(String)]);
    expect(ownInfos(recovered.logged)).toEqual([expect.stringContaining('exports profiles again; lost since the start: 0')]);
    expect(queueOf(recovered)).toMatchObject({ length: 0, byteLength: 0, dropped: { refused: 0 } });
    await load.stop();
    expectCovered(deliveredIn(collector.uploads), load, fromUnixMillis, toUnixMillis);
    await expectUnharmed(scene);
  });

  it('is tried again not before Retry-After', async () => {
    const { app, collector } = await setUp({ status: 503, headers: { 'Retry-After': '3' } });
    await reportWhen(app, ({ retried }) => retried >= 2);
    const [first, second] = collector.uploads;
    expect((second?.atUnixMillis ?? 0) - (first?.atUnixMillis ?? 0)).toBeGreaterThanOrEqual(2_950);
  });

  it('is said again when it comes back', async () => {
    const scene = await setUp('down');
    await reportWhen(scene.app, ({ retried }) => retried >= 1);
    await recover(scene);
    await scene.collector.behave({ status: 503 });
    const again = await reportWhen(scene.app, ({ retried, exported }) => retried >= 3 && exported >= 1);
    expect(troubles(again.logged)).toEqual([expect.stringContaining('ERR_NETWORK'), expect.stringContaining('ERR_UNAVAILABLE')]);
  });
});

describe('profiles that the server refuses', () => {
  it('400: said once, lost, and the next ones arrive when it takes them', async () => {
    const scene = await setUp({ status: 400, headers: { 'Content-Type': 'application/json' }, body: '{"code":3,"message":"unknown sample type"}' });
    const { collector, app } = scene;
    const refused = await reportWhen(app, ({ dropped }) => dropped.refused >= 3);
    // Each was sent once.
    expect(new Set(collector.uploads.map(({ body }) => Buffer.from(body).toString('latin1'))).size).toBe(collector.uploads.length);
    expect(queueOf(refused)).toMatchObject({ retried: 0, exported: 0 });
    expect(troubles(refused.logged)).toEqual([expect.stringMatching(/ERR_REFUSED: .* answered 400 \(unknown sample type\)/)]);

    const recovered = await recover(scene);
    expect(troubles(recovered.logged)).toEqual([expect.any(String)]);
    expect(ownInfos(recovered.logged)).toEqual([expect.stringContaining(`lost since the start: ${queueOf(recovered).dropped.refused}`)]);
    await expectUnharmed(scene);
  });

  it('404: said once, with the variable to set', async () => {
    const { app } = await setUp({ status: 404 });
    const refused = await reportWhen(app, ({ dropped }) => dropped.refused >= 2);
    expect(troubles(refused.logged)).toEqual([expect.stringMatching(/ERR_NO_PROFILES_ENDPOINT: .*OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT/)]);
  });
});

describe('a queue that is full', () => {
  it('drops the oldest, says so once, and delivers the rest', async () => {
    const maxQueueBytes = 100_000;
    const scene = await setUp('down', { processor: { maxQueueBytes } });
    const { app, collector, beganUnixMillis } = scene;
    let mostBytes = 0;
    const full = await reportWhen(app, ({ byteLength, dropped }) => {
      mostBytes = Math.max(mostBytes, byteLength);
      return dropped['queue full'] >= 2;
    });
    expect(mostBytes).toBeGreaterThan(0);
    expect(troubles(full.logged)).toEqual([expect.stringContaining('ERR_NETWORK'), expect.stringContaining('queue full')]);

    const recovered = await recover(scene);
    expect(mostBytes).toBeLessThanOrEqual(maxQueueBytes);
    expect(troubles(recovered.logged)).toEqual([expect.any(String), expect.any(String)]);
    const { windows } = deliveredIn(collector.uploads);
    const firstUploadUnixMillis = collector.uploads.find(({ status }) => status === 200)?.atUnixMillis ?? 0;
    const startUnixMillis = windows[0]?.startUnixMillis ?? 0;
    // The oldest are gone, the newest of the trouble are there, without a gap up to now.
    expect(startUnixMillis).toBeGreaterThan(beganUnixMillis + 2 * EXPORT_INTERVAL_MILLIS);
    expect(startUnixMillis).toBeLessThan(firstUploadUnixMillis - 2 * EXPORT_INTERVAL_MILLIS);
    expect(gapsOf(windows).filter((gap) => gap > GAP_MILLIS)).toEqual([]);
    expect(windows.length).toBeGreaterThanOrEqual(queueOf(recovered).exported);
    await expectUnharmed(scene);
  });
});

describe('the end of the process', () => {
  it.each<{ name: string; behaviour: Behaviour }>([
    { name: 'no answer', behaviour: 'silent' },
    { name: 'nothing listens', behaviour: 'down' },
    { name: '503 with a long Retry-After', behaviour: { status: 503, headers: { 'Retry-After': '600' } } },
  ])('is not held up by the collector: $name', async ({ behaviour }) => {
    const { app, load } = await setUp(behaviour, { exporter: { timeoutMillis: 60_000 }, processor: { exportTimeoutMillis: 2_000 } });
    await reportWhen(app, ({ retried }) => retried >= 1);
    await load.stop();
    const askedMillis = performance.now();
    expect(await app.stop()).toBe(0);
    // Half of what the exporter would wait for an answer.
    expect(performance.now() - askedMillis).toBeLessThan(30_000);
  });

  it('delivers what is left', async () => {
    const { app, load, collector } = await setUp({ status: 200 }, { processor: { exportIntervalMillis: 60_000 } });
    await untilEnough(load);
    const toUnixMillis = Date.now();
    await pause(100);
    await load.stop();
    expect(collector.uploads).toEqual([]);
    expect(await app.stop()).toBe(0);
    expectCovered(deliveredIn(collector.uploads), load, load.requests[0]?.startedAtUnixMillis ?? 0, toUnixMillis);
  });
});

describe('these tests', () => {
  it('would see the span of an upload', async () => {
    const { app, load } = await setUp({ status: 200 });
    await load.stop();
    expect((await fetch(`${app.url}/call-out`)).status).toBe(200);
    const { spans } = await app.report();
    // As an upload is: a request through node:http.
    expect(spans.map(({ kind }) => kind)).toContain(SpanKind.CLIENT);
  });
});
