import type { Profile } from '@flamespan/profile';
import type { SampleSelection } from '../api/selection.ts';
import type { Store } from '../store/store.ts';
import { heapWindows, lastHeapWindows } from './heap-windows.ts';
import { rangeWithin, selectSamples } from './sample-selection.ts';

/**
 * Profiles with nothing but the selected samples, to be encoded for a download, oldest first. Heap samples come along
 * where no span or endpoint is chosen, calls with whole windows.
 */
export function selectedProfiles(store: Store, selection: SampleSelection): Profile[] {
  return selectSamples(store, selection).filter(({ samples, heap, stored }) => samples.length > 0 || (heap && stored.profile.heapSamples.length > 0)).map(({ stored, samples, heap }) => {
    const { profile } = stored;
    const { from, to } = rangeWithin(stored, selection);
    const whole = heap && from <= 0 && to >= stored.durationNanos;
    return {
      ...profile,
      samples: whole ? profile.samples : {
        length: samples.length,
        stack: samples.map((i) => profile.samples.stack[i]!),
        span: samples.map((i) => profile.samples.span[i]!),
        labelSet: samples.map((i) => profile.samples.labelSet[i]!),
        timeUnixNano: BigUint64Array.from(samples, (i) => profile.samples.timeUnixNano[i]!),
        wallNanos: BigInt64Array.from(samples, (i) => profile.samples.wallNanos[i]!),
        cpuNanos: BigInt64Array.from(samples, (i) => profile.samples.cpuNanos[i]!),
      },
      heapSamples: heap ? profile.heapSamples : NO_HEAP_SAMPLES,
      endpointCalls: whole ? profile.endpointCalls : new Map<string, number>(),
    };
  });
}

/**
 * Profiles with the heap samples of a selection, to be added up to one: what was allocated in every window, what is in use
 * at the end of each thread's last one.
 */
export function heapToAddUp(store: Store, selection: SampleSelection): Profile[] {
  const selected = selectSamples(store, selection);
  const last = new Set(lastHeapWindows(selected).map(({ stored }) => stored));
  return heapWindows(selected).map(({ stored }) => (last.has(stored) ? stored.profile : withoutInUse(stored.profile)));
}

function withoutInUse(profile: Profile): Profile {
  const { heapSamples } = profile;
  const none = new BigInt64Array(heapSamples.length);
  return { ...profile, heapSamples: { ...heapSamples, objects: none, bytes: none } };
}

const NO_HEAP_SAMPLES: Profile['heapSamples'] = Object.freeze({
  length: 0, stack: new Int32Array(0), objects: new BigInt64Array(0), bytes: new BigInt64Array(0), allocatedObjects: new BigInt64Array(0), allocatedBytes: new BigInt64Array(0),
});
