import type { ExportResult, Profile, ProfileExporter } from '@flamespan/profile';
import { syntheticMinute } from '@flamespan/profile/testing';
import { onTestFinished, vi } from 'vitest';
import { exportOf } from './exports.ts';

export interface WatchedExport {
  readonly result: ExportResult;
  /** Turns of the event loop in which ids of spans were read, the one of the call included. */
  readonly turns: number;
  /** Whether ids were read before `export()` returned. */
  readonly duringCall: boolean;
}

/**
 * Exports a minute that takes several slices to encode, and tells from what is read of it when it was encoded. Until the end of
 * the test the clock moves by a millisecond whenever it is looked at: how many slices there are does not depend on the machine.
 */
export async function watchEncoding(exporter: ProfileExporter): Promise<WatchedExport> {
  let millis = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => ++millis);
  onTestFinished(() => clock.mockRestore());
  let turn = 0;
  let counting = true;
  const count = (): void => {
    turn++;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  const turns = new Set<number>();
  const minute = syntheticMinute();
  const traceId = new Proxy(minute.spans.traceId, {
    get(target, property, receiver) {
      turns.add(turn);
      return Reflect.get(target, property, receiver) as unknown;
    },
  });
  const watched: Profile = { ...minute, spans: { ...minute.spans, traceId } };
  const exported = exportOf(exporter, watched);
  const duringCall = turns.size > 0;
  const result = await exported;
  counting = false;
  return { result, turns: turns.size, duringCall };
}
