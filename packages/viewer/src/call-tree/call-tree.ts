/** Whose code a frame is. */
export type FrameOrigin = 'own' | 'library' | 'runtime' | 'engine';

/** Frames by index; 0 is the root, which stands for everything. Plain arrays, so that JSON carries them. */
export interface FrameTable {
  readonly name: readonly string[];
  /** `''` = unknown. */
  readonly filename: readonly string[];
  /** Line of the definition, 1-based, 0 = unknown. */
  readonly line: readonly number[];
  readonly origin: readonly FrameOrigin[];
  /** npm package of a library frame, such as `express` or `@scope/name`, `node:fs` for the runtime's; `''` = none. */
  readonly packageName: readonly string[];
}

/**
 * Samples merged by stack. Nodes by index: 0 is the root, and `parent[i] < i` for every i > 0. Self values only: totals
 * follow from them, and so do all views of the tree (focus, callers, without library frames, differences).
 */
export interface CallTree {
  readonly unit: 'nanoseconds' | 'bytes' | 'count';
  readonly frames: FrameTable;
  readonly parent: readonly number[];
  /** Index into {@link frames}. Siblings never share a frame. */
  readonly frame: readonly number[];
  /** Value of the samples whose leaf this node is. */
  readonly self: readonly number[];
  /** Number of these samples. */
  readonly samples: readonly number[];
}

/** Two call trees on one set of nodes. `self` and `samples` are those of the later side. */
export interface CallTreeDiff extends CallTree {
  readonly baseSelf: readonly number[];
  readonly baseSamples: readonly number[];
}
