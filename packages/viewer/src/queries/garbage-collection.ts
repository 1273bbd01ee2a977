import type { StoredProfile } from '../store/stored-profile.ts';

/** What V8 calls it, and what Flamespan's profiler does, as other profilers for Node.js do. */
const NAMES = ['(garbage collector)', 'Garbage Collection'] as const;

/** The stacks of a profile that end in the garbage collector. */
export function garbageCollectionStacks({ profile: { strings, functions, locations, stacks } }: StoredProfile): ReadonlySet<number> {
  const names = new Set(NAMES.map((name) => strings.indexOf(name)));
  names.delete(-1);
  const found = new Set<number>();
  if (names.size === 0) return found;
  for (let stack = 1; stack < stacks.length; stack++) {
    const fn = locations.function[stacks.location[stack]!]!;
    if (names.has(functions.name[fn]!) && strings[functions.filename[fn]!] === '') found.add(stack);
  }
  return found;
}
