import type { FrameTable } from '../../../src/call-tree/call-tree.ts';

/** What frames are told apart by: whose code they are, and the garbage collector's work. */
export type FrameKind = 'own' | 'library' | 'runtime' | 'engine' | 'garbage-collection';

export const FRAME_KINDS: readonly FrameKind[] = ['own', 'library', 'runtime', 'engine', 'garbage-collection'];

/** As the legend and the announcements say it. */
export const KIND_WORDS: Readonly<Record<FrameKind, string>> = {
  'own': 'own code',
  'library': 'library',
  'runtime': 'Node.js',
  'engine': 'engine or native',
  'garbage-collection': 'garbage collection',
};

const COLLECTOR = /^\(?garbage collect(?:ion|or)\)?$/i;

export function frameKind(frames: FrameTable, frame: number): FrameKind {
  if (frames.filename[frame] === '' && COLLECTOR.test(frames.name[frame]!)) return 'garbage-collection';
  return frames.origin[frame]!;
}

/** By frame. */
export function frameKinds(frames: FrameTable): FrameKind[] {
  return frames.name.map((_, frame) => frameKind(frames, frame));
}

/** `routes/products.ts:42`; `''` where the file is unknown. */
export function placeText(frames: FrameTable, frame: number): string {
  const filename = frames.filename[frame]!;
  if (filename === '') return '';
  const line = frames.line[frame]!;
  return line > 0 ? `${filename}:${line}` : filename;
}

export function frameName(frames: FrameTable, frame: number): string {
  return frames.name[frame] || '(anonymous)';
}
