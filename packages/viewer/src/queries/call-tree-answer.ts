import type { CallTreeAnswer } from '../api/answers.ts';
import type { SampleSelection, ValueType } from '../api/selection.ts';
import type { CallTree } from '../call-tree/call-tree.ts';
import type { Store } from '../store/store.ts';
import { CallTreeFold } from './call-tree-fold.ts';
import { endpointCalls } from './endpoint-calls.ts';
import { heapWindows, lastHeapWindows } from './heap-windows.ts';
import { longestInterval } from './profiled-windows.ts';
import type { SelectedSamples } from './sample-selection.ts';
import { rangeWithin, selectSamples } from './sample-selection.ts';

type HeapType = Exclude<ValueType, 'wall' | 'cpu'>;

const HEAP_COLUMNS = Object.freeze({ inuse_space: 'bytes', inuse_objects: 'objects', alloc_space: 'allocatedBytes', alloc_objects: 'allocatedObjects' } as const satisfies Record<HeapType, string>);

/** The selected samples merged by stack. An unknown trace or span has none, and an empty tree is its root. */
export function callTreeAnswer(store: Store, selection: SampleSelection): CallTreeAnswer {
  const { type = 'wall' } = selection;
  const selected = type === 'wall' || type === 'cpu' ? selectSamples(store, selection) : selectHeap(store, selection, type);
  const fold = new CallTreeFold();
  const used = selected.filter((part) => addTo(fold, part, type));
  const extents = used.map((part) => extentOf(part, selection, type));
  return {
    tree: fold.build(unitOf(type)),
    total: fold.total,
    samples: fold.samples,
    firstMoment: used.length === 0 ? null : extents.reduce((least, [first]) => Math.min(least, first), Infinity),
    lastMoment: used.length === 0 ? null : extents.reduce((most, [, last]) => Math.max(most, last), -Infinity),
    samplingIntervalNanos: isTimed(type) ? (longestInterval(used.map(({ stored }) => stored)) ?? null) : null,
    profiles: used.length,
    calls: endpointCalls(store, selected.map(({ stored }) => stored), selection),
  };
}

function isTimed(type: ValueType): type is 'wall' | 'cpu' {
  return type === 'wall' || type === 'cpu';
}

function unitOf(type: ValueType): CallTree['unit'] {
  if (isTimed(type)) return 'nanoseconds';
  return type === 'inuse_space' || type === 'alloc_space' ? 'bytes' : 'count';
}

/** @returns whether it had anything to add */
function addTo(fold: CallTreeFold, { stored, samples, heap }: SelectedSamples, type: ValueType): boolean {
  const { profile } = stored;
  if (isTimed(type)) {
    if (samples.length === 0 || !profile.types.includes(type)) return false;
    fold.add(stored, samples, profile.samples.stack, type === 'cpu' ? stored.cpuNanos : stored.wallNanos);
    return true;
  }
  const values = Float64Array.from(profile.heapSamples[HEAP_COLUMNS[type]], (value) => Math.max(0, Number(value)));
  const rows = Int32Array.from(values.keys()).filter((row) => values[row]! > 0);
  if (!heap || rows.length === 0) return false;
  fold.add(stored, rows, profile.heapSamples.stack, values);
  return true;
}

function selectHeap(store: Store, selection: SampleSelection, type: HeapType): SelectedSamples[] {
  const selected = selectSamples(store, selection);
  return type === 'alloc_space' || type === 'alloc_objects' ? heapWindows(selected) : lastHeapWindows(selected);
}

/** Of whole profiles their windows, as far as they are in the range; else from the first to the last sample. */
function extentOf({ stored, samples, heap }: SelectedSamples, selection: SampleSelection, type: ValueType): readonly [number, number] {
  const { startMoment, durationNanos, timeNanos, wallNanos } = stored;
  let first = 0;
  let last = durationNanos;
  if (heap || !isTimed(type)) {
    const { from, to } = rangeWithin(stored, selection);
    first = Math.max(first, from);
    last = Math.min(last, to);
  } else {
    first = samples.reduce((least, i) => Math.min(least, timeNanos[i]! - wallNanos[i]!), Infinity);
    last = samples.reduce((most, i) => Math.max(most, timeNanos[i]!), -Infinity);
  }
  return [startMoment + first / 1e6, startMoment + last / 1e6];
}
