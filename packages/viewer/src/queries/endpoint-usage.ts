import type { SampleSelection } from '../api/selection.ts';
import type { Store } from '../store/store.ts';
import type { SampleTotals, StoredProfile } from '../store/stored-profile.ts';
import { samplesWithin } from '../store/stored-profile.ts';
import { areEstimate, createCallCounter } from './endpoint-calls.ts';
import { endpointsOfRows, profileMatches, rangeWithin } from './sample-selection.ts';

export type EndpointSelection = Pick<SampleSelection, 'service' | 'version' | 'from' | 'to'>;

export interface EndpointTotals extends SampleTotals {
  readonly service: string;
  /** `''` = work for no endpoint. */
  readonly endpoint: string;
  /** Finished calls; 0 where the profiles count none. */
  readonly calls: number;
  /** Whether more than a tenth of the calls is taken from windows that the range cuts, as if they were spread evenly. */
  readonly callsEstimated: boolean;
}

type Row = SampleTotals & Pick<EndpointTotals, 'service' | 'endpoint'> & { calls: number; estimated: number };

/** By service and endpoint, over the profiles held. Those with calls but no sample are among them, with zeros. */
export function endpointUsage(store: Store, selection: EndpointSelection): EndpointTotals[] {
  const rows = new Map<string, Row>();
  const callsWithin = createCallCounter(store, selection);
  for (const stored of store.profiles()) {
    if (!profileMatches(stored, selection)) continue;
    const rowFor = (endpoint: string): Row => rowOf(rows, stored.service, endpoint);
    for (const [endpoint, totals] of totalsWithin(stored, selection)) {
      const row = rowFor(endpoint);
      row.samples += totals.samples;
      row.wallNanos += totals.wallNanos;
      row.cpuNanos += totals.cpuNanos;
    }
    for (const endpoint of stored.profile.endpointCalls.keys()) {
      const row = rowFor(endpoint);
      const { calls, estimated } = callsWithin(stored, endpoint);
      row.calls += calls;
      row.estimated += estimated;
    }
  }
  return [...rows.values()]
    .map(({ estimated, ...row }) => ({ ...row, calls: Math.round(row.calls), callsEstimated: areEstimate({ calls: row.calls, estimated }) }))
    .filter(({ samples, calls }) => samples > 0 || calls > 0);
}

function totalsWithin(stored: StoredProfile, selection: EndpointSelection): ReadonlyMap<string, Readonly<SampleTotals>> {
  const { from, to, touches } = rangeWithin(stored, selection);
  if (from <= 0 && to >= stored.durationNanos) return stored.endpoints;
  const totals = new Map<string, SampleTotals>();
  if (!touches) return totals;
  const endpoints = endpointsOfRows(stored);
  for (const sample of samplesWithin(stored, from, to)) {
    const endpoint = endpoints[stored.profile.samples.span[sample]!]!;
    const sums = totals.get(endpoint) ?? { samples: 0, wallNanos: 0, cpuNanos: 0 };
    totals.set(endpoint, sums);
    sums.samples++;
    sums.wallNanos += stored.wallNanos[sample]!;
    sums.cpuNanos += stored.cpuNanos[sample]!;
  }
  return totals;
}

function rowOf(rows: Map<string, Row>, service: string, endpoint: string): Row {
  const key = `${service}\u0000${endpoint}`;
  let row = rows.get(key);
  if (row === undefined) {
    row = { service, endpoint, calls: 0, estimated: 0, samples: 0, wallNanos: 0, cpuNanos: 0 };
    rows.set(key, row);
  }
  return row;
}
