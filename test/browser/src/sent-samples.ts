import { decodeOtlp } from '@flamespan/profile';
import type { Profile } from '@flamespan/profile';
import type { TraceAnswer } from '../../../packages/viewer/src/api/answers.ts';

export type ScopeName = 'Span & children' | 'Span only' | 'Span time period' | 'Full profile';

/**
 * Wall time of each scope of each span of a trace, by span id, in nanoseconds: added up from the profiles as they were sent, which the
 * viewer gives back, and not by its queries. For a trace of one process.
 */
export async function wallNanosByScope(viewerUrl: string, traceId: string): Promise<Map<string, Record<ScopeName, number>>> {
  const trace = (await (await fetch(`${viewerUrl}/api/trace?trace=${traceId}`)).json()) as TraceAnswer;
  const profiles = await profilesOf(viewerUrl, trace.spans[0]!.service);
  const traceStartNanos = BigInt(Math.round(trace.startMoment * 1e3)) * 1000n;
  return new Map(trace.spans.map((span, i) => {
    const start = traceStartNanos + BigInt(Math.round(span.startNanos));
    const end = start + BigInt(Math.round(span.durationNanos));
    const subtree = new Set(trace.spans.slice(i, span.subtreeEnd).map(({ spanId }) => spanId));
    const covering = profiles.filter((profile) => start < profile.startTimeUnixNano + profile.durationNanos && end >= profile.startTimeUnixNano);
    return [span.spanId, {
      'Span & children': sum(profiles, (linked, _time, of) => of === traceId && subtree.has(linked)),
      'Span only': sum(profiles, (linked, _time, of) => of === traceId && linked === span.spanId),
      'Span time period': sum(profiles, (_linked, time) => time > start && time <= end),
      'Full profile': sum(covering, () => true),
    }];
  }));
}

export async function profilesOf(viewerUrl: string, service: string): Promise<readonly Profile[]> {
  const answer = await fetch(`${viewerUrl}/api/download?format=otlp&service=${encodeURIComponent(service)}`);
  return decodeOtlp(new Uint8Array(await answer.arrayBuffer())).profiles;
}

function sum(profiles: readonly Profile[], counts: (spanId: string, timeUnixNano: bigint, traceId: string) => boolean): number {
  let nanos = 0;
  for (const { samples, spans } of profiles) {
    for (let i = 0; i < samples.length; i++) {
      const span = samples.span[i]!;
      if (counts(spans.spanId[span]!, samples.timeUnixNano[i]!, spans.traceId[span]!)) nanos += Number(samples.wallNanos[i]!);
    }
  }
  return nanos;
}
