import type { Profile } from '@flamespan/profile';
import type { SampleSelection } from '../api/selection.ts';
import type { Store } from '../store/store.ts';

/** Profiles with nothing but the selected samples, to be encoded for a download. Heap samples come along with whole profiles only. */
export function selectedProfiles(_store: Store, _selection: SampleSelection): Profile[] {
  return [];
}
