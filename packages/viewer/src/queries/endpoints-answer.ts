import type { EndpointRow, EndpointsAnswer } from '../api/answers.ts';
import type { Store } from '../store/store.ts';
import type { EndpointSelection } from './endpoint-usage.ts';
import { endpointTrends } from './endpoint-trends.ts';
import { topEndpoints } from './top-endpoints.ts';

/** What the endpoints used, most CPU first, after them what ran for none. */
export function endpointsAnswer(store: Store, selection: EndpointSelection = {}): EndpointsAnswer {
  const { startMoment, bucketNanos, trendOf } = endpointTrends(store, selection);
  return {
    endpoints: topEndpoints(store, selection).map(({ endpoint = '', wallNanosPerCall, cpuNanosPerCall, ...usage }): EndpointRow => ({
      ...usage,
      endpoint,
      wallNanosPerCall: wallNanosPerCall ?? null,
      cpuNanosPerCall: cpuNanosPerCall ?? null,
      ...trendOf(usage.service, endpoint),
    })),
    trendStartMoment: startMoment,
    trendBucketNanos: bucketNanos,
  };
}
