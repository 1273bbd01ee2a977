import type { Scheduler } from './types.ts';

/** The process's own clocks and `setTimeout`. Its timers do not keep the process alive. */
export function createScheduler(): Scheduler {
  return {
    schedule: (callback, delayMillis) => {
      const timer = setTimeout(callback, delayMillis).unref();
      return () => clearTimeout(timer);
    },
    // Polyfills of Date.now give fractions.
    nowUnixNano: () => BigInt(Math.trunc(Date.now())) * 1_000_000n,
    nowMillis: () => performance.now(),
  };
}
