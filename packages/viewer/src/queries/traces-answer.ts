import type { TraceFilter, TraceRow, TracesAnswer } from '../api/answers.ts';
import type { InternedText } from '../store/interned-texts.ts';
import type { Store } from '../store/store.ts';
import type { StoredTrace } from '../store/trace.ts';
import { splitEndpointKey } from '../store/trace.ts';
import { durationHistogram } from './duration-histogram.ts';
import { pageOf } from './page-of.ts';

const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 1_000;

/** The traces that a filter lets through, one page of them; of equal ones those that came last first. */
export function tracesAnswer(store: Store, filter: TraceFilter): TracesAnswer {
  const { minDurationNanos = 0, maxDurationNanos = Infinity } = filter;
  const matches = matcherOf(store, filter);
  const candidates: StoredTrace[] = [];
  for (const trace of store.traces()) if (matches(trace)) candidates.push(trace);
  candidates.reverse();
  const durations = new Float64Array(candidates.length);
  for (let i = 0; i < candidates.length; i++) durations[i] = candidates[i]!.durationNanos;
  const found = candidates.filter((_, i) => durations[i]! >= minDurationNanos && durations[i]! <= maxDurationNanos);
  const rankOf = RANKS[filter.order ?? 'newest'];
  const offset = wholeNumber(filter.offset, 0, Number.MAX_SAFE_INTEGER);
  const limit = wholeNumber(filter.limit, DEFAULT_LIMIT, MAX_LIMIT);
  return {
    revision: store.revision,
    total: store.stats().traces,
    matched: found.length,
    offset,
    traces: pageOf(found, rankOf, offset, limit).map(rowOf),
    histogram: durationHistogram(durations, (i) => candidates[i]!.errors > 0),
  };
}

function wholeNumber(value: number | undefined, fallback: number, most: number): number {
  return value === undefined || Number.isNaN(value) ? fallback : Math.min(most, Math.max(0, Math.floor(value)));
}

/** All but the duration. */
function matcherOf(store: Store, { service, endpoint, status, from, to, search }: TraceFilter): (trace: StoredTrace) => boolean {
  const matchers: ((trace: StoredTrace) => boolean)[] = [];
  if (status !== undefined) matchers.push(({ errors }) => errors > 0 === (status === 'error'));
  if (from !== undefined) matchers.push(({ startMoment }) => startMoment >= from);
  if (to !== undefined) matchers.push(({ startMoment }) => startMoment < to);
  if (endpoint !== undefined) {
    const wanted = new Set(endpoint);
    // Each key when it is met: the local roots of a trace may be found only now, and their keys with them.
    const known = new Map<InternedText, boolean>();
    const isWanted = (key: InternedText): boolean => {
      let answer = known.get(key);
      if (answer === undefined) {
        const parts = splitEndpointKey(key);
        known.set(key, (answer = wanted.has(parts.endpoint) && (service === undefined || parts.service === service)));
      }
      return answer;
    };
    matchers.push(({ localRoots }) => localRoots.some((root) => isWanted(root.endpointKey)));
  } else if (service !== undefined) {
    matchers.push(({ services }) => services.has(service));
  }
  if (search !== undefined && search !== '') {
    const wanted = search.toLowerCase();
    const names = textsThat(store.spanNames(), ({ text }) => text.toLowerCase().includes(wanted));
    matchers.push((trace) => trace.traceId.startsWith(wanted) || (names.size > 0 && trace.names.some((name) => names.has(name))));
  }
  return (trace) => matchers.every((matches) => matches(trace));
}

function textsThat(texts: Iterable<InternedText>, matches: (text: InternedText) => boolean): Set<InternedText> {
  const found = new Set<InternedText>();
  for (const text of texts) if (matches(text)) found.add(text);
  return found;
}

const RANKS: Readonly<Record<NonNullable<TraceFilter['order']>, (trace: StoredTrace) => number>> = {
  newest: ({ startMoment }) => startMoment,
  slowest: ({ durationNanos }) => durationNanos,
  cpu: ({ samples }) => samples?.cpuNanos ?? -1,
  spans: ({ spans }) => spans.size,
};

function rowOf(trace: StoredTrace): TraceRow {
  const { span, service, endpointKey } = trace.localRoots[0]!;
  const { samples } = trace;
  return {
    traceId: trace.traceId,
    service,
    endpoint: splitEndpointKey(endpointKey).endpoint,
    rootSpanId: span.spanId,
    services: [...trace.services].sort(),
    startMoment: trace.startMoment,
    durationNanos: span.durationNanos,
    spans: trace.spans.size,
    errors: trace.errors,
    samples: samples?.samples ?? 0,
    cpuNanos: samples?.cpuNanos ?? null,
  };
}
