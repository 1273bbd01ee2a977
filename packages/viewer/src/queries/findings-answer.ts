import type { Finding, FindingsAnswer } from '../api/answers.ts';
import type { SampleSelection } from '../api/selection.ts';
import type { Store } from '../store/store.ts';
import { splitEndpointKey } from '../store/trace.ts';
import { dominantFunction } from './findings/dominant-function.ts';
import { similarSpans } from './findings/similar-spans.ts';
import type { Subject } from './findings/subject.ts';
import { createSubject } from './findings/subject.ts';
import { synchronousWork } from './findings/synchronous-work.ts';
import { threadTaken } from './findings/thread-taken.ts';
import { DEFAULT_SCOPE, selectSamples } from './sample-selection.ts';
import { tracesAnswer } from './traces-answer.ts';
import { waterfallOf } from './waterfall-cache.ts';

type FindingsSelection = Pick<SampleSelection, 'trace' | 'span' | 'service' | 'endpoint' | 'version' | 'host' | 'thread' | 'from' | 'to'>;

/** Local roots of a trace that are looked at, and traces of an endpoint: the longest ones. */
const MAX_ROOTS = 5;
const MAX_TRACES = 5;
/** Traces with more spans are looked at only when they are asked for. */
const MAX_SPANS = 5_000;

/** What stands out in a span, a trace, an endpoint or a service, where the data is strong enough. */
export function findingsAnswer(store: Store, about: FindingsSelection): FindingsAnswer {
  return { findings: about.trace === undefined ? findingsOfWork(store, about) : findingsOfTrace(store, about.trace, about.span) };
}

function findingsOfTrace(store: Store, traceId: string, spanId: string | undefined): Finding[] {
  const trace = store.trace(traceId);
  if (trace === undefined) return [];
  if (spanId !== undefined) return findingsOfSpan(store, traceId, spanId, 'this span');
  return trace.localRoots.slice(0, MAX_ROOTS).flatMap(({ span }) => findingsOfSpan(store, traceId, span.spanId, span.name));
}

function findingsOfSpan(store: Store, traceId: string, spanId: string, name: string): Finding[] {
  const span = store.trace(traceId)?.spans.get(spanId);
  const view = waterfallOf(store, traceId);
  if (span === undefined || view === undefined) return [];
  const selection = { trace: traceId, span: spanId, scope: DEFAULT_SCOPE } as const;
  const subject = createSubject(selectSamples(store, selection), name, selection);
  return [
    ...inCode(subject),
    ...threadTaken(store, span),
    ...similarSpans(view, view.spans.findIndex((candidate) => candidate.span.spanId === spanId)),
  ];
}

function inCode(subject: Subject): Finding[] {
  return [...dominantFunction(subject), ...synchronousWork(subject)];
}

/** Of all work for endpoints or a service; what has to do with single spans is looked for in the slowest traces. */
function findingsOfWork(store: Store, selection: FindingsSelection): Finding[] {
  const { service, endpoint, version, host, thread } = selection;
  const name = endpoint?.length === 1 ? endpoint[0]! || 'work for no endpoint' : endpoint !== undefined ? 'these endpoints' : (service ?? 'everything');
  const subject = createSubject(selectSamples(store, selection), name, { trace: null, span: null, scope: null });
  // Traces are not told apart by these.
  const hasTraces = version === undefined && host === undefined && thread === undefined;
  const slowest = hasTraces ? tracesAnswer(store, { ...selection, order: 'slowest', limit: MAX_TRACES }).traces.filter(({ spans }) => spans <= MAX_SPANS) : [];
  const once = new Map<string, { readonly finding: Finding; traces: number }>();
  for (const { traceId } of slowest) {
    const root = store.trace(traceId)!.localRoots.find(({ service: ofRoot, endpointKey }) => (service === undefined || service === ofRoot)
      && (endpoint === undefined || endpoint.includes(splitEndpointKey(endpointKey).endpoint)));
    if (root === undefined) continue;
    const found = findingsOfSpan(store, traceId, root.span.spanId, 'this span').filter(({ kind }) => kind !== 'dominant-function' && kind !== 'synchronous-work');
    for (const [kind, finding] of new Map(found.toReversed().map((finding) => [finding.kind, finding]))) {
      const known = once.get(kind);
      if (known === undefined) once.set(kind, { finding, traces: 1 });
      else known.traces++;
    }
  }
  return [
    ...inCode(subject),
    // What one call of several had may be chance.
    ...[...once.values()].filter(({ traces }) => traces > 1 || slowest.length === 1).map(({ finding, traces }) => ({ ...finding, evidence: `So in ${traces} of the ${slowest.length} slowest traces looked at; in the slowest of these, to which the link leads: ${finding.evidence}` })),
  ];
}
