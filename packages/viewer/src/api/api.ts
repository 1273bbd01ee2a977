import { callTreeAnswer } from '../queries/call-tree-answer.ts';
import { diffAnswer } from '../queries/diff-answer.ts';
import { endpointsAnswer } from '../queries/endpoints-answer.ts';
import { findingsAnswer } from '../queries/findings-answer.ts';
import { profilesAnswer } from '../queries/profiles-answer.ts';
import { spanAnswer } from '../queries/span-answer.ts';
import type { ViewerIdentity } from '../queries/state-answer.ts';
import { stateAnswer } from '../queries/state-answer.ts';
import { timelineAnswer } from '../queries/timeline-answer.ts';
import { traceAnswer } from '../queries/trace-answer.ts';
import { tracesAnswer } from '../queries/traces-answer.ts';
import type { Store } from '../store/store.ts';
import { parseSampleSelection, parseTraceFilter, SELECTION_PARAMETERS, TRACE_FILTER_PARAMETERS } from './parse-selection.ts';
import { QueryError } from './query-error.ts';
import { bad, QueryParameters } from './query-parameters.ts';
import type { SampleSelection } from './selection.ts';

/** Answers a query with what is to be sent as JSON. @throws QueryError */
export type ApiQuery = (query: URLSearchParams) => object;

/** By path. What each answers is in `answers.ts`. */
export function createApi(store: Store, identity: () => ViewerIdentity): ReadonlyMap<string, ApiQuery> {
  return new Map<string, ApiQuery>([
    ['/api/state', taking([], () => stateAnswer(store, identity()))],
    ['/api/traces', taking(TRACE_FILTER_PARAMETERS, (parameters) => tracesAnswer(store, parseTraceFilter(parameters)))],
    ['/api/trace', taking(['trace'], (parameters) => {
      const trace = required(parameters.id('trace', 32), 'trace');
      return traceAnswer(store, trace) ?? notHeld(`trace ${trace}`);
    })],
    ['/api/span', aboutSpan(store, spanAnswer)],
    ['/api/timeline', aboutSpan(store, timelineAnswer)],
    ['/api/call-tree', taking(SELECTION_PARAMETERS, (parameters) => callTreeAnswer(store, parseSampleSelection(parameters)))],
    ['/api/diff', taking(DIFF_PARAMETERS, (parameters) => {
      const [base, other] = [parameters.withPrefix('base.'), parameters.withPrefix('other.')].map(parseSampleSelection) as [SampleSelection, SampleSelection];
      return diffAnswer(store, base, other, parseSampleSelection(parameters).type);
    })],
    ['/api/endpoints', selecting(['service', 'version', 'from', 'to'], (selection) => endpointsAnswer(store, selection))],
    ['/api/profiles', selecting(['service', 'version', 'host', 'thread', 'from', 'to'], (selection) => profilesAnswer(store, selection))],
    ['/api/findings', selecting(['trace', 'span', 'service', 'endpoint', 'version', 'host', 'thread', 'from', 'to'], (selection) => findingsAnswer(store, selection))],
  ]);
}

const DIFF_PARAMETERS: readonly string[] = ['type', ...['base.', 'other.'].flatMap((prefix) => SELECTION_PARAMETERS.filter((name) => name !== 'type').map((name) => prefix + name))];

function taking(names: readonly string[], answer: (parameters: QueryParameters) => object): ApiQuery {
  return (query) => {
    const parameters = new QueryParameters(query);
    parameters.allowOnly(names);
    return answer(parameters);
  };
}

function selecting(names: readonly (keyof SampleSelection)[], answer: (selection: SampleSelection) => object): ApiQuery {
  return taking(names, (parameters) => answer(parseSampleSelection(parameters)));
}

function aboutSpan(store: Store, answer: (store: Store, traceId: string, spanId: string) => object | undefined): ApiQuery {
  return taking(['trace', 'span'], (parameters) => {
    const trace = required(parameters.id('trace', 32), 'trace');
    const span = required(parameters.id('span', 16), 'span');
    return answer(store, trace, span) ?? notHeld(`span ${span} of trace ${trace}`);
  });
}

function required(value: string | undefined, name: string): string {
  if (value === undefined) throw bad(`the parameter ${name} is missing`);
  return value;
}

function notHeld(what: string): never {
  throw new QueryError(404, `${what} is not held: it has not come, or has made room for newer ones`);
}
