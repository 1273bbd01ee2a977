import { onTestFinished, vi } from 'vitest';

/**
 * Until the end of the test the clock moves by a millisecond whenever it is looked at: how many slices some work has does
 * then not depend on how fast the machine is.
 */
export function moveClockByLooks(): void {
  let millis = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => ++millis);
  onTestFinished(() => clock.mockRestore());
}
