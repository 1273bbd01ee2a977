import { BUSY_APP, longest, TASK_MICROS } from '../busy-load.ts';
import type { BusyFigures } from '../busy-load.ts';
import { startProcess } from '../measured-process.ts';
import type { Figures, Measure, Round, Row } from '../row.ts';

const SECONDS = 9;
const UPLOAD_SECONDS = 8;
const SPANS_PER_TASK = { low: 5, high: 50 } as const;
const RATES = { low: '1,000 spans/s', high: '10,000 spans/s' } as const;

type Level = keyof typeof SPANS_PER_TASK;

async function measureLevel(round: Round, level: Level): Promise<Figures> {
  await using app = await startProcess({ program: BUSY_APP, round, uploadSeconds: UPLOAD_SECONDS });
  const settings = { shape: 'medium', taskMicros: TASK_MICROS, spansPerTask: SPANS_PER_TASK[level], seed: 1 } as const;
  round.sink.take();
  const { gaps, rssBytes, own } = await app.call<BusyFigures>('run', { ...settings, seconds: SECONDS });
  const { profiles } = round.sink.take();
  return {
    rss: rssBytes / 1e6,
    ...(own === undefined
      ? {}
      : {
          pause: longest(gaps, ({ collectionMillis }) => collectionMillis),
          kilobytes: Math.max(0, ...profiles.map(({ body }) => body.length)) / 1_000,
        }),
  };
}

async function measure(round: Round): Promise<Figures> {
  const low = await measureLevel(round, 'low');
  const high = await measureLevel(round, 'high');
  const named = (figures: Figures, level: Level): Figures =>
    Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${name}-${level}`, value]));
  return { ...named(low, 'low'), ...named(high, 'high') };
}

const atBoth = (name: string, measureOf: (rate: string) => Omit<Measure, 'name'>): Measure[] =>
  (['low', 'high'] as const).map((level) => ({ name: `${name}-${level}`, ...measureOf(RATES[level]) }));

export const WORK_ROW: Row = {
  name: 'work',
  title: 'Cost against work',
  explanation:
    `The busy thread of \`pauses-medium\` for ${SECONDS} s, the same work divided into ${RATES.low} and into ${RATES.high}: samples are bounded by time, not by spans, ` +
    'so pause, upload and the memory that profiling adds should stay. Uploads are not compressed.',
  variants: ['plain', 'ours'],
  alsoOn26: false,
  rounds: 1,
  measures: [
    ...atBoth('pause', (rate) => ({ label: `longest pause by a collection, ${rate}`, unit: 'ms', digits: 1, comparison: 'none' })),
    ...atBoth('kilobytes', (rate) => ({ label: `upload, ${rate}`, unit: 'kB', digits: 0, comparison: 'none' })),
    ...atBoth('rss', (rate) => ({ label: `RSS, ${rate}`, unit: 'MB', digits: 0, comparison: 'difference' })),
  ],
  measure,
};
