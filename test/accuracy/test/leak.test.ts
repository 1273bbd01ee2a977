import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const MEBIBYTE = 1024 * 1024;
/** When V8 lets the young generation grow, by up to 64 MiB, depends on how fast the machine is. */
const YOUNG_GENERATION = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

interface Report {
  readonly left: readonly { readonly heapUsedBytes: number; readonly rssBytes: number }[];
  readonly errors: number;
}

test.each([
  ['with AsyncContextFrame', []],
  ['without', ['--no-async-context-frame']],
])('nothing of a Context stays behind, %s', { timeout: 120_000 }, async (_, flags) => {
  const fixture = new URL('../fixtures/churn.ts', import.meta.url).pathname;
  const { stdout } = await run(process.execPath, [...flags, ...YOUNG_GENERATION, '--expose-gc', '--conditions=@flamespan/source', fixture]);
  const { left, errors } = JSON.parse(stdout) as Report;
  expect(errors).toBe(0);
  // The first rounds fill caches and grow V8's spaces. A Context that stays costs some 700 bytes: three rounds, 84 MB.
  const settled = left[2];
  const last = left.at(-1);
  expect((last?.heapUsedBytes ?? Infinity) - (settled?.heapUsedBytes ?? 0)).toBeLessThan(4 * MEBIBYTE);
  expect((last?.rssBytes ?? Infinity) - (settled?.rssBytes ?? 0)).toBeLessThan(20 * MEBIBYTE);
});
