import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const fixture = new URL('./fixtures/governed.ts', import.meta.url).pathname;
const env = { ...process.env, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

interface Outcome {
  readonly lines: readonly string[];
  readonly counts: { readonly right: number; readonly wrong: number; readonly unlabelled: number };
  /** Sampling intervals of the profiles, in the order in which they first came. */
  readonly intervals: readonly number[];
}

async function governed(scenario: string, ...flags: string[]): Promise<Outcome> {
  const { stdout } = await run(process.execPath, ['--conditions=@flamespan/source', ...flags, fixture, scenario], { env, timeout: 55_000 });
  return JSON.parse(stdout) as Outcome;
}

test.each([
  ['in the frames', []], ['told', ['--no-async-context-frame']],
])('over the budget the real sampler gets slower, and recovers by itself; spans keep their samples, records %s', async (_, flags) => {
  const { lines, counts, intervals } = await governed('encoding', ...flags);
  expect(intervals).toEqual([2_000, 16_000, 8_000, 4_000]);
  expect(counts).toMatchObject({ wrong: 0, unlabelled: 0 });
  expect(counts.right).toBeGreaterThan(100);
  expect(lines).toEqual([
    expect.stringMatching(/^warn .*overheadBudget \(1 %\): sampling at 63 Hz instead of 500 Hz/),
    expect.stringMatching(/^info .*Sampling at 500 Hz again/),
  ]);
});

test('the pauses of real collections count', async () => {
  const { lines, counts, intervals } = await governed('pauses');
  expect(intervals[0]).toBe(2_000);
  expect(intervals[1]).toBeGreaterThan(2_000);
  expect(counts).toMatchObject({ wrong: 0, unlabelled: 0 });
  expect(lines).toEqual([expect.stringMatching(/^warn .*overheadBudget \(0\.01 %\)/)]);
});
