import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { KINDS } from './kinds.ts';
import type { Recording } from './recording.ts';
import type { OwnSurroundings } from './surroundings.ts';

const CONCURRENT_JOBS = 12;

/** Runs every kind over and over, several at once, each in a job with a root span of its own. Closes the surroundings. */
export async function runJobs(recording: Recording, millis: number, surroundings: OwnSurroundings): Promise<void> {
  const tracer = trace.getTracer('jobs');
  const kinds = [...KINDS];
  const end = performance.now() + millis;
  let id = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end || id < kinds.length) {
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
