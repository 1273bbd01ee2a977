import { callees } from '../../../src/call-tree/callees.ts';
import { callers } from '../../../src/call-tree/callers.ts';
import type { AnyCallTree } from '../../../src/call-tree/columns.ts';
import { withoutLibraries } from '../../../src/call-tree/without-libraries.ts';
import { findFrame } from './node-keys.ts';

export interface ShownTreeOptions {
  /** Functions below the root, and below each its callers. */
  readonly inverted: boolean;
  readonly hideLibraries: boolean;
  /** Only what runs in this function (`frameKey`), or with {@link inverted} its callers. null = everything. */
  readonly onlyFrame: string | null;
}

/** What of a tree the reader wants to see. A function that is not in it hides nothing. */
export function shownTree<T extends AnyCallTree>(tree: T, { inverted, hideLibraries, onlyFrame }: ShownTreeOptions): T {
  const kept = hideLibraries ? withoutLibraries(tree) : tree;
  const frame = onlyFrame === null ? -1 : findFrame(kept.frames, onlyFrame);
  if (inverted) return callers(kept, frame < 0 ? {} : { frame });
  return frame < 0 ? kept : callees(kept, frame);
}
