import { setImmediate } from 'node:timers';
import type { ExportResult, SlicedWork } from '@flamespan/profile';

/** A pause of this length is felt by nobody. Garbage collections come on top of it. */
const SLICE_MILLIS = 4;
/**
 * An event loop that the application blocks has few turns, and an export its timeout: there a slice may take this share of
 * how late its turn came.
 */
const SHARE_OF_LATENESS = 0.05;
const LONGEST_SLICE_MILLIS = 100;

/** Ends when the last slice that was asked for has had its turn. */
let lastTurn: Promise<void> = Promise.resolve();

/** The encoding of one export: done in slices between which the event loop gets to other work. */
export interface SlicedEncoding {
  /** Rejects with what the work throws. */
  run<T>(work: SlicedWork<T>): Promise<T>;
  /** The result, with the time of this thread that the slices took. */
  withMillis(result: ExportResult): ExportResult;
}

export function createSlicedEncoding(): SlicedEncoding {
  let spentMillis = 0;
  return {
    async run(work) {
      for (;;) {
        const askedMillis = performance.now();
        await nextTurn();
        const startMillis = performance.now();
        const sliceMillis = Math.min(Math.max(SLICE_MILLIS, (startMillis - askedMillis) * SHARE_OF_LATENESS), LONGEST_SLICE_MILLIS);
        try {
          do {
            const { done, value } = work.next();
            if (done === true) return value;
          } while (performance.now() - startMillis < sliceMillis);
        } finally {
          spentMillis += performance.now() - startMillis;
        }
      }
    },
    withMillis: (result) => ({ ...result, encodeMillis: spentMillis }),
  };
}

/** At most one slice of all exporters in one round of the event loop. */
function nextTurn(): Promise<void> {
  lastTurn = lastTurn.then(
    () => new Promise((resolve) => {
      setImmediate(resolve);
    }),
  );
  return lastTurn;
}
