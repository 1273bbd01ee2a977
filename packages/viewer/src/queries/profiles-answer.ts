import type { Profile } from '@flamespan/profile';
import type { ProfilesAnswer } from '../api/answers.ts';
import type { SampleSelection } from '../api/selection.ts';
import type { Store } from '../store/store.ts';
import { profileMatches, rangeWithin } from './sample-selection.ts';

/** The profiles held whose window touches the range, newest first. */
export function profilesAnswer(store: Store, selection: Pick<SampleSelection, 'service' | 'version' | 'host' | 'thread' | 'from' | 'to'> = {}): ProfilesAnswer {
  const found = [...store.profiles()].filter((stored) => profileMatches(stored, selection) && rangeWithin(stored, selection).touches);
  return {
    profiles: found.sort((a, b) => b.startMoment - a.startMoment || b.id - a.id).map(({ profile, id, service, version, host, process, startMoment, durationNanos, linkedSamples }) => ({
      id, service, version, host, process,
      threadId: profile.thread.id,
      threadName: profile.thread.name,
      startMoment, durationNanos,
      samples: profile.samples.length,
      linkedSamples,
      heapSamples: profile.heapSamples.length,
      types: hasAllocations(profile) ? [...profile.types, 'alloc'] : profile.types,
    })),
  };
}

function hasAllocations({ heapSamples: { allocatedObjects } }: Profile): boolean {
  return allocatedObjects.some((objects) => objects > 0n);
}
