import { createExpressLoad, REQUESTS_PER_SECOND } from '../express-load.ts';
import type { AppReady, SettledMemory, UsageFigures } from '../express-load.ts';
import { startProcess } from '../measured-process.ts';
import type { Figures, Round, Row } from '../row.ts';
import { slopeOf } from '../statistics.ts';
import { lineChart } from '../text-chart.ts';

const EXPRESS_APP = new URL('../programs/express-app.ts', import.meta.url);
/** At the memory, in all. */
const LOOKS = 60;
/** Caches, pools and optimised code grow at first. */
const WARM_UP_SHARE = 0.3;
/** Windows last a minute: in less than some of them the heap only goes up. */
const LEAST_MINUTES = 5;
/** Growth that would be 15 MB in a day. */
const HARMLESS_MEGABYTES_PER_MINUTE = 15 / (24 * 60);

interface Look {
  readonly minutes: number;
  readonly rss: number;
  readonly heap: number;
}

let remark = '';

async function measure(round: Round): Promise<Figures> {
  await using app = await startProcess<AppReady>({ program: EXPRESS_APP, round });
  const load = createExpressLoad(app.ready.port);
  const looks: Look[] = [];
  try {
    const start = performance.now();
    const secondsBetween = (round.minutes * 60) / LOOKS;
    let requests = 0;
    for (let look = 1; look <= LOOKS; look++) {
      const left = start + look * secondsBetween * 1_000 - performance.now();
      requests += await load.drive(Math.ceil((left / 1_000) * REQUESTS_PER_SECOND), REQUESTS_PER_SECOND, left);
      round.sink.take();
      const { rssBytes, heapBytes } = await app.call<SettledMemory>('settledMemory');
      looks.push({ minutes: (performance.now() - start) / 60_000, rss: rssBytes / 1e6, heap: heapBytes / 1e6 });
      round.progress(`${looks.at(-1)?.minutes.toFixed(1)} min, RSS ${(rssBytes / 1e6).toFixed(1)} MB, heap ${(heapBytes / 1e6).toFixed(2)} MB`);
    }
    const { stats } = await app.call<UsageFigures>('usage');
    const settled = looks.slice(Math.floor(looks.length * WARM_UP_SHARE));
    const heap = slopeOf(settled.map((look) => [look.minutes, look.heap]));
    const rss = slopeOf(settled.map((look) => [look.minutes, look.rss]));
    remark = [
      `${requests.toLocaleString('en')} requests, ${LOOKS} looks at the memory, each after two full garbage collections; slopes by least squares from ${settled[0]?.minutes.toFixed(1)} min on.`,
      round.minutes < LEAST_MINUTES ? `Too short to judge: ${LEAST_MINUTES} minutes at least.` : `JavaScript heap: ${verdict(heap)} RSS: ${verdict(rss)}`,
      stats === undefined ? '' : `${stats.collections} collections, ${stats.samples} samples, ${stats.errors} errors of our own, ${(1e6 / stats.samplingIntervalMicros).toFixed(0)} Hz at the end.`,
      '',
      '```text',
      lineChart('RSS, MB', looks.map((look) => look.rss)),
      lineChart('heap, MB', looks.map((look) => look.heap)),
      '```',
    ].join('\n');
    return { heapSlope: heap.slope, rssSlope: rss.slope, heap: settled.at(-1)?.heap ?? 0, rss: settled.at(-1)?.rss ?? 0 };
  } finally {
    load.close();
  }
}

/** Growth counts where it is both more than chance and more than a little. */
function verdict({ slope, standardError }: ReturnType<typeof slopeOf>): string {
  const shown = `${slope >= 0 ? '+' : ''}${slope.toFixed(3)} ± ${(2 * standardError).toFixed(3)} MB a minute`;
  return slope - 2 * standardError > HARMLESS_MEGABYTES_PER_MINUTE ? `grows, ${shown}.` : `no growth, ${shown}.`;
}

const SOAK: Omit<Row, 'name' | 'title' | 'variants'> = {
  explanation: `The Express application of the row \`cpu\` under ${REQUESTS_PER_SECOND.toLocaleString('en')} requests a second, with uploads as by default.`,
  alsoOn26: false,
  rounds: 1,
  byNameOnly: true,
  measures: [
    { name: 'heapSlope', label: 'growth of the JavaScript heap', unit: 'MB a minute', digits: 3, comparison: 'none' },
    { name: 'rssSlope', label: 'growth of RSS', unit: 'MB a minute', digits: 3, comparison: 'none' },
    { name: 'heap', label: 'JavaScript heap at the end', unit: 'MB', digits: 1, comparison: 'none' },
    { name: 'rss', label: 'RSS at the end', unit: 'MB', digits: 1, comparison: 'none' },
  ],
  measure,
  remarks: () => remark,
};

export const SOAK_ROWS: readonly Row[] = [
  { ...SOAK, name: 'soak', title: 'Memory over a long time', variants: ['ours'] },
  // What grows here is not ours.
  { ...SOAK, name: 'soak-plain', title: 'Memory over a long time, without profiling', variants: ['plain'] },
];
