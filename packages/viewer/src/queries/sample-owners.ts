import type { TimelineLane } from '../api/answers.ts';
import type { Store } from '../store/store.ts';
import type { StoredProfile } from '../store/stored-profile.ts';
import { subtreeInProcess } from './sample-selection.ts';

export type Owner = TimelineLane['owner'][number];

/**
 * Tells whose a sample is, as seen from a span. A sample with an endpoint but without a Link is of a span that was not
 * sent, and so another one's.
 */
export function createOwners(store: Store, traceId: string, spanId: string): (stored: StoredProfile, sample: number) => Owner {
  const subtree = subtreeInProcess(store, traceId, spanId);
  const rows = new Map<StoredProfile, Owner[]>();
  const ownersOf = (stored: StoredProfile): Owner[] => {
    let owners = rows.get(stored);
    if (owners !== undefined) return owners;
    const { spans } = stored.profile;
    owners = stored.linkedSpanId.map((id, row): Owner => {
      if (id === '') return spans.endpoint[row] === 0 ? 'none' : 'other-span';
      if (spans.traceId[row] !== traceId) return 'other-span';
      if (id === spanId) return 'span';
      return subtree.has(id) ? 'descendant' : 'other-span';
    });
    rows.set(stored, owners);
    return owners;
  };
  return (stored, sample) => ownersOf(stored)[stored.profile.samples.span[sample]!]!;
}
