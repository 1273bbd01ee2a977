import type { FrameKind } from './frame-kinds.ts';

const SIZE = 8;

/**
 * Kinds differ by texture too, for those who do not see the difference in colour: own code is plain. null where the
 * canvas gives no pattern.
 */
export function flameTextures(context: CanvasRenderingContext2D, color: string, scale: number): Partial<Record<FrameKind, CanvasPattern>> {
  const textures: Partial<Record<FrameKind, CanvasPattern>> = {};
  for (const [kind, draw] of Object.entries(DRAWINGS)) {
    const tile = document.createElement('canvas');
    tile.width = tile.height = Math.round(SIZE * scale);
    const tileContext = tile.getContext('2d');
    if (tileContext === null) continue;
    tileContext.scale(tile.width / SIZE, tile.height / SIZE);
    tileContext.strokeStyle = tileContext.fillStyle = color;
    draw(tileContext);
    const pattern = context.createPattern(tile, 'repeat');
    // Tiles have device pixels, the canvas is scaled.
    pattern?.setTransform(new DOMMatrix().scale(SIZE / tile.width));
    if (pattern !== null) textures[kind as FrameKind] = pattern;
  }
  return textures;
}

const DRAWINGS: Readonly<Partial<Record<FrameKind, (context: CanvasRenderingContext2D) => void>>> = {
  'library': (context) => {
    for (const [x, y] of [[1, 1], [5, 5]] as const) context.fillRect(x, y, 1.4, 1.4);
  },
  'runtime': (context) => lines(context, [[-1, 9, 9, -1], [-5, 5, 5, -5], [3, 13, 13, 3]]),
  'engine': (context) => lines(context, [[2, 0, 2, 8], [6, 0, 6, 8]]),
  'garbage-collection': (context) => lines(context, [[0, 0, 8, 8], [0, 8, 8, 0]]),
};

function lines(context: CanvasRenderingContext2D, segments: readonly (readonly [number, number, number, number])[]): void {
  context.lineWidth = 0.9;
  context.beginPath();
  for (const [x0, y0, x1, y1] of segments) {
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  }
  context.stroke();
}
