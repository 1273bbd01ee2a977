import { setTimeout as pause } from 'node:timers/promises';
import { createExpressLoad, REQUESTS_PER_SECOND } from '../express-load.ts';
import type { AppReady, GarbageFigures, SettledMemory, UsageFigures } from '../express-load.ts';
import { startInTurns } from '../process-in-turns.ts';
import type { Figures, Round, Row } from '../row.ts';
import { TRACING_VARIANTS } from '../variants.ts';

const EXPRESS_APP = new URL('../programs/express-app.ts', import.meta.url);
const WARM_UP_SECONDS = 1.5;
const TURN_SECONDS = 2;
const TURNS = 10;
const GARBAGE_SECONDS = 0.8;
const IDLE_MILLIS = 800;
const MEGABYTE = 1e6;

async function measure(round: Round): Promise<Figures> {
  // One upload, in one of the last turns.
  const uploadSeconds = (TURNS - 2) * TURN_SECONDS * round.variants.length;
  await using app = await startInTurns<AppReady>({ program: EXPRESS_APP, round, uploadSeconds });
  const load = createExpressLoad(app.ready.port);
  try {
    const seconds = (count: number): Promise<number> => load.drive(count * REQUESTS_PER_SECOND, REQUESTS_PER_SECOND);
    await app.turn(() => seconds(WARM_UP_SECONDS));
    let cpuMicros = 0;
    let threadCpuMicros = 0;
    let rssBytes = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      await app.turn(async (call) => {
        const before = await call<UsageFigures>('usage');
        await seconds(TURN_SECONDS);
        const after = await call<UsageFigures>('usage');
        cpuMicros += after.cpuMicros - before.cpuMicros;
        threadCpuMicros += after.threadCpuMicros - before.threadCpuMicros;
        rssBytes = after.rssBytes;
      });
    }
    const { traces, profiles } = round.sink.take();
    checkDelivery(round, traces, profiles.length);
    const { garbage, memory, idleBefore, idleAfter } = await app.turn(async (call) => {
      await call('startGarbage');
      await seconds(GARBAGE_SECONDS);
      const garbage = await call<GarbageFigures>('stopGarbage');
      const memory = await call<SettledMemory>('settledMemory');
      const idleBefore = await call<UsageFigures>('usage');
      await pause(IDLE_MILLIS);
      return { garbage, memory, idleBefore, idleAfter: await call<UsageFigures>('usage') };
    });
    const requests = TURNS * TURN_SECONDS * REQUESTS_PER_SECOND;
    return {
      cpu: cpuMicros / requests,
      thread: threadCpuMicros / requests,
      idle: (idleAfter.cpuMicros - idleBefore.cpuMicros) / IDLE_MILLIS,
      rss: rssBytes / MEGABYTE,
      ...(idleAfter.stats === undefined ? {} : { rate: 1e6 / idleAfter.stats.samplingIntervalMicros }),
      startRss: app.ready.rssBytes / MEGABYTE,
      settledRss: memory.rssBytes / MEGABYTE,
      heap: memory.heapBytes / MEGABYTE,
      garbage: garbage.allocatedBytes / (GARBAGE_SECONDS * REQUESTS_PER_SECOND) / 1_000,
      gc: garbage.gcMicros / (GARBAGE_SECONDS * REQUESTS_PER_SECOND),
    };
  } finally {
    load.close();
  }
}

/** A variant that does not trace, or does not profile, has no cost to be measured. */
function checkDelivery({ variant }: Round, traces: number, profiles: number): void {
  const profiling = variant !== 'plain' && !variant.endsWith('-tracing');
  if (traces === 0) throw new Error(`${variant} has delivered no traces: its figures would mean nothing`);
  if (profiling !== profiles > 0) throw new Error(`${variant} has delivered ${profiles} profiles: its figures would mean nothing`);
}

export const CPU_ROW: Row = {
  name: 'cpu',
  title: 'CPU, memory and garbage of requests to an Express application',
  explanation:
    `A route with six awaits, ${REQUESTS_PER_SECOND.toLocaleString('en')} requests a second from another process; \`process.cpuUsage()\` before and after ${TURNS} turns of ` +
    `${TURN_SECONDS} s, which the variants take one after the other: a process is stopped while others have theirs. Profiles are uploaded once in ` +
    `these ${TURNS * TURN_SECONDS} s: by default it is every 30 to 65 s, and costs less. Memory is resident memory when the application listens, under load, and after two full garbage collections.`,
  variants: TRACING_VARIANTS,
  alsoOn26: true,
  isInTurns: true,
  rounds: 4,
  roundsOn26: 3,
  measures: [
    { name: 'cpu', label: 'CPU per request', unit: 'µs', digits: 1, comparison: 'percent', target: { atMost: 3, text: '≤ +3 %' } },
    { name: 'thread', label: 'of this on the JavaScript thread', unit: 'µs', digits: 1, comparison: 'percent' },
    { name: 'idle', label: 'CPU without requests, per second', unit: 'ms', digits: 1, comparison: 'difference' },
    { name: 'garbage', label: 'allocated per request', unit: 'kB', digits: 1, comparison: 'difference' },
    { name: 'gc', label: 'garbage collection per request', unit: 'µs', digits: 1, comparison: 'difference' },
    { name: 'startRss', label: 'RSS when listening', unit: 'MB', digits: 1, comparison: 'difference', target: { atMost: 15, text: '≤ +15 MB' } },
    { name: 'rss', label: 'RSS under load', unit: 'MB', digits: 1, comparison: 'difference', target: { atMost: 15, text: '≤ +15 MB' } },
    { name: 'settledRss', label: 'RSS after garbage collections', unit: 'MB', digits: 1, comparison: 'difference', target: { atMost: 15, text: '≤ +15 MB' } },
    { name: 'heap', label: 'JavaScript heap after garbage collections', unit: 'MB', digits: 1, comparison: 'difference' },
    { name: 'rate', label: 'sampling rate at the end', unit: 'Hz', digits: 0, comparison: 'none' },
  ],
  measure,
};
