import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const fixture = new URL('./fixtures/ends-by-itself.ts', import.meta.url).pathname;
const env = { ...process.env, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

test('a process that ends by itself sends its last profile', async () => {
  const { stdout, stderr } = await run(process.execPath, ['--conditions=@flamespan/source', fixture], { env });
  expect(Number(stdout)).toBeGreaterThan(0);
  expect(stderr).toBe('');
});

test('a server that hangs does not keep it from ending', async () => {
  const { stdout } = await run(process.execPath, ['--conditions=@flamespan/source', fixture, 'hanging'], { env, timeout: 30_000 });
  expect(stdout).toBe('0\n');
});
