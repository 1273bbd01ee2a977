import type { Finding } from '../../api/answers.ts';
import type { Span } from '../../store/span.ts';
import type { Store } from '../../store/store.ts';
import { formatDuration, formatNumberOf } from '../../report/units.ts';
import { unionOf } from '../interval-list.ts';
import { longestInterval } from '../profiled-windows.ts';
import { leastShare } from '../../call-tree/significance.ts';
import { percent } from './evidence.ts';
import type { Visit } from './span-thread.ts';
import { visitsDuring } from './span-thread.ts';

const LEAST_VISITS = 5;
/** Part of the span's time, at the least that the samples allow for. */
const LEAST_COLLECTING = 0.05;
const LEAST_BUSY = 0.1;

/** What else had the thread while a span was active: garbage collection, and other requests. */
export function threadTaken(store: Store, span: Span): Finding[] {
  if (span.durationNanos === 0) return [];
  const visits = visitsDuring(store, span);
  const interval = longestInterval(visits.map(({ stored }) => stored));
  if (interval === undefined) return [];
  const collecting = visits.filter(({ collecting: ofCollector }) => ofCollector);
  const others = visits.filter((visit) => !visit.collecting && isOfOtherRequest(visit, span));
  const findings: Finding[] = [];
  const strong = (found: readonly Visit[], least: number): boolean => found.length >= LEAST_VISITS && leastShare(found.length, Math.max(found.length, span.durationNanos / interval)) >= least;
  const place = { trace: span.traceId, span: span.spanId, scope: 'span-period', frame: null } as const;
  if (strong(collecting, LEAST_COLLECTING)) {
    const nanos = timeOf(collecting);
    findings.push({
      kind: 'garbage-collection',
      title: `Garbage collection held the thread for ${percent(nanos, span.durationNanos)} of this span's time.`,
      evidence: `${formatNumberOf(collecting.length, 'sample')}, ${formatDuration(nanos)} of ${formatDuration(span.durationNanos)}. The garbage may be that of other requests: compare what allocates in the heap profile.`,
      samples: collecting.length,
      ...place,
    });
  }
  if (strong(others, LEAST_BUSY)) {
    const nanos = timeOf(others);
    findings.push({
      kind: 'busy-with-another-request',
      title: `The thread was busy with other requests for ${percent(nanos, span.durationNanos)} of this span's time.`,
      evidence: `${formatNumberOf(others.length, 'sample')}, ${formatDuration(nanos)} of ${formatDuration(span.durationNanos)}: ${endpointsText(others)}. Meanwhile this span could not go on; it may have been waiting for something else as well.`,
      samples: others.length,
      ...place,
    });
  }
  return findings;
}

/** Of another trace, or of a request whose trace was not sent. */
function isOfOtherRequest({ stored, sample }: Visit, { traceId }: Span): boolean {
  const { spans, samples } = stored.profile;
  const row = samples.span[sample]!;
  return stored.linkedSpanId[row] === '' ? spans.endpoint[row] !== 0 : spans.traceId[row] !== traceId;
}

function timeOf(visits: readonly Visit[]): number {
  const union = unionOf(visits.flatMap(({ start, end }) => [start, end]));
  let nanos = 0;
  for (let i = 0; i < union.length; i += 2) nanos += union[i + 1]! - union[i]!;
  return nanos;
}

/** `GET /a 12 samples, GET /b 3 samples` */
function endpointsText(visits: readonly Visit[]): string {
  const counts = new Map<string, number>();
  for (const { stored: { profile }, sample } of visits) {
    const endpoint = profile.strings[profile.spans.endpoint[profile.samples.span[sample]!]!] || 'spans without an endpoint';
    counts.set(endpoint, (counts.get(endpoint) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, 3).map(([endpoint, count]) => `${endpoint} ${formatNumberOf(count, 'sample')}`);
  return [...shown, ...(sorted.length > 3 ? [`${sorted.length - 3} more`] : [])].join(', ');
}
