import { afterEach, beforeEach, vi } from 'vitest';

/**
 * For the tests around it the clock stands still unless it is moved, so that a machine which stops for a while misses no
 * deadline. Turns of the event loop are real.
 */
export function holdTime(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

export async function pass(millis: number): Promise<void> {
  for (let passed = 0; passed < millis; passed++) {
    await vi.advanceTimersByTimeAsync(1);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

/** Where it never holds, the test's own time is out. */
export async function passUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await pass(1);
}

export async function passDuring<T>(work: Promise<T>): Promise<T> {
  let ended = false;
  const end = (): void => {
    ended = true;
  };
  work.then(end, end);
  await passUntil(() => ended);
  return work;
}
