import { expect, test } from 'vitest';
import { startProcess } from '../src/measured-process.ts';
import type { MeasuredProcess } from '../src/measured-process.ts';
import type { OperationFigures, OperationRun } from '../src/operation-figures.ts';
import type { OperationName } from '../src/programs/operations.ts';
import { startSinkServer } from '../src/sink-server.ts';
import { quantile } from '../src/statistics.ts';
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
/** Bytes more than under plain OpenTelemetry. What they are: 100 for a new Context, 70 to 250 for a span. */
const MORE_BYTES: Readonly<Partial<Record<OperationName, number>>> = { withFresh: 350, childSpan: 650, rootSpan: 900 };

const SLICE_MILLIS = 25;
const WARM_UP_MILLIS = 150;
/** The least disturbed slice of each counts, so that more rounds help. */
const MIN_ROUNDS = 4;
const MAX_ROUNDS = 15;
/** The figures take 6 s on an idle machine. */
const TIMEOUT_MILLIS = 180_000;
const FLAGS = ['--conditions=@flamespan/source', '--min-semi-space-size=64', '--max-semi-space-size=64'];

const program = new URL('../src/programs/run-operations.ts', import.meta.url);

// The pinned Nodes are npm packages that exist for Linux only.
test.runIf(NODES_PINNED)('an activation, a span and an await cost little more than without profiling', async () => {
  await using sink = { ...(await startSinkServer()), [Symbol.asyncDispose]: () => sink.close() };
  const start = (variant: 'plain' | 'ours'): Promise<MeasuredProcess<unknown>> =>
    startProcess({ program, round: { variant, node: '24', sink }, flags: FLAGS, uploadSeconds: 600 });
  await using plain = await start('plain');
  await using ours = await start('ours');

  const figures = { plain: new Map<string, number[]>(), ours: new Map<string, number[]>() };
  const note = async (name: string, ask: (process: MeasuredProcess<unknown>) => Promise<number>): Promise<void> => {
    for (const [variant, process] of [['plain', plain], ['ours', ours]] as const) {
      const known = figures[variant].get(name) ?? [];
      figures[variant].set(name, [...known, await ask(process)]);
    }
  };
  const lowest = (variant: 'plain' | 'ours', name: string): number => Math.min(...(figures[variant].get(name) ?? []));
  /** Not the lowest: a garbage collection in the midst makes a figure too low. */
  const middle = (variant: 'plain' | 'ours', name: string): number => quantile(figures[variant].get(name) ?? [], 0.5);
  const noteTime = (name: string, millis: number): Promise<void> =>
    note(name, async (process) => (await process.call<OperationFigures>('run', { name, millis } satisfies OperationRun)).cpuNanos);
  const noteBytes = (name: string): Promise<void> => note(`${name} bytes`, (process) => process.call<number>('bytesPerOperation', name));
  const ratioOf = (name: string): number => lowest('ours', name) / lowest('plain', name);
  const moreBytes = (name: string): number => middle('ours', `${name} bytes`) - middle('plain', `${name} bytes`);
  const tooSlow = (): string[] => Object.entries(BOUNDS).filter(([name, bound]) => ratioOf(name) > bound).map(([name]) => name);
  const tooBig = (): string[] => Object.entries(MORE_BYTES).filter(([name, bound]) => moreBytes(name) > bound).map(([name]) => name);

  for (const name of new Set([...Object.keys(BOUNDS), ...Object.keys(MORE_BYTES)])) await noteTime(name, WARM_UP_MILLIS);
  for (let round = 0; round < MIN_ROUNDS || (round < MAX_ROUNDS && tooSlow().length + tooBig().length > 0); round++) {
    for (const name of round < MIN_ROUNDS ? Object.keys(BOUNDS) : tooSlow()) await noteTime(name, SLICE_MILLIS);
    for (const name of round < MIN_ROUNDS ? Object.keys(MORE_BYTES) : tooBig()) {
      // Code that is not optimized yet allocates more.
      await noteTime(name, SLICE_MILLIS);
      await noteBytes(name);
    }
  }
  expect([
    ...tooSlow().map((name) => `${name} takes ${ratioOf(name).toFixed(2)} times as long, at most ${BOUNDS[name as OperationName]}`),
    ...tooBig().map((name) => `${name} allocates ${moreBytes(name).toFixed(0)} bytes more, at most ${MORE_BYTES[name as OperationName]}`),
  ]).toEqual([]);
}, TIMEOUT_MILLIS);
