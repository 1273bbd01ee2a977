import { liveState } from '../api/live-state.ts';

const COLOURS = 8;
const indexes = new Map<string, number>();

/** One of the series colours for a service, the same in all views. The first services differ. */
export function serviceColour(service: string): string {
  // In the viewer's order where it is known, so that a reload gives the same colours.
  for (const { service: known } of liveState.peek()?.services ?? []) indexOf(known);
  return `var(--series-${indexOf(service) % COLOURS})`;
}

function indexOf(service: string): number {
  let index = indexes.get(service);
  if (index === undefined) indexes.set(service, (index = indexes.size));
  return index;
}
