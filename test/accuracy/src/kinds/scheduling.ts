import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import type { Continuation, Run } from '../continuation.ts';

/** Calls `start` with a callback that burns and ends the run. */
export function burnIn(run: Run, start: (callback: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start(() => {
      try {
        run.burn();
        resolve();
      } catch (error) {
        reject(error);
      }
    });
  });
}

const settled = new Map<string, (() => void)[]>();

/** Resolved by the next run of this kind, or by a timer when there is none. */
function resolvedByAnother(kind: string): Promise<void> {
  return new Promise((resolve) => {
    const waiting = settled.get(kind) ?? [];
    settled.set(kind, [resolve]);
    for (const wake of waiting) wake();
    setTimeout(resolve, 300);
  });
}

/** Leaves a callback, and is seen by nobody but the process. */
class UncaughtError extends Error {
  readonly seen: () => void;

  constructor(seen: () => void) {
    super('expected');
    this.seen = seen;
  }
}

let handlesUncaughtErrors = false;

function handleUncaughtErrors(): void {
  if (handlesUncaughtErrors) return;
  handlesUncaughtErrors = true;
  process.on('uncaughtException', (error) => {
    if (!(error instanceof UncaughtError)) throw error;
    error.seen();
  });
}

export const scheduling: Readonly<Record<string, Continuation>> = {
  async sync(run) {
    run.burn();
  },
  async afterAwait(run) {
    await Promise.resolve();
    run.burn();
    await Promise.all([immediate(), sleep(1)]);
    run.burn();
  },
  promiseThen: (run) => Promise.resolve().then(() => run.burn()).finally(() => run.burn()),
  async promiseSettledByAnother(run) {
    await resolvedByAnother('promise');
    run.burn();
  },
  async customThenable(run) {
    // oxlint-disable-next-line typescript/await-thenable -- what is tested
    await {
      then(resolve: () => void) {
        run.burn();
        setImmediate(resolve);
      },
    };
    run.burn();
  },
  async thenableSettledByAnother(run) {
    // oxlint-disable-next-line typescript/await-thenable -- what is tested
    await { then: (resolve: () => void) => void resolvedByAnother('thenable').then(resolve) };
    run.burn();
  },
  setTimeout: (run) => burnIn(run, (callback) => setTimeout(callback, 2)),
  setInterval: (run) =>
    new Promise((resolve) => {
      let turns = 0;
      const timer = setInterval(() => {
        run.burn();
        if (++turns < 2) return;
        clearInterval(timer);
        resolve();
      }, 1);
    }),
  /** Throws out of a timer, a tick and an immediate; each time other callbacks follow. */
  async uncaughtException(run) {
    handleUncaughtErrors();
    const nextTick = (callback: () => void): void => process.nextTick(callback);
    for (const schedule of [setTimeout, nextTick, setImmediate] as ((callback: () => void) => void)[]) {
      await new Promise<void>((resolve) => {
        schedule(() => {
          run.burn();
          throw new UncaughtError(() => {
            run.burnAsReported();
            resolve();
          });
        });
      });
      run.burn();
    }
  },
  setImmediate: (run) => burnIn(run, setImmediate),
  nextTick: (run) => burnIn(run, (callback) => process.nextTick(callback)),
  queueMicrotask: (run) => burnIn(run, queueMicrotask),
  async timersPromises(run) {
    await sleep(2);
    run.burn();
    await immediate();
    run.burn();
  },
};
