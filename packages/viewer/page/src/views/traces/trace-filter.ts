import type { TraceFilter } from '../../../../src/api/answers.ts';
import type { Query } from '../../api/client.ts';
import { formatDuration } from '../../format/units.ts';
import { momentOf } from '../../router/moment-parameter.ts';

export const ORDERS = ['newest', 'slowest', 'cpu', 'spans'] as const;
export type Order = (typeof ORDERS)[number];

/** What the address asks for. Values that mean nothing are left out, so that an old or a typed address still works. */
export function filterOf(query: URLSearchParams): TraceFilter {
  const service = query.get('service');
  const endpoint = query.getAll('endpoint');
  const status = query.get('status');
  const search = query.get('search')?.trim();
  const order = ORDERS.find((known) => known === query.get('order'));
  const [min, max] = (['minDurationNanos', 'maxDurationNanos'] as const).map((name) => finite(query.get(name)));
  const [from, to] = [momentOf(query, 'from'), momentOf(query, 'to')];
  return {
    ...(service !== null && service !== '' && { service }),
    ...(endpoint.length > 0 && { endpoint }),
    ...(min !== undefined && { minDurationNanos: min }),
    ...(max !== undefined && { maxDurationNanos: max }),
    ...((status === 'ok' || status === 'error') && { status }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(search !== undefined && search !== '' && { search }),
    ...(order !== undefined && order !== 'newest' && { order }),
  };
}

function finite(text: string | null): number | undefined {
  if (text === null || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

export function apiQueryOf(filter: TraceFilter): Query {
  return { ...filter };
}

/** Whether anything is filtered away; the order does not count. */
export function filters(filter: TraceFilter): boolean {
  return Object.keys(filter).some((name) => name !== 'order');
}

export const NO_FILTERS = {
  service: null, endpoint: null, minDurationNanos: null, maxDurationNanos: null, status: null, from: null, to: null, search: null,
} as const;

/** `from 200 ms`, `up to 1.00 s`, `200 ms to 1.00 s`. */
export function durationRangeText({ minDurationNanos, maxDurationNanos }: TraceFilter): string {
  if (minDurationNanos === undefined) return maxDurationNanos === undefined ? 'any duration' : `up to ${formatDuration(maxDurationNanos)}`;
  return maxDurationNanos === undefined ? `from ${formatDuration(minDurationNanos)}` : `${formatDuration(minDurationNanos)} to ${formatDuration(maxDurationNanos)}`;
}
