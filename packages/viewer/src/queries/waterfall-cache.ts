import type { Store } from '../store/store.ts';
import type { Waterfall } from './waterfall.ts';
import { waterfall } from './waterfall.ts';

interface LastWaterfall {
  readonly revision: number;
  readonly waterfall: Waterfall;
}

// One for each store: who looks at a trace asks for it several times.
const lastWaterfalls = new WeakMap<Store, LastWaterfall>();

/** The waterfall of a trace as it is now, without hottest frames. */
export function waterfallOf(store: Store, traceId: string): Waterfall | undefined {
  const last = lastWaterfalls.get(store);
  if (last?.revision === store.revision && last.waterfall.traceId === traceId) return last.waterfall;
  const found = waterfall(store, traceId, { maxFrames: 0 });
  if (found !== undefined) lastWaterfalls.set(store, { revision: store.revision, waterfall: found });
  return found;
}
