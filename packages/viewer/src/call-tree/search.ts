import type { CallTree } from './call-tree.ts';

export interface SearchResult {
  /** By node: 1 = its frame matches. */
  readonly matches: Uint8Array;
  /** Value and samples of the stacks with a frame that matches, each counted once. */
  readonly total: number;
  readonly samples: number;
}

/** The nodes whose function, file or package has the text in it; capitals do not matter. Nothing matches `''`. */
export function searchCallTree({ frames, parent, frame, self, samples }: CallTree, text: string): SearchResult {
  const wanted = text.toLowerCase();
  const wants = (value: string): boolean => value.toLowerCase().includes(wanted);
  const found = frames.name.map((name, i) => wanted !== '' && i !== 0 && (wants(name) || wants(frames.filename[i]!) || wants(frames.packageName[i]!)));
  const matches = new Uint8Array(parent.length);
  const below = new Uint8Array(parent.length);
  let total = 0;
  let count = 0;
  for (let i = 1; i < parent.length; i++) {
    if (found[frame[i]!]!) matches[i] = 1;
    if (matches[i] === 1 || below[parent[i]!] === 1) {
      below[i] = 1;
      total += self[i]!;
      count += samples[i]!;
    }
  }
  return { matches, total, samples: count };
}
