/**
 * Waits for `work`, but not longer than `timeoutMillis`. Tells whether it came to an end, well or badly. The timer keeps
 * the process alive: whoever waits for a flush wants it to happen before the process ends.
 */
export async function endsWithin(work: Promise<unknown>, timeoutMillis: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, timeoutMillis), false);
  });
  try {
    return await Promise.race([work.then(() => true, () => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** As {@link endsWithin}, a wait that keeps the process alive. */
export function pause(delayMillis: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMillis);
  });
}
