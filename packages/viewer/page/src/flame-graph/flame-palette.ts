import { token } from '../design/theme.ts';
import type { FrameKind } from './frame-kinds.ts';
import { FRAME_KINDS } from './frame-kinds.ts';

/** What the canvas is drawn with, of the current theme. */
export interface FlamePalette {
  readonly kinds: Readonly<Record<FrameKind, string>>;
  /** Ends and middle of the diverging scale. */
  readonly less: string;
  readonly same: string;
  readonly more: string;
  readonly root: string;
  readonly narrow: string;
  readonly text: string;
  readonly texture: string;
  readonly surface: string;
  readonly outline: string;
  readonly mono: string;
}

export function flamePalette(): FlamePalette {
  return {
    kinds: Object.fromEntries(FRAME_KINDS.map((kind) => [kind, token(`--flame-${kind}`)])) as Record<FrameKind, string>,
    less: token('--flame-less'),
    same: token('--flame-same'),
    more: token('--flame-more'),
    root: token('--flame-root'),
    narrow: token('--flame-narrow'),
    text: token('--flame-text'),
    texture: token('--flame-texture'),
    surface: token('--surface'),
    outline: token('--text'),
    mono: token('--mono'),
  };
}
