import type { Finding } from '../../api/answers.ts';
import { hottestFramesOf } from '../hottest-frames.ts';
import { leastShare } from '../../call-tree/significance.ts';
import { LEAST_SAMPLES, percent, samplesText } from './evidence.ts';
import type { Subject } from './subject.ts';

/** Half of the time, at the least that the samples allow for. */
const LEAST_SHARE = 0.5;

/** One function of the application has more than half of the time on the thread. */
export function dominantFunction({ selected, samples, wallNanos, name, place }: Subject): Finding[] {
  const [frame] = hottestFramesOf(selected, 1);
  if (frame === undefined || samples < LEAST_SAMPLES || leastShare(frame.samples, samples) < LEAST_SHARE) return [];
  const where = frame.filename === '' ? '' : ` (${frame.filename}${frame.line > 0 ? `:${frame.line}` : ''})`;
  return [{
    kind: 'dominant-function',
    title: `${frame.name || 'An anonymous function'} takes ${percent(frame.wallNanos, wallNanos)} of the time that ${name} has on the thread.`,
    evidence: `${samplesText(frame.samples, samples, selected)}, are in the function${where} or in what it called in libraries and in Node.js. Samples are chance: 19 times out of 20 such a part is at least ${percent(leastShare(frame.samples, samples), 1)}.`,
    samples: frame.samples,
    ...place,
    frame: frame.name || null,
  }];
}
