import { isDiff } from '../../../src/call-tree/columns.ts';
import { changeScale } from './change.ts';
import type { Trials } from './change.ts';
import type { FlameLayout } from './flame-layout.ts';
import type { FlamePalette } from './flame-palette.ts';
import { scaleColors, scaleStep } from './flame-palette-scale.ts';
import { flameTextures } from './flame-textures.ts';
import type { FlameViewport } from './flame-viewport.ts';
import { NARROWEST_PIXELS, placeOf, visibleRange } from './flame-viewport.ts';
import type { FrameKind } from './frame-kinds.ts';
import { FRAME_KINDS, frameKinds, frameName } from './frame-kinds.ts';

export const ROW_HEIGHT = 20;
const FONT_SIZE = 11.5;
const LEAST_TEXT_WIDTH = 24;
const PADDING = 5;

/** How the nodes of a layout look, whatever part of it is shown. */
export interface FlameStyle {
  readonly palette: FlamePalette;
  /** By node: index into {@link colors}. */
  readonly color: Uint8Array;
  readonly colors: readonly string[];
  /** By color: what lies over it. */
  readonly textures: readonly (CanvasPattern | null)[];
}

export interface FlameScene {
  readonly viewport: FlameViewport;
  readonly style: FlameStyle;
  /** By node: 1 = the search found it; null = nothing is searched for. */
  readonly matches: Uint8Array | null;
  /** Pixels that are scrolled away above. */
  readonly scrollTop: number;
  readonly height: number;
}

export function flameStyle(context: CanvasRenderingContext2D, layout: FlameLayout, palette: FlamePalette, scale: number, trials: Trials): FlameStyle {
  const { tree } = layout;
  const count = tree.frame.length;
  if (isDiff(tree)) {
    const color = new Uint8Array(count);
    for (let node = 0; node < count; node++) color[node] = scaleStep(changeOfNode(layout, node, trials));
    const colors = scaleColors(palette);
    return { palette, color, colors, textures: colors.map(() => null) };
  }
  const kinds = frameKinds(tree.frames).map((kind) => FRAME_KINDS.indexOf(kind));
  const textures = flameTextures(context, palette.texture, scale);
  const color = Uint8Array.from(tree.frame, (frame) => kinds[frame]!);
  color[0] = FRAME_KINDS.length;
  return {
    palette,
    color,
    colors: [...FRAME_KINDS.map((kind) => palette.kinds[kind]), palette.root],
    textures: [...FRAME_KINDS.map((kind: FrameKind) => textures[kind] ?? null), null],
  };
}

export function changeOfNode({ total, samples, baseTotal, baseSamples }: FlameLayout, node: number, trials: Trials): number {
  if (baseTotal === null || baseSamples === null) return 0;
  return changeScale({ value: baseTotal[node]!, samples: baseSamples[node]! }, { value: total[node]!, samples: samples[node]! }, trials);
}

