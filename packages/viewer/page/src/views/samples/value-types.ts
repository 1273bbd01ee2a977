import type { ValueType } from '../../../../src/api/selection.ts';

export const VALUE_TYPES: readonly { readonly type: ValueType; readonly label: string; readonly title: string }[] = [
  { type: 'wall', label: 'Wall', title: 'Time on the JavaScript thread, synchronous blocking included; awaiting is not in it' },
  { type: 'cpu', label: 'CPU', title: 'Time the thread was running' },
  { type: 'inuse_space', label: 'Heap in use', title: 'Bytes that were alive, by the code that allocated them' },
  { type: 'inuse_objects', label: 'Objects', title: 'Objects that were alive, by the code that allocated them' },
  { type: 'alloc_space', label: 'Allocated', title: 'All bytes that were allocated, alive or not' },
  { type: 'alloc_objects', label: 'Allocated objects', title: 'All objects that were allocated, alive or not' },
];

/** What readers call a value of this type, within a sentence. */
export const TYPE_WORDS: Readonly<Record<ValueType, string>> = {
  wall: 'wall time',
  cpu: 'CPU time',
  inuse_space: 'heap in use',
  inuse_objects: 'objects in use',
  alloc_space: 'allocated bytes',
  alloc_objects: 'allocated objects',
};

export function valueTypeOf(query: URLSearchParams, fallback: ValueType): ValueType {
  return VALUE_TYPES.find(({ type }) => type === query.get('type'))?.type ?? fallback;
}
