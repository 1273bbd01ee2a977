import type { CallTree, FrameTable } from '../../../src/call-tree/call-tree.ts';
import { frameName, placeText } from './frame-kinds.ts';

/** Names a function: equal for all nodes and trees it occurs in. */
export function frameKey(frames: FrameTable, frame: number): string {
  return `${frames.name[frame]!}\0${frames.filename[frame]!}\0${frames.line[frame]!}`;
}

/** Names a function in an address: `renderPage views/page.ts:99`. */
export function frameText(frames: FrameTable, frame: number): string {
  return `${frameName(frames, frame)} ${placeText(frames, frame)}`.trim();
}

/** The frame of such a text, or -1. */
export function findFrameText(frames: FrameTable, text: string): number {
  return frames.name.findIndex((_, frame) => frame > 0 && frameText(frames, frame) === text);
}

/** The frame of a key, or -1. */
export function findFrame(frames: FrameTable, key: string): number {
  const [name, filename, line] = key.split('\0');
  return frames.name.findIndex((text, frame) => frame > 0 && text === name && frames.filename[frame] === filename && String(frames.line[frame]) === line);
}

/**
 * Name a node by its way from the root, so that an address or a zoom holds when the tree is answered anew with other
 * indices. 64 bits of hash in base 36.
 */
export function nodeKeys(tree: CallTree): (node: number) => string {
  const hashes = pathHashes(tree);
  return (node) => hashes[node * 2]!.toString(36).padStart(7, '0') + hashes[node * 2 + 1]!.toString(36).padStart(7, '0');
}

/** The node of a key, or -1. */
export function findNode(tree: CallTree, key: string): number {
  const high = Number.parseInt(key.slice(0, 7), 36);
  const low = Number.parseInt(key.slice(7), 36);
  const hashes = pathHashes(tree);
  for (let node = 0; node < tree.parent.length; node++) {
    if (hashes[node * 2] === high && hashes[node * 2 + 1] === low) return node;
  }
  return -1;
}

const cache = new WeakMap<CallTree, Uint32Array>();

function pathHashes(tree: CallTree): Uint32Array {
  const known = cache.get(tree);
  if (known !== undefined) return known;
  const frames = tree.frames.name.map((_, frame) => hashText(frameKey(tree.frames, frame)));
  const hashes = new Uint32Array(tree.parent.length * 2);
  for (let node = 0; node < tree.parent.length; node++) {
    const [high, low] = frames[tree.frame[node]!]!;
    const parent = node === 0 ? -1 : tree.parent[node]!;
    hashes[node * 2] = mix((parent < 0 ? 0 : hashes[parent * 2]!) ^ high, 0x85ebca6b);
    hashes[node * 2 + 1] = mix((parent < 0 ? 0 : hashes[parent * 2 + 1]!) ^ low, 0xc2b2ae35);
  }
  cache.set(tree, hashes);
  return hashes;
}

function mix(value: number, factor: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), factor);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x27d4eb2f);
  return (mixed ^ (mixed >>> 16)) + 0x9e3779b9;
}

/** FNV-1a from two starts. */
function hashText(text: string): readonly [number, number] {
  let high = 0x811c9dc5;
  let low = 0x01000193;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x5bd1e995);
  }
  return [high, low];
}
