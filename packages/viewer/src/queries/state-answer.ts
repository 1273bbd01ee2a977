import type { StateAnswer } from '../api/answers.ts';
import type { Store } from '../store/store.ts';

/** What the store does not know of the viewer. */
export type ViewerIdentity = Pick<StateAnswer, 'version' | 'endpoints'>;

export function stateAnswer(store: Store, viewer: ViewerIdentity): StateAnswer {
  const { duplicateSpans: _, ...stats } = store.stats();
  return { ...viewer, ...stats, revision: store.revision, rejectedRequests: { ...stats.rejectedRequests }, services: [], firstMoment: null, lastMoment: null };
}
