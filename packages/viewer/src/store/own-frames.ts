import type { Profile } from '@flamespan/profile';
import { isOwnFile } from '../call-tree/frame-origin.ts';

/**
 * For each stack the location of its own frame: the frame nearest to the leaf that belongs to the application, so
 * that time in libraries and in the engine counts for the line that called them. Where there is none, the leaf.
 */
export function ownLocations(profile: Profile): Int32Array {
  const { strings, functions, locations, stacks } = profile;
  const ownFunction = new Uint8Array(functions.length);
  for (let i = 0; i < functions.length; i++) ownFunction[i] = isOwnFile(strings[functions.filename[i]!] ?? '') ? 1 : 0;
  const own = new Int32Array(stacks.length);
  const shown = new Int32Array(stacks.length);
  for (let i = 1; i < stacks.length; i++) {
    const location = stacks.location[i]!;
    own[i] = ownFunction[locations.function[location]!] === 1 ? location : own[stacks.parent[i]!]!;
    shown[i] = own[i] === 0 ? location : own[i]!;
  }
  return shown;
}
