import type { ProfileRow } from '../../../../src/api/answers.ts';
import type { ValueType } from '../../../../src/api/selection.ts';
import type { Segment } from '../../design/controls.tsx';
import { VALUE_TYPES } from '../samples/value-types.ts';

/** The types to choose among: CPU first, and what was allocated only where it was sampled or is asked for. */
export function profileTypes(profiles: readonly ProfileRow[], asked: ValueType): Segment<ValueType>[] {
  const has = (name: string): boolean => profiles.some(({ types }) => types.includes(name));
  const isOffered = (type: ValueType): boolean => type === asked || (type.startsWith('alloc_') ? has('alloc') : true);
  const [wall, cpu, ...others] = VALUE_TYPES;
  return [cpu!, wall!, ...others].filter(({ type }) => isOffered(type)).map(({ type, label, title }) => ({
    value: type, label, title,
    isEmpty: !has(type === 'wall' || type === 'cpu' ? type : type.startsWith('alloc_') ? 'alloc' : 'heap'),
  }));
}
