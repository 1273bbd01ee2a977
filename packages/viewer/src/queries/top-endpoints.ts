import type { Store } from '../store/store.ts';
import type { EndpointTotals } from './endpoint-usage.ts';
import { endpointUsage } from './endpoint-usage.ts';

/** What one endpoint of one service used, over all profiles held. */
export interface EndpointUsage {
  readonly service: string;
  /** undefined = everything that ran for no endpoint: start-up, timers, work without a span. */
  readonly endpoint: string | undefined;
  /** Finished calls; 0 where the profiles count none. */
  readonly calls: number;
  /** Whether more than a tenth of the calls is an estimate, because `from` or `to` cuts a profile and not all of its traces are held. */
  readonly callsEstimated: boolean;
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
  /** Only this `service.version`. @defaultValue all */
  readonly version?: string;
  /** Samples at or after, and before, milliseconds since the Unix epoch. @defaultValue all */
  readonly from?: number;
  readonly to?: number;
  /** @defaultValue `'cpu'` */
  readonly orderBy?: 'cpu' | 'wall';
  /** @defaultValue no limit */
  readonly limit?: number;
}

/** Endpoints by what they used, most first, and after them what ran for none. Those with calls but no sample are among them, with zeros. */
export function topEndpoints(store: Store, options: TopEndpointsOptions = {}): EndpointUsage[] {
  const { orderBy = 'cpu', limit } = options;
  const used = endpointUsage(store, options);
  const cpuTotal = used.reduce((sum, { cpuNanos }) => sum + cpuNanos, 0);
  const wallTotal = used.reduce((sum, { wallNanos }) => sum + wallNanos, 0);
  const by = (a: EndpointTotals, b: EndpointTotals): number => (orderBy === 'cpu' ? b.cpuNanos - a.cpuNanos : b.wallNanos - a.wallNanos);
  const unnamed = ({ endpoint }: EndpointTotals): number => (endpoint === '' ? 1 : 0);
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
