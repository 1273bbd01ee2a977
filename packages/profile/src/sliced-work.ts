/**
 * Work that takes long enough to be felt, as a generator that can be interrupted wherever it yields. From one `yield` to
 * the next it takes a fraction of a millisecond. What it reads must not change in between: a Profile is immutable.
 */
export type SlicedWork<T> = Generator<undefined, T, undefined>;

/** Does all of the work now. */
export function runAtOnce<T>(work: SlicedWork<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
