import type { Finding } from '../../api/answers.ts';
import { formatDuration } from '../../report/units.ts';
import { coveredWithin, unionOf } from '../interval-list.ts';
import type { Waterfall, WaterfallSpan } from '../waterfall.ts';
import { percent } from './evidence.ts';

const LEAST_SPANS = 10;
/** Of the parent's time, all of them together, and the median one at most. */
const LEAST_SHARE = 0.2;
const LONGEST_SHARE = 0.1;
/** Where they take so much more than the time that passes, they run at the same time. */
const SEQUENTIAL = 1.2;

/** Many short child spans of one kind under a span or a descendant of it in its process: N+1. */
export function similarSpans({ spans, traceId }: Waterfall, index: number): Finding[] {
  const { process, subtreeEnd } = spans[index]!;
  const children = new Map<number, Map<string, WaterfallSpan[]>>();
  for (let i = index + 1; i < subtreeEnd; i++) {
    const child = spans[i]!;
    if (spans[child.parent]!.process !== process) continue;
    const groups = children.get(child.parent) ?? new Map<string, WaterfallSpan[]>();
    children.set(child.parent, groups);
    const key = `${child.span.kind} ${patternOf(child.span.name)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [child]);
    else group.push(child);
  }
  return [...children].flatMap(([parent, groups]) => [...groups.values()].flatMap((group) => findingOf(traceId, spans[parent]!, group)));
}

/** Numbers and ids in names differ from span to span of one kind. */
function patternOf(name: string): string {
  return name.replace(/\b[0-9a-f]{8,}\b|\d+/gi, '?');
}

function findingOf(traceId: string, parent: WaterfallSpan, group: readonly WaterfallSpan[]): Finding[] {
  if (group.length < LEAST_SPANS || parent.durationNanos === 0) return [];
  const durations = group.map(({ durationNanos }) => durationNanos).sort((a, b) => a - b);
  const median = durations[durations.length >> 1]!;
  const sum = durations.reduce((total, duration) => total + duration, 0);
  const covered = coveredWithin(
    unionOf(group.flatMap(({ startNanos, durationNanos }) => [startNanos, startNanos + durationNanos])),
    parent.startNanos, parent.startNanos + parent.durationNanos,
  );
  if (covered < LEAST_SHARE * parent.durationNanos || median > LONGEST_SHARE * parent.durationNanos) return [];
  const sequential = sum <= SEQUENTIAL * covered;
  return [{
    kind: 'many-similar-spans',
    title: `${parent.span.name} has ${group.length} child spans like "${group[0]!.span.name}", which take ${percent(covered, parent.durationNanos)} of its time.`,
    evidence: `${formatDuration(median)} each (median), ${sequential ? 'one after the other' : 'partly at the same time'}, ${formatDuration(covered)} of ${formatDuration(parent.durationNanos)}. ${sequential ? 'One request for all of them, or several at a time, may save most of it (N+1).' : 'One request for all of them may save most of it.'} This rests on spans, not on samples.`,
    samples: 0,
    trace: traceId,
    span: parent.span.spanId,
    scope: null,
    frame: null,
  }];
}
