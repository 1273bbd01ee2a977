import type { OperationFigures, OperationRun } from '../operation-figures.ts';
import { startInTurns } from '../process-in-turns.ts';
import { OPERATION_NAMES } from '../programs/operations.ts';
import type { OperationName } from '../programs/operations.ts';
import type { Figures, Measure, Round, Row } from '../row.ts';
import { TRACING_VARIANTS } from '../variants.ts';

const RUN_OPERATIONS = new URL('../programs/run-operations.ts', import.meta.url);
const WARM_UP_MILLIS = 250;
/** With some ten collections of the young generation in it. */
const SLICE_MILLIS = 60;
const SLICES = 12;
const DEADLINE_MILLIS = 60_000;
/** A young generation of this size is not collected while bytes are counted. */
const BYTES_FLAGS = ['--min-semi-space-size=64', '--max-semi-space-size=64'];

const LABELS: Readonly<Record<OperationName, string>> = {
  active: '`context.active()`',
  withSame: '`context.with`, the same Context',
  withFresh: '`context.with`, a new Context',
  childSpan: 'child span: `startActiveSpan` and `end`',
  nestedSpans: 'three spans, one in the other',
  rootSpan: 'root span',
  serverSpan: 'server span with remote parent, six attributes, a route',
  unsampledSpan: 'the same, not sampled',
  await: '`await` in a span',
  asyncSpan: 'child span with six `await`s',
};

const TARGETS: Readonly<Partial<Record<OperationName, Measure['target']>>> = {
  withSame: { atMost: 20, text: '≤ +20 ns' },
  withFresh: { atMost: 400, text: '≤ +400 ns' },
  childSpan: { atMost: 800, text: '≤ +800 ns' },
  rootSpan: { atMost: 800, text: '≤ +800 ns' },
  await: { atMost: 2, text: '≤ +0 ns (±2)' },
};

function measureWith(flags: readonly string[]): (round: Round) => Promise<Figures> {
  return async (round) => {
    const figures: Record<string, number> = {};
    {
      await using child = await startInTurns({ program: RUN_OPERATIONS, round, flags });
      const run = (name: OperationName, millis: number): Promise<OperationFigures> =>
        child.turn((call) => call('run', { name, millis } satisfies OperationRun, DEADLINE_MILLIS));
      // All of them first: they share code, which changes until it has seen every use.
      for (const name of OPERATION_NAMES) await run(name, WARM_UP_MILLIS);
      for (const name of OPERATION_NAMES) {
        await run(name, SLICE_MILLIS);
        const slices: number[] = [];
        for (let slice = 0; slice < SLICES; slice++) slices.push((await run(name, SLICE_MILLIS)).cpuNanos);
        figures[name] = Math.min(...slices);
      }
    }
    await using child = await startInTurns({ program: RUN_OPERATIONS, round, flags: [...flags, ...BYTES_FLAGS] });
    await child.turn(async (call) => {
      for (const name of OPERATION_NAMES) await call('run', { name, millis: WARM_UP_MILLIS } satisfies OperationRun, DEADLINE_MILLIS);
      for (const name of ['withFresh', 'childSpan'] satisfies OperationName[]) figures[`${name}Bytes`] = await call('bytesPerOperation', name);
    });
    return figures;
  };
}

function measures(withTargets: boolean): Measure[] {
  return [
    ...OPERATION_NAMES.map((name): Measure => {
      const target = withTargets ? TARGETS[name] : undefined;
      return { name, label: LABELS[name], unit: 'ns', digits: 0, comparison: 'difference', ...(target === undefined ? {} : { target }) };
    }),
    ...(['withFresh', 'childSpan'] as const).map((name): Measure => (
      { name: `${name}Bytes`, label: `${LABELS[name]}: allocated`, unit: 'B', digits: 0, comparison: 'difference' }
    )),
  ];
}

const HOW =
  'CPU time of the process per operation, so that garbage collections and their threads are in it; the least ' +
  `disturbed of ${SLICES} slices of ${SLICE_MILLIS} ms, in which the variants take turns, and the median over the rounds. Each variant through its own OpenTelemetry API, with the profilers sampling.`;

export const OPERATIONS_ROWS: readonly Row[] = [
  {
    name: 'operations',
    title: 'CPU per operation',
    explanation: `${HOW} \`pyroscope.profile.id\` is on.`,
    variants: TRACING_VARIANTS,
    alsoOn26: true,
    isInTurns: true,
    rounds: 4,
    measures: measures(true),
    measure: measureWith([]),
  },
  {
    name: 'operations-without-frames',
    title: 'CPU per operation without AsyncContextFrame',
    explanation: `As above, with \`--no-async-context-frame\`: an async hook tells the sampler of each continuation. ${HOW}`,
    variants: ['plain', 'ours', 'dd-trace', 'dd-trace-tracing'],
    alsoOn26: false,
    isInTurns: true,
    rounds: 3,
    measures: measures(false),
    measure: measureWith(['--no-async-context-frame']),
  },
];
