import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { AnyCallTree } from '../../../src/call-tree/columns.ts';
import { isDiff } from '../../../src/call-tree/columns.ts';
import { theme } from '../design/theme.ts';
import { scaleColors } from './flame-palette-scale.ts';
import { flamePalette } from './flame-palette.ts';
import { flameTextures } from './flame-textures.ts';
import type { FrameKind } from './frame-kinds.ts';
import { FRAME_KINDS, frameKinds, KIND_WORDS } from './frame-kinds.ts';

export interface FlameLegendProps {
  readonly tree: AnyCallTree;
  readonly isTimePerCall: boolean;
  readonly hasNarrow: boolean;
}

export function FlameLegend({ tree, isTimePerCall, hasNarrow }: FlameLegendProps): JSX.Element {
  return (
    <ul class="flame-legend" aria-label="Colours">
      {isDiff(tree) ? <ScaleKey isTimePerCall={isTimePerCall} /> : <KindKeys tree={tree} />}
      {hasNarrow && <li><i class="narrow" />too narrow to draw: zoom in</li>}
    </ul>
  );
}

function KindKeys({ tree: { frames, frame } }: { readonly tree: AnyCallTree }): JSX.Element {
  const kinds = frameKinds(frames);
  const used = new Set<FrameKind>();
  for (let node = 1; node < frame.length; node++) used.add(kinds[frame[node]!]!);
  return <>{FRAME_KINDS.filter((kind) => used.has(kind)).map((kind) => <li key={kind}><KindSwatch kind={kind} />{KIND_WORDS[kind]}</li>)}</>;
}

/** Colour and texture of a kind, as the graph has them. */
export function KindSwatch({ kind }: { readonly kind: FrameKind }): JSX.Element {
  const { value: shownTheme } = theme;
  const canvas = useSwatch((context, width, height, scale) => {
    const palette = flamePalette();
    context.fillStyle = palette.kinds[kind];
    context.fillRect(0, 0, width, height);
    const texture = flameTextures(context, palette.texture, scale)[kind];
    if (texture === undefined) return;
    context.fillStyle = texture;
    context.fillRect(0, 0, width, height);
  }, [kind, shownTheme]);
  return <canvas ref={canvas} aria-hidden="true" class="kind-swatch" />;
}

function ScaleKey({ isTimePerCall }: { readonly isTimePerCall: boolean }): JSX.Element {
  const { value: shownTheme } = theme;
  const canvas = useSwatch((context, width, height) => {
    const colors = scaleColors(flamePalette());
    colors.forEach((color, i) => {
      context.fillStyle = color;
      context.fillRect((i * width) / colors.length, 0, width / colors.length, height);
    });
  }, [shownTheme]);
  return (
    <>
      <li>{isTimePerCall ? 'faster' : 'less'} <span class="flame-scale"><canvas ref={canvas} aria-hidden="true" /></span> {isTimePerCall ? 'slower' : 'more'}</li>
      <li>grey: unchanged, or too few samples to tell</li>
      <li>width: mean of both sides</li>
    </>
  );
}

type Draw = (context: CanvasRenderingContext2D, width: number, height: number, scale: number) => void;

function useSwatch(draw: Draw, dependencies: readonly unknown[]): { current: HTMLCanvasElement | null } {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const { clientWidth, clientHeight } = element;
    element.width = Math.round(clientWidth * devicePixelRatio);
    element.height = Math.round(clientHeight * devicePixelRatio);
    context.scale(devicePixelRatio, devicePixelRatio);
    draw(context, clientWidth, clientHeight, devicePixelRatio);
  }, [...dependencies]);
  return canvas;
}
