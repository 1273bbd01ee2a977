import type { CallTreeAnswer } from '../api/answers.ts';
import type { SampleSelection } from '../api/selection.ts';
import type { Store } from '../store/store.ts';

/** The selected samples merged by stack. An unknown trace or span has none. */
export function callTreeAnswer(_store: Store, _selection: SampleSelection): CallTreeAnswer {
  return {
    tree: { unit: 'nanoseconds', frames: { name: ['all'], filename: [''], line: [0], origin: ['engine'], packageName: [''] }, parent: [-1], frame: [0], self: [0], samples: [0] },
    total: 0, samples: 0, firstMoment: null, lastMoment: null, samplingIntervalNanos: null, profiles: 0, calls: null,
  };
}
