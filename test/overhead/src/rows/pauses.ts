import { gunzipSync, gzipSync } from 'node:zlib';
import { BUSY_APP, histogram, HISTOGRAM_LABELS, longest, TASK_MICROS } from '../busy-load.ts';
import type { BusyFigures, Gap, ShapeName } from '../busy-load.ts';
import { startProcess } from '../measured-process.ts';
import type { Figures, Measure, Round, Row } from '../row.ts';
import type { ArrivedProfile } from '../sink-server.ts';
import { VARIANT_NAMES, VARIANTS } from '../variants.ts';
import type { VariantName } from '../variants.ts';

interface PausesSettings {
  readonly shape: ShapeName;
  readonly title: string;
  readonly rounds: number;
  /** undefined = the variant's own. */
  readonly uploadSeconds?: number;
  /** Of the load; at least one upload must be in it. */
  readonly seconds: Readonly<Record<'plain' | 'ours' | 'dd-trace' | 'splunk' | 'pyroscope', number>>;
}

const MEASURES: readonly Measure[] = [
  { name: 'collection', label: 'longest pause by a collection (others: longest of all pauses)', unit: 'ms', digits: 1, comparison: 'none', target: { atMost: 15, text: '≤ 15 ms' } },
  { name: 'collectionShare', label: 'time in collections (others: in all pauses of 1 ms and more)', unit: '%', digits: 2, comparison: 'none', target: { atMost: 0.3, text: '≤ 0.3 %' } },
  { name: 'collections', label: 'collections', unit: 'count', digits: 0, comparison: 'none' },
  { name: 'longest', label: 'longest pause of the event loop, whatever the cause', unit: 'ms', digits: 1, comparison: 'difference' },
  { name: 'longestCpu', label: 'the same in CPU time of the thread', unit: 'ms', digits: 1, comparison: 'difference' },
  { name: 'other', label: 'longest pause outside of collections', unit: 'ms', digits: 1, comparison: 'none' },
  { name: 'share', label: 'time in pauses of 1 ms and more', unit: '%', digits: 2, comparison: 'difference' },
  { name: 'missing', label: 'samples missing of those due at 99 Hz, whatever the cause', unit: '%', digits: 2, comparison: 'none' },
  { name: 'rate', label: 'sampling rate at the end', unit: 'Hz', digits: 0, comparison: 'none' },
  { name: 'lost', label: 'samples lost to collections, as Flamespan says itself', unit: '%', digits: 2, comparison: 'none', target: { atMost: 1, text: '≤ 1 %' } },
  { name: 'upload', label: 'largest upload as sent', unit: 'kB', digits: 0, comparison: 'none' },
  { name: 'rss', label: 'RSS at the end', unit: 'MB', digits: 0, comparison: 'difference' },
];

function pausesRow({ shape, title, rounds, uploadSeconds, seconds }: PausesSettings): Row {
  const gapsOf = new Map<VariantName, Gap[]>();

  async function measure(round: Round): Promise<Figures> {
    await using app = await startProcess({ program: BUSY_APP, round, ...(uploadSeconds === undefined ? {} : { uploadSeconds }) });
    const length = seconds[round.variant as keyof typeof seconds];
    // Compiles the load and fills the caches.
    await app.call('run', { shape, seconds: 0.5, taskMicros: TASK_MICROS, spansPerTask: 1, seed: 2 });
    round.sink.take();
    const figures = await app.call<BusyFigures>('run', { shape, seconds: length, taskMicros: TASK_MICROS, spansPerTask: 1, seed: 1 }, (length + 60) * 1_000);
    const { profiles } = round.sink.take();
    const { gaps } = figures;
    if (round.variant !== 'plain' && profiles.length === 0) throw new Error(`${round.variant} has delivered no profile within ${length} s: its pauses would mean nothing`);
    gapsOf.set(round.variant, [...(gapsOf.get(round.variant) ?? []), ...gaps]);
    const sum = (millis: readonly number[]): number => millis.reduce((total, one) => total + one, 0);
    const share = (sum(gaps.map(({ millis }) => millis)) / figures.seconds / 1_000) * 100;
    return {
      longest: longest(gaps),
      longestCpu: longest(gaps, ({ cpuMillis }) => cpuMillis),
      share,
      rss: figures.rssBytes / 1e6,
      ...(profiles.length === 0 ? {} : { upload: Math.max(...profiles.map(compressedBytes)) / 1_000 }),
      ...(figures.own === undefined
        ? round.variant === 'plain' ? {} : { collection: longest(gaps), collectionShare: share }
        : {
            collection: longest(gaps, ({ collectionMillis }) => collectionMillis),
            collectionShare: (sum(gaps.map(({ collectionMillis }) => collectionMillis)) / figures.seconds / 1_000) * 100,
            other: longest(gaps, ({ millis, collectionMillis }) => millis - collectionMillis),
            missing: figures.own.samplesMissingPercent,
            lost: figures.own.samplesLostPercent,
            rate: figures.own.samplingHertz,
            collections: figures.own.collections,
          }),
    };
  }

  return {
    name: `pauses-${shape}`,
    title,
    explanation:
      `A thread that is always busy, in tasks of ${TASK_MICROS / 1_000} ms with a span each. A pause is the time between two tasks; 1 ms and more counts. ` +
      (uploadSeconds === undefined ? 'Profiles are uploaded as often as by default' : `Profiles are uploaded every ${uploadSeconds} s`) +
      `; the load runs for ${Object.entries(seconds).map(([variant, length]) => `${length} s (${VARIANTS[variant as VariantName].label})`).join(', ')}.`,
    variants: ['plain', 'ours', 'dd-trace', 'splunk', 'pyroscope'],
    alsoOn26: false,
    rounds,
    measures: MEASURES,
    measure,
    remarks: () => {
      const lines = VARIANT_NAMES.flatMap((variant) => {
        const gaps = gapsOf.get(variant);
        return gaps === undefined ? [] : [`| ${VARIANTS[variant].label} | ${histogram(gaps).join(' | ')} |`];
      });
      gapsOf.clear();
      return [`| pauses in all rounds | ${HISTOGRAM_LABELS.join(' | ')} |`, `|${'---|'.repeat(HISTOGRAM_LABELS.length + 1)}`, ...lines].join('\n');
    },
  };
}

/** Of a request whose body is not compressed: as it would be. */
function compressedBytes({ body, headers }: ArrivedProfile): number {
  const compressed = headers['content-encoding'] !== undefined || isGzip(body) || /multipart/.test(String(headers['content-type']));
  return compressed ? body.length : gzipSync(body).length;
}

function isGzip(body: Buffer): boolean {
  try {
    gunzipSync(body);
    return true;
  } catch {
    return false;
  }
}

export const PAUSES_ROWS: readonly Row[] = [
  pausesRow({
    shape: 'small', title: 'Pauses with a call tree of 1,000 nodes', rounds: 1, uploadSeconds: 5,
    seconds: { plain: 6, ours: 6, 'dd-trace': 6, splunk: 6, pyroscope: 6 },
  }),
  pausesRow({
    shape: 'medium', title: 'Pauses with a call tree of 10,000 nodes', rounds: 1, uploadSeconds: 10,
    seconds: { plain: 8, ours: 12, 'dd-trace': 12, splunk: 12, pyroscope: 12 },
  }),
  pausesRow({
    shape: 'large', title: 'Pauses with a call tree of 45,000 nodes in a minute', rounds: 1,
    seconds: { plain: 10, ours: 63, 'dd-trace': 68, splunk: 33, pyroscope: 63 },
  }),
];
