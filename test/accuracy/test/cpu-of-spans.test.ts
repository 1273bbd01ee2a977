import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Burst, BurstReport } from '../fixtures/burst-server.ts';

const SECONDS = 60;
const TOLERANCE = 0.15;

interface Pattern {
  readonly burstMillis: number;
  /** Share of the time that the thread is busy. */
  readonly load: number;
}

const patterns: readonly Pattern[] = [
  { burstMillis: 1, load: 0.1 },
  { burstMillis: 3, load: 0.3 },
  { burstMillis: 10, load: 0.5 },
  { burstMillis: 20, load: 0.2 },
];

/** Exponential gaps, as requests have them: a fixed beat would alias with the sampler's own. */
async function drive({ burstMillis, load }: Pattern): Promise<BurstReport> {
  const child = fork(new URL('../fixtures/burst-server.ts', import.meta.url), {
    execArgv: ['--conditions=@flamespan/source'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    await once(child, 'message');
    const end = performance.now() + SECONDS * 1_000;
    const meanGapMillis = burstMillis / load;
    let due = performance.now();
    while (performance.now() < end) {
      due += -Math.log(1 - Math.random()) * meanGapMillis;
      const wait = due - performance.now();
      if (wait > 0) await sleep(wait);
      child.send({ burstMillis, sentUnixMillis: Date.now() } satisfies Burst);
    }
    child.send('report');
    const [report] = (await once(child, 'message')) as [BurstReport];
    return report;
  } finally {
    child.kill();
  }
}

test('the CPU on spans is the CPU the thread spent in them', { timeout: (SECONDS + 60) * 1_000 }, async () => {
  const reports = await Promise.all(patterns.map(drive));
  const rows = reports.map((report, index) => {
    const { burstMillis = 0, load = 0 } = patterns[index] ?? {};
    return {
      'burst ms': burstMillis, 'load %': load * 100, bursts: report.bursts,
      'true ms': Math.round(report.trueCpuMillis), 'on spans ms': Math.round(report.linkedCpuMillis),
      'ratio': Number((report.linkedCpuMillis / report.trueCpuMillis).toFixed(3)),
      'thread ms': Math.round(report.threadCpuMillis), 'all samples ms': Math.round(report.sampledCpuMillis),
    };
  });
  console.table(rows);
  for (const row of rows) expect(Math.abs(row.ratio - 1), JSON.stringify(row)).toBeLessThanOrEqual(TOLERANCE);
});
