import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { nodeRows, NODES_PINNED } from '../src/node-versions.ts';

interface Output {
  readonly kept: number;
  readonly windows: readonly Readonly<Record<'allocateGarbage' | 'allocateKept' | 'allocateLater', { bytes: number; allocatedBytes: number }>>[];
  readonly logged: readonly string[];
}

const PROGRAM = fileURLToPath(new URL('../programs/heap-allocations.ts', import.meta.url));
const NO_LINKS = expect.stringContaining('Only the heap is sampled') as string;

/** On the pinned Node, with `heapAllocations` on. */
async function run(name: string): Promise<Output> {
  const node = nodeRows().find((row) => row.name === name);
  if (node === undefined) throw new Error(`No ${name}`);
  const { stdout } = await promisify(execFile)(
    node.execPath, [...node.execArgv, '--conditions=@flamespan/source', PROGRAM], { timeout: 50_000, env: { ...process.env, NODE_OPTIONS: '' } },
  );
  return JSON.parse(stdout) as Output;
}

// The Nodes are npm packages for Linux.
describe.runIf(NODES_PINNED)('heapAllocations', () => {
  test('Node 26: what was allocated in the window, dead or alive', async () => {
    const { windows: [first, second], logged } = await run('Node 26');
    // 80 and 24 MB, sampled.
    expect(first?.allocateGarbage.allocatedBytes).toBeGreaterThan(40e6);
    expect(first?.allocateGarbage.allocatedBytes).toBeLessThan(160e6);
    expect(first?.allocateGarbage.bytes).toBe(0);
    expect(first?.allocateKept.bytes).toBeGreaterThan(8e6);
    expect(first?.allocateKept.allocatedBytes).toBeGreaterThanOrEqual(first!.allocateKept.bytes);
    // The next window says nothing of what was allocated before.
    const nothing = { bytes: 0, allocatedBytes: 0 };
    expect(second).toMatchObject({ allocateGarbage: nothing, allocateKept: nothing, allocateLater: { bytes: 0 } });
    expect(second?.allocateLater.allocatedBytes).toBeGreaterThan(20e6);
    expect(logged).toEqual([NO_LINKS]);
  });

  test.each(['Node 22', 'Node 24'])('%s: what is alive, and one message that says why no more', async (name) => {
    const { kept, windows, logged } = await run(name);
    expect(kept).toBe(3_000);
    for (const { allocateGarbage, allocateKept } of windows) {
      expect([allocateGarbage.allocatedBytes, allocateKept.allocatedBytes]).toEqual([0, 0]);
      expect(allocateKept.bytes).toBeGreaterThan(8e6);
    }
    expect(windows).toHaveLength(2);
    expect(logged).toEqual([expect.stringMatching(/without allocations.*Node\.js 26/), NO_LINKS]);
  });
});
