import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import type { AppReport, AppSettings } from '../src/messages.ts';
import { startApp } from '../src/running-app.ts';

interface Other extends Omit<NonNullable<AppSettings['other']>, 'when' | 'profiling'> {
  readonly env?: NodeJS.ProcessEnv;
  /** False where the environment switches it on. */
  readonly profiling?: boolean;
  /** What the one message begins with. */
  readonly says: string;
}

const PRODUCTS: readonly Other[] = [
  { name: 'dd-trace', says: 'dd-trace profiles this thread' },
  { name: 'newrelic', says: 'newrelic profiles this thread' },
  { name: '@pyroscope/nodejs', says: '@pyroscope/nodejs profiles this thread' },
  { name: 'second-copy', says: 'Another profiler that uses @datadog/pprof is active' },
  { name: 'same-copy', says: 'Another profiler that uses @datadog/pprof is active' },
];

const isOff = ({ logged }: AppReport): boolean => logged.some((line) => line.includes('Profiling is off'));
const samplesOf = ({ score }: AppReport): number => score.right + score.wrong + score.unlabelled;
/** Enough to see whether they are right. */
const hasSamples = (report: AppReport): boolean => samplesOf(report) >= 20;

/** Some wait for several reports, and five of them run at a time. */
const TIMEOUT = { timeout: 150_000 };

const UNHARMED = { code: 0, stderr: '' };
const ALL_ANSWERED = new Set(['200']);

describe.concurrent('beside a profiler that is on, ours is off, says so once, and does no harm', TIMEOUT, () => {
  test.for<readonly [title: string, Other]>([
    ...PRODUCTS.map((product) => [product.name, product] as const),
    ['dd-trace, switched on by its environment', { name: 'dd-trace', says: 'dd-trace profiles this thread', profiling: false, env: { DD_PROFILING_ENABLED: '1' } }],
    ['@pyroscope/nodejs as an ES module', { name: '@pyroscope/nodejs', says: 'Another profiler that uses @datadog/pprof is active', esm: true }],
  ])('first: %s', async ([, { says, env = {}, ...other }], context) => {
    const { expect } = context;
    const app = await startApp(context, { other: { profiling: true, ...other, when: 'first' }, env });
    const report = await app.reportWhen((last) => isOff(last) && ((last.otherSamples ?? 0) > 0 || app.delivered() > 0));
    expect(report).toMatchObject({ logged: [expect.stringContaining(`Profiling is off: ${says}`)], heapSamples: 0 });
    expect(samplesOf(report)).toBe(0);
    expect((report.otherSamples ?? 0) + app.delivered()).toBeGreaterThan(0);
    expect(await app.stop()).toEqual(UNHARMED);
    expect(app.outcomes).toEqual(ALL_ANSWERED);
  });

  test.for(PRODUCTS)('later: $name', async ({ says, ...other }, context) => {
    const { expect } = context;
    const app = await startApp(context, { other: { profiling: true, ...other, when: 'later' } });
    expect((await app.reportWhen(hasSamples)).logged).toEqual([]);
    await app.startOther();
    const ended = await app.reportWhen(isOff);
    const deliveredBefore = app.delivered();
    const later = await app.reportWhen((last) => (last.otherSamples ?? 0) > 0 || app.delivered() > deliveredBefore);
    expect(later.logged).toEqual([expect.stringContaining(`Profiling is off: ${says}`)]);
    // What was sampled until then has arrived, and nothing after it.
    expect(later.score).toEqual(ended.score);
    expect(later.score).toMatchObject({ wrong: 0, unlabelled: 0 });
    expect(hasSamples(later)).toBe(true);
    expect((later.otherSamples ?? 0) + app.delivered() - deliveredBefore).toBeGreaterThan(0);
    expect(await app.stop()).toEqual(UNHARMED);
    expect(app.outcomes).toEqual(ALL_ANSWERED);
  });

  test('dd-trace that will start by itself', async (context) => {
    const { expect } = context;
    const app = await startApp(context, {
      other: { name: 'dd-trace', profiling: false, when: 'first' }, env: { DD_PROFILING_ENABLED: 'auto' },
    });
    const report = await app.reportWhen(isOff);
    expect(report.logged).toEqual([expect.stringContaining('Profiling is off: dd-trace')]);
    expect(await app.stop()).toEqual(UNHARMED);
  });
});

describe.concurrent('beside a product whose profiler is off, ours is on', TIMEOUT, () => {
  test.for(PRODUCTS.flatMap(({ name }) => [{ name, when: 'first' as const }, { name, when: 'later' as const }]))(
    '$when: $name',
    async (other, context) => {
      const { expect } = context;
      const app = await startApp(context, { other: { ...other, profiling: false } });
      if (other.when === 'later') {
        await app.reportWhen(hasSamples);
        await app.startOther();
      }
      const before = samplesOf(await app.report());
      const report = await app.reportWhen((last) => samplesOf(last) >= before + 20 && last.heapSamples > 0);
      expect(report).toMatchObject({ logged: [], score: { wrong: 0, unlabelled: 0 } });
      expect(samplesOf(report)).toBeGreaterThanOrEqual(before + 20);
      expect(report.heapSamples).toBeGreaterThan(0);
      expect(await app.stop()).toEqual(UNHARMED);
      expect(app.outcomes).toEqual(ALL_ANSWERED);
      expect(app.delivered()).toBe(0);
    },
  );
});

describe.concurrent("Node's own profilers and ours work side by side", TIMEOUT, () => {
  test.for(['first', 'later'] as const)('node:inspector %s', async (when, context) => {
    const { expect } = context;
    const app = await startApp(context, { other: { name: 'inspector', profiling: true, when } });
    if (when === 'later') {
      await app.reportWhen(hasSamples);
      await app.startOther();
    }
    const before = samplesOf(await app.report());
    const report = await app.reportWhen((last) => samplesOf(last) >= before + 20 && (last.otherSamples ?? 0) > 0);
    expect(report).toMatchObject({ logged: [], score: { wrong: 0, unlabelled: 0 } });
    expect(samplesOf(report)).toBeGreaterThanOrEqual(before + 20);
    expect(report.otherSamples).toBeGreaterThan(0);
    expect(await app.stop()).toEqual(UNHARMED);
  });

  test('--cpu-prof', async (context) => {
    const { expect, onTestFinished } = context;
    const directory = await mkdtemp(join(tmpdir(), 'flamespan-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const app = await startApp(context, { flags: ['--cpu-prof', `--cpu-prof-dir=${directory}`] });
    const report = await app.reportWhen(hasSamples);
    expect(report).toMatchObject({ logged: [], score: { wrong: 0, unlabelled: 0 } });
    expect(hasSamples(report)).toBe(true);
    expect(await app.stop()).toEqual(UNHARMED);
    const [file = ''] = await readdir(directory);
    expect(await readFile(join(directory, file), 'utf8')).toContain('burnAlpha');
  });
});
