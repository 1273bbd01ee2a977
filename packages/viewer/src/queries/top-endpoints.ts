import type { Store } from '../store/store.ts';

/** What one endpoint of one service used, over all profiles held. */
export interface EndpointUsage {
  readonly service: string;
  /** undefined = everything that ran for no endpoint: start-up, timers, work without a span. */
  readonly endpoint: string | undefined;
  /** Finished calls; 0 where the profiles count none. */
  readonly calls: number;
  /** Timed samples behind the figures. */
  readonly samples: number;
  /** Time on the JavaScript thread, synchronous blocking included, awaiting not. */
  readonly wallNanos: number;
  readonly cpuNanos: number;
  /** undefined without calls. */
  readonly wallNanosPerCall: number | undefined;
  readonly cpuNanosPerCall: number | undefined;
  /** Part of the CPU time of all samples that were looked at, 0 to 1. */
  readonly cpuShare: number;
  readonly wallShare: number;
}

export interface TopEndpointsOptions {
  /** Only this `service.name`. @defaultValue all */
  readonly service?: string;
  /** @defaultValue `'cpu'` */
  readonly orderBy?: 'cpu' | 'wall';
  /** @defaultValue no limit */
  readonly limit?: number;
}

interface Row {
  readonly service: string;
  readonly endpoint: string;
  calls: number;
  samples: number;
  wallNanos: number;
  cpuNanos: number;
}

/** Endpoints by what they used, most first, and after them what ran for none. Those with calls but no sample are among them, with zeros. */
export function topEndpoints(store: Store, options: TopEndpointsOptions = {}): EndpointUsage[] {
  const { service, orderBy = 'cpu', limit } = options;
  const rows = new Map<string, Row>();
  let cpuTotal = 0;
  let wallTotal = 0;
  for (const stored of store.profiles()) {
    if (service !== undefined && stored.service !== service) continue;
    for (const [endpoint, totals] of stored.endpoints) {
      const row = rowOf(rows, stored.service, endpoint);
      row.samples += totals.samples;
      row.wallNanos += totals.wallNanos;
      row.cpuNanos += totals.cpuNanos;
      cpuTotal += totals.cpuNanos;
      wallTotal += totals.wallNanos;
    }
    for (const [endpoint, calls] of stored.profile.endpointCalls) rowOf(rows, stored.service, endpoint).calls += calls;
  }
  const used = [...rows.values()].filter((row) => row.samples > 0 || row.calls > 0);
  const by = (a: Row, b: Row): number => (orderBy === 'cpu' ? b.cpuNanos - a.cpuNanos : b.wallNanos - a.wallNanos);
  const unnamed = ({ endpoint }: Row): number => (endpoint === '' ? 1 : 0);
  used.sort((a, b) => unnamed(a) - unnamed(b) || by(a, b) || b.calls - a.calls);
  return used.slice(0, limit).map(({ endpoint, ...row }) => ({
    ...row,
    endpoint: endpoint === '' ? undefined : endpoint,
    wallNanosPerCall: row.calls > 0 ? row.wallNanos / row.calls : undefined,
    cpuNanosPerCall: row.calls > 0 ? row.cpuNanos / row.calls : undefined,
    cpuShare: cpuTotal > 0 ? row.cpuNanos / cpuTotal : 0,
    wallShare: wallTotal > 0 ? row.wallNanos / wallTotal : 0,
  }));
}

function rowOf(rows: Map<string, Row>, service: string, endpoint: string): Row {
  const key = `${service}\u0000${endpoint}`;
  let row = rows.get(key);
  if (row === undefined) {
    row = { service, endpoint, calls: 0, samples: 0, wallNanos: 0, cpuNanos: 0 };
    rows.set(key, row);
  }
  return row;
}