interface Bar {
  readonly node: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Draws what is on the screen; returns whether some nodes were too narrow to be told apart. */
export function paintFlames(context: CanvasRenderingContext2D, scene: FlameScene): boolean {
  const { viewport, style, matches, height } = scene;
  const { palette } = style;
  context.clearRect(0, 0, viewport.width, height);
  const { bars, runs } = visibleBars(scene);
  const byColor: Bar[][] = style.colors.map(() => []);
  for (const bar of bars) byColor[style.color[bar.node]!]!.push(bar);
  byColor.forEach((group, color) => {
    fillBars(context, group, style.colors[color]!, matches);
    const texture = style.textures[color];
    if (texture) fillBars(context, group, texture, matches);
  });
  context.fillStyle = palette.narrow;
  for (const { x, y, width } of runs) context.fillRect(x, y, width, ROW_HEIGHT - 1);
  paintNames(context, scene, bars);
  return runs.length > 0;
}

function fillBars(context: CanvasRenderingContext2D, bars: readonly Bar[], fill: string | CanvasPattern, matches: Uint8Array | null): void {
  context.fillStyle = fill;
  for (const { node, x, y, width } of bars) {
    if (matches !== null) context.globalAlpha = matches[node] === 1 ? 1 : 0.25;
    context.fillRect(x, y, width, ROW_HEIGHT - 1);
  }
  context.globalAlpha = 1;
}

function visibleBars({ viewport, scrollTop, height }: FlameScene): { bars: Bar[]; runs: Omit<Bar, 'node'>[] } {
  const { layout, zoom, width } = viewport;
  const bars: Bar[] = [];
  const runs: Omit<Bar, 'node'>[] = [];
  const zoomDepth = layout.depth[zoom]!;
  const scale = width / layout.extent[zoom]!;
  const left = layout.start[zoom]!;
  const ancestors: number[] = [];
  for (let node = zoom; node >= 0; node = node === 0 ? -1 : layout.tree.parent[node]!) ancestors.push(node);
  const lastRow = Math.min(layout.rows.length - 1, Math.floor((scrollTop + height) / ROW_HEIGHT));
  for (let row = Math.floor(scrollTop / ROW_HEIGHT); row <= lastRow; row++) {
    const y = row * ROW_HEIGHT - scrollTop;
    if (row <= zoomDepth) {
      bars.push({ node: ancestors[zoomDepth - row]!, x: 0, y, width });
      continue;
    }
    const nodes = layout.rows[row]!;
    const { from, to } = visibleRange(viewport, row);
    let runStart = -1;
    let runEnd = -1;
    const endRun = (): void => {
      if (runEnd - runStart >= 0.5) runs.push({ x: runStart, y, width: Math.max(1, runEnd - runStart) });
      runStart = -1;
    };
    for (let position = from; position < to; position++) {
      const node = nodes[position]!;
      const x = (layout.start[node]! - left) * scale;
      const wide = layout.extent[node]! * scale;
      if (wide >= NARROWEST_PIXELS) {
        if (runStart >= 0) endRun();
        // A gap to the right keeps neighbours apart where there is room for it.
        bars.push({ node, x, y, width: wide > 3 ? wide - 1 : wide });
        continue;
      }
      if (runStart >= 0 && x - runEnd > 1) endRun();
      if (runStart < 0) runStart = x;
      runEnd = x + wide;
    }
    if (runStart >= 0) endRun();
  }
  return { bars, runs };
}

function paintNames(context: CanvasRenderingContext2D, { style, viewport, matches }: FlameScene, bars: readonly Bar[]): void {
  const { palette } = style;
  const { frames, frame } = viewport.layout.tree;
  // One width for all characters: cutting a name needs no measuring.
  context.font = `${FONT_SIZE}px ${palette.mono}`;
  context.textBaseline = 'middle';
  context.fillStyle = palette.text;
  const character = context.measureText('m').width;
  const zoomDepth = viewport.layout.depth[viewport.zoom]!;
  for (const { node, x, y, width } of bars) {
    if (width < LEAST_TEXT_WIDTH) continue;
    const space = Math.floor((width - 2 * PADDING) / character);
    const name = frameName(frames, frame[node]!);
    const text = name.length <= space ? name : `${name.slice(0, Math.max(1, space - 1))}…`;
    const isFaint = matches !== null && matches[node] !== 1;
    const isAbove = viewport.layout.depth[node]! < zoomDepth;
    if (isFaint) context.fillStyle = palette.outline;
    context.globalAlpha = isFaint || isAbove ? 0.75 : 1;
    context.fillText(text, x + PADDING, y + ROW_HEIGHT / 2);
    if (isFaint) context.fillStyle = palette.text;
  }
  context.globalAlpha = 1;
}

export interface FlameMarks {
  /** Nodes of this frame are marked, as the pointer is on one of them here or elsewhere; -1 = none. */
  readonly hoveredFrame: number;
  readonly hoveredNode: number;
  /** Where the keyboard is; -1 = it is elsewhere. */
  readonly cursor: number;
}

/** Draws the outlines that follow pointer and keyboard, on a canvas of their own above the bars. */
export function paintMarks(context: CanvasRenderingContext2D, scene: FlameScene, { hoveredFrame, hoveredNode, cursor }: FlameMarks): void {
  const { viewport, style, scrollTop, height } = scene;
  const { tree, depth, rows, extent } = viewport.layout;
  context.clearRect(0, 0, viewport.width, height);
  const outline = (node: number, width: number, color: string): void => {
    const place = placeOf(viewport, node);
    const y = depth[node]! * ROW_HEIGHT - scrollTop;
    if (place === null || y < -ROW_HEIGHT || y > height) return;
    context.strokeStyle = color;
    context.lineWidth = width;
    context.strokeRect(place.x + width / 2, y + width / 2, Math.max(2, place.width - 1 - width), ROW_HEIGHT - 1 - width);
  };
  if (hoveredFrame >= 0) {
    const least = (NARROWEST_PIXELS * extent[viewport.zoom]!) / viewport.width;
    const lastRow = Math.min(rows.length - 1, Math.floor((scrollTop + height) / ROW_HEIGHT));
    for (let row = Math.floor(scrollTop / ROW_HEIGHT); row <= lastRow; row++) {
      for (const node of rows[row]!) if (tree.frame[node] === hoveredFrame && extent[node]! >= least) outline(node, 1.5, style.palette.outline);
    }
  }
  if (hoveredNode >= 0) outline(hoveredNode, 2, style.palette.outline);
  if (cursor >= 0) {
    outline(cursor, 3, style.palette.surface);
    context.setLineDash([4, 3]);
    outline(cursor, 2.5, style.palette.outline);
    context.setLineDash([]);
  }
}
