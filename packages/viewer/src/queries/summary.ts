import { serviceNameOf } from '../store/process-identity.ts';
import type { Store, StoreStats } from '../store/store.ts';

/** What the figures of a store rest on. */
export interface Summary extends StoreStats {
  /** Part of the timed samples that is linked to a span, 0 to 1. */
  readonly linkedShare: number;
  /** Names of the services that sent anything, sorted. */
  readonly services: readonly string[];
  /** Shortest and longest time between two samples among the profiles held; undefined without profiles. */
  readonly samplingIntervalNanos: { readonly min: number; readonly max: number } | undefined;
}

export function summarise(store: Store): Summary {
  const services = new Set<string>();
  let min = Infinity;
  let max = 0;
  for (const { profile, service } of store.profiles()) {
    services.add(service);
    const interval = Number(profile.samplingIntervalNanos);
    if (interval <= 0) continue;
    min = Math.min(min, interval);
    max = Math.max(max, interval);
  }
  for (const resource of store.spanResources().keys()) services.add(serviceNameOf(resource));
  const stats = store.stats();
  return {
    ...stats,
    linkedShare: stats.samples > 0 ? stats.linkedSamples / stats.samples : 0,
    services: [...services].sort(),
    samplingIntervalNanos: max > 0 ? { min, max } : undefined,
  };
}
