import type { SelectedSamples } from './sample-selection.ts';

/** Of what is selected, the windows in which the heap was sampled and of which all heap samples are meant. */
export function heapWindows(selected: readonly SelectedSamples[]): SelectedSamples[] {
  return selected.filter(({ stored, heap }) => heap && stored.profile.types.includes('heap'));
}

/** What is alive now was alive in the windows before too: of each thread only the last window says what is in use. */
export function lastHeapWindows(selected: readonly SelectedSamples[]): SelectedSamples[] {
  const last = new Map<string, SelectedSamples>();
  for (const part of heapWindows(selected)) {
    const key = `${part.stored.profile.thread.id}/${part.stored.process}`;
    const before = last.get(key);
    if (before === undefined || endOf(part) >= endOf(before)) last.set(key, part);
  }
  return [...last.values()];
}

function endOf({ stored }: SelectedSamples): number {
  return stored.startMoment + stored.durationNanos / 1e6;
}
