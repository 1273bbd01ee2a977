/** A thread that is always busy, in tasks with many call paths; what runs between two tasks is what the application waits for. */
import { setImmediate as turn } from 'node:timers/promises';
import { SAMPLING_HERTZ } from '../busy-load.ts';
import type { BusyFigures, BusySettings, Gap, OwnFigures } from '../busy-load.ts';
import { CALL_TREE_SHAPES, createCallTreeLoad } from '../call-tree-load.ts';
import { runningVariant } from './running-variant.ts';
import type { ProfilingFigures } from './running-variant.ts';
import { createServerSpans } from './server-span.ts';
import { serveCalls } from './serve-calls.ts';

/** Shorter gaps are the event loop's own. */
const LEAST_GAP_MILLIS = 1;
const { stats } = runningVariant();

async function run({ shape, seconds, taskMicros, spansPerTask, seed }: BusySettings): Promise<BusyFigures> {
  const load = createCallTreeLoad(CALL_TREE_SHAPES[shape], seed);
  const inServerSpan = createServerSpans();
  const gaps: Gap[] = [];
  const micros = Math.round(taskMicros / spansPerTask);
  const collections = createCollectionWatch();
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const end = start + seconds * 1_000;
  let taskEnd = start;
  let taskEndCpu = threadCpuMillis();
  while (taskEnd < end) {
    await turn();
    const millis = performance.now() - taskEnd;
    if (millis >= LEAST_GAP_MILLIS) {
      gaps.push({ atMillis: taskEnd - start, millis, cpuMillis: threadCpuMillis() - taskEndCpu, collectionMillis: collections.look() });
    }
    for (let span = 0; span < spansPerTask; span++) inServerSpan(() => load.task(micros));
    taskEndCpu = threadCpuMillis();
    taskEnd = performance.now();
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const own = collections.figures();
  return {
    seconds: (performance.now() - start) / 1_000,
    cpuSeconds: (user + system) / 1e6,
    gaps,
    rssBytes: process.memoryUsage.rss(),
    ...(own === undefined ? {} : { own }),
  };
}

interface CollectionWatch {
  /** Milliseconds that our profiler has collected since the last look. */
  look(): number;
  figures(): OwnFigures | undefined;
}

/** Samples count when they are collected: between two collections none is under way. */
function createCollectionWatch(): CollectionWatch {
  let last = stats?.();
  let pausedMillis = last?.pauseMillisTotal ?? 0;
  const looks: { readonly millis: number; readonly stats: ProfilingFigures }[] = [];
  return {
    look: () => {
      const now = stats?.();
      if (now === undefined || last === undefined) return 0;
      if (now.collections > last.collections) looks.push({ millis: performance.now(), stats: now });
      last = now;
      const before = pausedMillis;
      pausedMillis = now.pauseMillisTotal;
      return pausedMillis - before;
    },
    figures: () => {
      const [first] = looks;
      const end = looks.at(-1);
      if (first === undefined || end === undefined) return undefined;
      const [from, to] = [first.stats, end.stats];
      const due = ((end.millis - first.millis) * SAMPLING_HERTZ) / 1_000;
      return {
        collections: to.collections - from.collections,
        samplesMissingPercent: due === 0 ? 0 : (1 - (to.samples - from.samples) / due) * 100,
        samplesLostPercent: (to.samplesLost / (to.samples + to.samplesLost)) * 100,
        samplingHertz: 1e6 / to.samplingIntervalMicros,
      };
    },
  };
}

function threadCpuMillis(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

serveCalls({}, { run });
