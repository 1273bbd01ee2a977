export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

/** `Promise.withResolvers`, which the language level of this repository does not have. */
export function deferred<T = void>(): Deferred<T> {
  let resolve!: (value: T) => void;
  // oxlint-disable-next-line promise/param-names
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}
