import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { KINDS } from './kinds.ts';
import type { Recording } from './recording.ts';
import { LEAST_RIGHT } from './recording.ts';
import type { OwnSurroundings } from './surroundings.ts';

const CONCURRENT_JOBS = 12;
const LONGEST_MILLIS = 10_000;
/** Scoring takes its time. */
const LOOK_MILLIS = 100;

/**
 * Runs every kind over and over, several at once, each in a job with a root span of its own. Closes the surroundings. Goes on for
 * longer than `millis` where a busy machine lets too little of it be sampled.
 */
export async function runJobs(recording: Recording, millis: number, surroundings: OwnSurroundings): Promise<void> {
  const tracer = trace.getTracer('jobs');
  const kinds = [...KINDS];
  const start = performance.now();
  let id = 0;
  let nextLook = start + millis;
  let isOver = false;
  const goesOn = (): boolean => {
    const now = performance.now();
    if (!isOver && now >= nextLook && id >= kinds.length) {
      nextLook = now + LOOK_MILLIS;
      isOver = now - start > LONGEST_MILLIS || recording.soFar.right > LEAST_RIGHT;
    }
    return !isOver;
  };
  const worker = async (): Promise<void> => {
    while (goesOn()) {
      const [kind, continuation] = kinds[id++ % kinds.length] ?? [];
      if (kind === undefined || continuation === undefined) return;
      await tracer.startActiveSpan(`job ${kind}`, { root: true }, async (span) => {
        await recording.run({ kind, continuation, id, tracer, surroundings, endpoint: `job ${kind}` });
        span.end();
      });
    }
  };
  await context.with(ROOT_CONTEXT, () => Promise.all(Array.from({ length: CONCURRENT_JOBS }, worker)));
  await surroundings.close();
}
