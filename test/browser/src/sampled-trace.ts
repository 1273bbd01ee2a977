import { samplesOf } from '../../demo/src/sent-samples.ts';
import { profilesOf } from './sent-samples.ts';

/**
 * The trace with the span that has most samples of a function, and few of anything else: whether the slowest trace has a sample of it
 * at all is a matter of chance.
 */
export async function traceSampledMostIn(viewerUrl: string, service: string, functionName: string): Promise<string> {
  const excess = new Map<string, { readonly traceId: string; samples: number }>();
  for (const { link, frames } of (await profilesOf(viewerUrl, service)).flatMap(samplesOf)) {
    if (link === undefined) continue;
    const span = excess.get(link.spanId) ?? { traceId: link.traceId, samples: 0 };
    span.samples += frames.some((frame) => frame.functionName === functionName) ? 1 : -1;
    excess.set(link.spanId, span);
  }
  const [most] = [...excess.values()].toSorted((a, b) => b.samples - a.samples);
  if (most === undefined || most.samples <= 0) throw new Error(`No span has its samples in ${functionName}`);
  return most.traceId;
}
