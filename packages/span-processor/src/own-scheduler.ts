import type { Scheduler } from '@flamespan/profiler';
import { createScheduler } from '@flamespan/profiler';
import { runOwnWork } from './own-work.ts';

/**
 * The profiler's scheduler with every timer set, and every callback run, outside of users' spans. A timer that is set
 * while a request is active would otherwise carry that request's Context for as long as it repeats.
 */
export function createOwnScheduler(onError: (error: unknown) => void): Scheduler {
  const scheduler = createScheduler();
  return {
    schedule: (callback, delayMillis) =>
      runOwnWork(() =>
        scheduler.schedule(() => {
          try {
            runOwnWork(callback);
          } catch (error) {
            onError(error);
          }
        }, delayMillis),
      ),
    nowUnixNano: () => scheduler.nowUnixNano(),
    nowMillis: () => scheduler.nowMillis(),
  };
}
