import type { EndpointsAnswer } from '../api/answers.ts';
import type { SampleSelection } from '../api/selection.ts';
import type { Store } from '../store/store.ts';

/** What the endpoints used, most CPU first, after them what ran for none. */
export function endpointsAnswer(_store: Store, _selection: Pick<SampleSelection, 'service' | 'version' | 'from' | 'to'> = {}): EndpointsAnswer {
  return { endpoints: [], trendStartMoment: null, trendBucketNanos: 0 };
}
