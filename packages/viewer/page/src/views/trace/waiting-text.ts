import type { TraceSpan, Wait } from '../../../../src/api/answers.ts';
import { countOf, formatDuration } from '../../format/units.ts';

/** Waits in spans of one name, added up. */
export interface WaitGroup {
  /** null = in no span. */
  readonly name: string | null;
  readonly durationNanos: number;
  readonly count: number;
  /** Of the longest wait. */
  readonly spanId: string | null;
}

/** Longest first. */
export function waitGroups(waits: readonly Wait[]): readonly WaitGroup[] {
  const groups = new Map<string | null, { name: string | null; durationNanos: number; spans: Set<string>; spanId: string | null; longest: number }>();
  for (const { name, spanId, durationNanos } of waits) {
    let group = groups.get(name);
    if (group === undefined) groups.set(name, (group = { name, durationNanos: 0, spans: new Set(), spanId, longest: durationNanos }));
    group.durationNanos += durationNanos;
    if (spanId !== null) group.spans.add(spanId);
    if (durationNanos <= group.longest) continue;
    group.longest = durationNanos;
    group.spanId = spanId;
  }
  return [...groups.values()]
    .map(({ name, durationNanos, spans, spanId }) => ({ name, durationNanos, count: spans.size, spanId }))
    .sort((a, b) => b.durationNanos - a.durationNanos);
}

export type WaitingSpan = Pick<TraceSpan, 'durationNanos' | 'waitingNanos' | 'profiledNanos' | 'samples' | 'subtreeOnThreadNanos'>;

/** Whether the span may have run without a sample being taken, so that waiting and running cannot be told apart. */
export function isTooShortToTell({ durationNanos, subtreeOnThreadNanos, waitingNanos }: WaitingSpan, samplingIntervalNanos: number | null): boolean {
  return waitingNanos !== null && subtreeOnThreadNanos === 0 && samplingIntervalNanos !== null && durationNanos < samplingIntervalNanos * 2;
}

/** `This span waited 180 of 200 ms`, or why nobody can say; without the places where it waited. */
export function waitingSentence(span: WaitingSpan, samplingIntervalNanos: number | null): string {
  const { durationNanos, waitingNanos, profiledNanos } = span;
  if (waitingNanos === null) return 'No profile of this process covers the span: how long it waited is not known.';
  if (isTooShortToTell(span, samplingIntervalNanos)) return `This span took ${formatDuration(durationNanos)}: with one sample every ${formatDuration(samplingIntervalNanos)}, whether it ran or waited is not known.`;
  if (waitingNanos <= 0) return `This span did not wait: it was on the thread for all of its ${formatDuration(durationNanos)}.`;
  const isPartial = profiledNanos < durationNanos * 0.995;
  return `This span waited ${isPartial ? 'at most ' : ''}${formatDuration(waitingNanos)} of ${formatDuration(durationNanos)}${isPartial ? `, as profiles cover only ${formatDuration(profiledNanos)} of it` : ''}`;
}

/** `80 ms in SELECT products`, `12 ms in 3 spans cache.get`, `100 ms in no span`. */
export function waitGroupText({ name, durationNanos, count }: WaitGroup): string {
  if (name === null) return `${formatDuration(durationNanos)} in no span`;
  return `${formatDuration(durationNanos)} in ${count > 1 ? `${countOf(count, 'span')} ` : ''}${name === '' ? '(no name)' : name}`;
}
