import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

interface Run {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: Record<string, any>;
}

/** In a process of its own: the native profiler is one to a thread, and a crash must not end the tests. */
function run(scenario: string, { flags = [], env = {} }: { flags?: string[]; env?: Record<string, string> } = {}): Promise<Run> {
  const fixture = fileURLToPath(new URL('fixtures/native.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      ['--conditions=@flamespan/source', ...flags, fixture, scenario],
      { timeout: 50_000, env: { ...process.env, NODE_OPTIONS: '', ...env } },
      (_, stdout, stderr) => {
        const { exitCode: code, signalCode: signal } = child;
        try {
          resolve({ code, signal, output: JSON.parse(stdout) as Record<string, any> });
        } catch {
          reject(new Error(`${scenario}: exit code ${code}, signal ${signal}\n${stdout}\n${stderr}`));
        }
      },
    );
  });
}

test('samples of a busy function carry its record and no other, and its CPU', async () => {
  const { code, output } = await run('attribution');
  expect(output).toMatchObject({ errors: [], started: { status: 'started', labels: true }, first: { wrong: 0 } });
  const { first, spent, holderKeys, stats } = output;
  // Room for elements would be most of what an activation allocates.
  expect(holderKeys).toEqual([]);
  expect(first.right).toBeGreaterThan(20);
  expect(first.collector).toBeGreaterThan(0);
  expect(stats.collections).toBeGreaterThan(1);
  expect(stats.samples).toBeGreaterThanOrEqual(first.samples);
  for (const [index, name] of ['alpha', 'beta'].entries()) {
    expect(first.cpuMillis[name]).toBeGreaterThan(spent[index] * 0.3);
    expect(first.cpuMillis[name]).toBeLessThan(spent[index] * 1.5);
  }
  expect(code).toBe(0);
});

test('stops and starts, on the same key and on another', async () => {
  const { code, output } = await run('restarts');
  expect(output).toMatchObject({
    errors: [],
    first: { wrong: 0 },
    stopped: { window: false },
    again: { wrong: 0 },
    started: { status: 'started', labels: true },
    otherKey: { wrong: 0 },
  });
  for (const window of ['first', 'again', 'otherKey']) expect(output[window].right).toBeGreaterThan(20);
  expect(code).toBe(0);
});

test.each(['intervals', 'intervalsInWorker'])('spans that are active keep their samples while the sampling interval changes: %s', async (scenario) => {
  const { code, output } = await run(scenario);
  expect(output).toMatchObject({ errors: [], started: { status: 'started', labels: true } });
  const { perWindow, wallMillis, cpuMillis, threadCpuMillis } = output;
  expect(perWindow.map(({ intervalMicros }: { intervalMicros: number }) => intervalMicros)).toEqual([2_000, 4_000, 8_000, 16_000, 8_000, 2_000]);
  for (const window of perWindow) {
    expect(window).toMatchObject({ wrong: 0, unlabelled: 0 });
    expect(window.right).toBeGreaterThan(3);
  }
  // Loosely: each start of the native profiler takes time in which nothing is sampled, and a busy machine swallows signals.
  expect(cpuMillis / threadCpuMillis).toBeGreaterThan(0.6);
  expect(cpuMillis / threadCpuMillis).toBeLessThan(1.2);
  expect(wallMillis / threadCpuMillis).toBeGreaterThan(0.6);
  expect(code).toBe(0);
});

test('the heap holds what is retained, by who allocated it', async () => {
  const { code, output } = await run('heap');
  expect(output).toMatchObject({ errors: [], started: { status: 'started', labels: false }, kept: 50_000 });
  // Three objects each; sampled, so not exact.
  expect(output.objects).toBeGreaterThan(75_000);
  expect(output.bytes).toBeGreaterThan(2_000_000);
  expect(output.bytes).toBeLessThan(50_000_000);
  expect(code).toBe(0);
});

test('leaves other users of the native code alone and says so', async () => {
  const { code, output } = await run('neighbours');
  expect(output).toMatchObject({
    beside: { status: 'off', reason: expect.stringContaining('dd-trace') },
    heapBeside: { status: 'started', labels: true },
    heapSamples: 0,
    errors: [expect.stringContaining('Heap profiles are off')],
  });
  expect(code).toBe(0);
});

test('modules of others that are not what they seem stop nothing', async () => {
  const { code, output } = await run('odd');
  expect(output).toMatchObject({ errors: [], started: { status: 'started', labels: true }, running: true });
  expect(code).toBe(0);
});

test('without AsyncContextFrame records are told: each sample keeps the one of its time', async () => {
  const { code, output } = await run('told', { flags: ['--no-async-context-frame'] });
  expect(output).toMatchObject({ errors: [], started: { status: 'started', labels: true, records: 'told' }, wrong: 0, unlabelled: 0, intervals: 3 });
  expect(output.right).toBeGreaterThan(100);
  expect(code).toBe(0);
});

test('without native code for the platform it is off, and the reason says what to do', async () => {
  const { code, output } = await run('start', { env: { npm_config_arch: 'pdp11' } });
  expect(output.started).toMatchObject({ status: 'off', reason: expect.stringMatching(/could not be loaded.*prebuilds/) });
  expect(code).toBe(0);
});

test('worker threads have their own, and may be terminated while sampling', async () => {
  const { code, signal, output } = await run('workers');
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  expect(output).toMatchObject({ errors: [], exitCodes: [1, 1, 1], inWorker: { errors: [], wrong: 0 }, main: { wrong: 0 } });
  expect(output.inWorker.right).toBeGreaterThan(5);
  expect(output.main.right).toBeGreaterThan(5);
});

test('a process may exit while sampling', async () => {
  expect(await run('exit')).toEqual({ code: 7, signal: null, output: { running: true } });
});

test('does not keep a process alive, and does not begin again while it ends', async () => {
  expect(await run('end')).toMatchObject({ code: 0, signal: null, output: { running: true, errors: [] } });
});
