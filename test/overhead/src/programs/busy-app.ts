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
const { stats, flush } = runningVariant();

async function run({ shape, seconds, taskMicros, spansPerTask, seed }: BusySettings): Promise<BusyFigures> {
  const load = createCallTreeLoad(CALL_TREE_SHAPES[shape], seed);
  const inServerSpan = createServerSpans();
  const gaps: Gap[] = [];
  const micros = Math.round(taskMicros / spansPerTask);
  await flush?.();
  const before = stats?.();
  const collectionMillis = createCollectionWatch();
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const end = start + seconds * 1_000;
  let taskEnd = start;
  let taskEndCpu = threadCpuMillis();
  while (taskEnd < end) {
    await turn();
    const millis = performance.now() - taskEnd;
    if (millis >= LEAST_GAP_MILLIS) {
      gaps.push({ atMillis: taskEnd - start, millis, cpuMillis: threadCpuMillis() - taskEndCpu, collectionMillis: collectionMillis() });
    }
    for (let span = 0; span < spansPerTask; span++) inServerSpan(() => load.task(micros));
    taskEndCpu = threadCpuMillis();
    taskEnd = performance.now();
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const elapsedSeconds = (performance.now() - start) / 1_000;
  const rssBytes = process.memoryUsage.rss();
  await flush?.();
  const own = ownFigures(before, stats?.(), elapsedSeconds);
  return {
    seconds: elapsedSeconds,
    cpuSeconds: (user + system) / 1e6,
    gaps,
    rssBytes,
    ...(own === undefined ? {} : { own }),
  };
}

/** Milliseconds that our profiler has collected since the last look. */
function createCollectionWatch(): () => number {
  let paused = stats?.().pauseMillisTotal ?? 0;
  return () => {
    const before = paused;
    paused = stats?.().pauseMillisTotal ?? 0;
    return paused - before;
  };
}

/** Both are after a flush: no sample is under way. */
function ownFigures(before: ProfilingFigures | undefined, after: ProfilingFigures | undefined, seconds: number): OwnFigures | undefined {
  if (before === undefined || after === undefined) return undefined;
  const samples = after.samples - before.samples;
  const lost = after.samplesLost - before.samplesLost;
  return {
    collections: after.collections - before.collections,
    samplesMissingPercent: (1 - samples / (seconds * SAMPLING_HERTZ)) * 100,
    samplesLostPercent: (lost / (samples + lost)) * 100,
    samplingHertz: 1e6 / after.samplingIntervalMicros,
  };
}

function threadCpuMillis(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

serveCalls({}, { run });
