import type { Profile } from '@flamespan/profile';
import type { SampleSelection } from '../api/selection.ts';
import type { Store } from '../store/store.ts';
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

const NO_HEAP_SAMPLES: Profile['heapSamples'] = Object.freeze({
  length: 0, stack: new Int32Array(0), objects: new BigInt64Array(0), bytes: new BigInt64Array(0), allocatedObjects: new BigInt64Array(0), allocatedBytes: new BigInt64Array(0),
});
