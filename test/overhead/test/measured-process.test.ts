import { expect, test } from 'vitest';
import { startProcess } from '../src/measured-process.ts';
import { NODES_PINNED } from '../../compat/src/node-versions.ts';
import { runRow } from '../src/run-rows.ts';
import { startSinkServer } from '../src/sink-server.ts';
import type { Row } from '../src/row.ts';

const program = (name: string): URL => new URL(`programs/${name}`, import.meta.url);

// The pinned Nodes are npm packages that exist for Linux only.
test.runIf(NODES_PINNED)('says what a program wrote when it ends before it is ready', async () => {
  await using sink = { ...(await startSinkServer()), [Symbol.asyncDispose]: () => sink.close() };
  const starting = startProcess({ program: program('broken.ts'), round: { variant: '@datadog/pprof', node: '24', sink } });
  await expect(starting).rejects.toThrow(/@datadog\/pprof ended with 1[^]*the program is broken/);
});

test.runIf(NODES_PINNED)('answers calls, passes on what they throw, and ends with its parent', async () => {
  await using sink = { ...(await startSinkServer()), [Symbol.asyncDispose]: () => sink.close() };
  await using running = await startProcess<{ pid: number }>({ program: program('calls.ts'), round: { variant: '@datadog/pprof', node: '26', sink } });
  expect(await running.call('double', 21)).toBe(42);
  expect(await running.call('node')).toMatch(/^26\./);
  await expect(running.call('fail')).rejects.toThrow('cannot do that');
  await expect(running.call('unheard-of')).rejects.toThrow('There is no call unheard-of');
  await expect(running.call('never', undefined, 50)).rejects.toThrow('has not answered "never"');
  await running[Symbol.asyncDispose]();
  expect(() => process.kill(running.ready.pid, 0)).toThrow('ESRCH');
});

test('runs each variant once in a round, and keeps the rounds apart', async () => {
  const order: string[] = [];
  const row: Row = {
    name: 'order', title: '', explanation: '', variants: ['plain', 'ours'], alsoOn26: false, rounds: 1, measures: [],
    measure: async ({ variant, sink }) => {
      order.push(variant);
      await fetch(`${sink.url}/v1/traces`, { method: 'POST', body: 'x' });
      return { count: order.length, traces: sink.take().traces };
    },
  };
  const { rounds } = await runRow({ row, node: '24', variants: ['plain', 'ours'], rounds: 4 }, 1, () => {});
  expect(order).toHaveLength(8);
  for (let round = 0; round < 4; round++) expect(order.slice(2 * round, 2 * round + 2).toSorted()).toEqual(['ours', 'plain']);
  expect(rounds.plain?.map(({ traces }) => traces)).toEqual([1, 1, 1, 1]);
  expect(rounds.ours?.map(({ count }) => Math.ceil((count ?? 0) / 2))).toEqual([1, 2, 3, 4]);
});
