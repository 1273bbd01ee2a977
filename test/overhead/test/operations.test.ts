import { expect, test } from 'vitest';
import { startProcess } from '../src/measured-process.ts';
import type { MeasuredProcess } from '../src/measured-process.ts';
import type { OperationFigures, OperationRun } from '../src/operation-figures.ts';
import type { OperationName } from '../src/programs/operations.ts';
import { startSinkServer } from '../src/sink-server.ts';
import { NODES_PINNED } from '../../compat/src/node-versions.ts';

/**
 * How many times as long as under plain OpenTelemetry an operation may take: what it has to add at most, three times,
 * and measured on any machine. What this is for are mistakes of another size: a native call or an async hook for each
 * `await`, an object graph for each span.
 */
const BOUNDS: Readonly<Partial<Record<OperationName, number>>> = {
  withSame: 1.45,
  withFresh: 5.9,
  childSpan: 2.9,
  await: 1.35,
  asyncSpan: 2.9,
};
/** Bytes more than under plain OpenTelemetry: a new Context and a child span add some 100 and 200. */
const MORE_BYTES: Readonly<Partial<Record<OperationName, number>>> = { withFresh: 350, childSpan: 900 };

const SLICE_MILLIS = 25;
const WARM_UP_MILLIS = 150;
/** The least disturbed slice of each counts, so that more rounds only help. */
const MIN_ROUNDS = 4;
const MAX_ROUNDS = 40;
const FLAGS = ['--conditions=@flamespan/source', '--min-semi-space-size=64', '--max-semi-space-size=64'];

const program = new URL('../src/programs/run-operations.ts', import.meta.url);

// The pinned Nodes are npm packages that exist for Linux only.
test.runIf(NODES_PINNED)('an activation, a span and an await cost little more than without profiling', async () => {
  await using sink = { ...(await startSinkServer()), [Symbol.asyncDispose]: () => sink.close() };
  const start = (variant: 'plain' | 'ours'): Promise<MeasuredProcess<unknown>> =>
    startProcess({ program, round: { variant, node: '24', sink }, flags: FLAGS, uploadSeconds: 600 });
  await using plain = await start('plain');
  await using ours = await start('ours');

  const names = Object.keys(BOUNDS) as OperationName[];
  const lowest = { plain: new Map<OperationName, number>(), ours: new Map<OperationName, number>() };
  const note = async (name: OperationName, millis: number): Promise<void> => {
    for (const [variant, process] of [['plain', plain], ['ours', ours]] as const) {
      const { cpuNanos } = await process.call<OperationFigures>('run', { name, millis } satisfies OperationRun);
      lowest[variant].set(name, Math.min(cpuNanos, lowest[variant].get(name) ?? Infinity));
    }
  };
  const ratioOf = (name: OperationName): number => (lowest.ours.get(name) as number) / (lowest.plain.get(name) as number);
  const tooSlow = (): OperationName[] => names.filter((name) => ratioOf(name) > (BOUNDS[name] as number));

  for (const name of names) await note(name, WARM_UP_MILLIS);
  for (const name of Object.keys(MORE_BYTES) as OperationName[]) {
    const more = (await ours.call<number>('bytesPerOperation', name)) - (await plain.call<number>('bytesPerOperation', name));
    expect(more, `bytes that ${name} allocates more`).toBeLessThan(MORE_BYTES[name] as number);
  }
  for (let round = 0; round < MIN_ROUNDS || (round < MAX_ROUNDS && tooSlow().length > 0); round++) {
    for (const name of round < MIN_ROUNDS ? names : tooSlow()) await note(name, SLICE_MILLIS);
  }
  expect(Object.fromEntries(tooSlow().map((name) => [name, `${ratioOf(name).toFixed(2)} times as long, at most ${BOUNDS[name]}`]))).toEqual({});
});
