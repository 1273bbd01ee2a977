import type { ProfilesAnswer } from '../api/answers.ts';
import type { SampleSelection } from '../api/selection.ts';
import type { Store } from '../store/store.ts';

/** The profiles held, newest first. */
export function profilesAnswer(_store: Store, _selection: Pick<SampleSelection, 'service' | 'version' | 'host' | 'thread' | 'from' | 'to'> = {}): ProfilesAnswer {
  return { profiles: [] };
}
