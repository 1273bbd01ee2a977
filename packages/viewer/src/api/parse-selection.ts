import type { TraceFilter } from './answers.ts';
import { bad, present } from './query-parameters.ts';
import type { QueryParameters } from './query-parameters.ts';
import type { SampleSelection, Scope, ValueType } from './selection.ts';

const VALUE_TYPES: readonly ValueType[] = ['wall', 'cpu', 'inuse_space', 'inuse_objects', 'alloc_space', 'alloc_objects'];
const SCOPES: readonly Scope[] = ['span-and-children', 'span', 'span-period', 'full-profile'];

export const SELECTION_PARAMETERS: readonly (keyof SampleSelection)[] = [
  'type', 'service', 'endpoint', 'version', 'host', 'process', 'thread', 'profile', 'from', 'to', 'trace', 'span', 'scope',
];
export const TRACE_FILTER_PARAMETERS: readonly (keyof TraceFilter)[] = [
  'service', 'endpoint', 'minDurationNanos', 'maxDurationNanos', 'status', 'from', 'to', 'search', 'order', 'offset', 'limit',
];

const MAX_LIMIT = 1_000;

/** @throws QueryError */
export function parseSampleSelection(parameters: QueryParameters): SampleSelection {
  const trace = parameters.id('trace', 32);
  const span = parameters.id('span', 16);
  const scope = parameters.oneOf('scope', SCOPES);
  if (span !== undefined && trace === undefined) throw bad('span needs trace: a span id is unique only within its trace');
  if (scope !== undefined && span === undefined) throw bad('scope needs span: it says which samples count for a chosen span');
  return {
    ...parameters.period(),
    ...present({
      type: parameters.oneOf('type', VALUE_TYPES),
      service: parameters.text('service'),
      endpoint: parameters.texts('endpoint'),
      version: parameters.text('version'),
      host: parameters.text('host'),
      process: parameters.text('process'),
      thread: parameters.wholeNumber('thread'),
      profile: parameters.wholeNumber('profile'),
      trace, span, scope,
    }),
  };
}

/** @throws QueryError */
export function parseTraceFilter(parameters: QueryParameters): TraceFilter {
  const minDurationNanos = parameters.amount('minDurationNanos');
  const maxDurationNanos = parameters.amount('maxDurationNanos');
  if (minDurationNanos !== undefined && maxDurationNanos !== undefined && minDurationNanos > maxDurationNanos) {
    throw bad('minDurationNanos is more than maxDurationNanos');
  }
  return {
    ...parameters.period(),
    ...present({
      service: parameters.text('service'),
      endpoint: parameters.texts('endpoint'),
      minDurationNanos, maxDurationNanos,
      status: parameters.oneOf('status', ['ok', 'error']),
      search: parameters.text('search'),
      order: parameters.oneOf('order', ['newest', 'slowest', 'cpu', 'spans']),
      offset: parameters.wholeNumber('offset'),
      limit: parameters.wholeNumber('limit', MAX_LIMIT),
    }),
  };
}
