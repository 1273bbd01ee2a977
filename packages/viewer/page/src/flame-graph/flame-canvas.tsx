import type { JSX, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { theme } from '../design/theme.ts';
import type { Trials } from './change.ts';
import type { FlameLayout } from './flame-layout.ts';
import type { FlameMarks, FlameScene, FlameStyle } from './flame-painter.ts';
import { flameStyle, paintFlames, paintMarks, ROW_HEIGHT } from './flame-painter.ts';
import { flamePalette } from './flame-palette.ts';
import type { FlameViewport } from './flame-viewport.ts';
import { visibleRows } from './flame-viewport.ts';

export interface FlameCanvasProps {
  readonly layout: FlameLayout;
  readonly zoom: number;
  readonly width: number;
  readonly matches: Uint8Array | null;
  readonly marks: FlameMarks;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly trials: Trials;
  readonly onNarrow: (hasNarrow: boolean) => void;
}

/**
 * Bars on one canvas and what follows pointer and keyboard on another, both as large as the part that is seen, however
 * deep the stacks are.
 */
export function FlameCanvas({ layout, zoom, width, matches, marks, scroller, trials, onNarrow }: FlameCanvasProps): JSX.Element {
  const bars = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const scale = useDevicePixelRatio();
  const { value: shownTheme } = theme;
  const viewport = useMemo((): FlameViewport => ({ layout, zoom, width }), [layout, zoom, width]);
  const rows = useMemo(() => visibleRows(viewport), [viewport]);
  const style = useRef<{ readonly of: readonly unknown[]; readonly style: FlameStyle }>(undefined);
  const sceneOf = useRef<() => FlameScene | null>(() => null);
  sceneOf.current = () => {
    const context = bars.current?.getContext('2d');
    const box = scroller.current;
    if (!context || box === null || width <= 0) return null;
    const of = [layout, shownTheme, scale, trials];
    if (style.current === undefined || style.current.of.some((part, i) => part !== of[i])) {
      style.current = { of, style: flameStyle(context, layout, flamePalette(), scale, trials) };
    }
    return { viewport, style: style.current.style, matches, scrollTop: box.scrollTop, height: box.clientHeight };
  };
  const latestMarks = useRef(marks);
  latestMarks.current = marks;

  const paintAll = useRef(() => {});
  paintAll.current = () => {
    const scene = sceneOf.current();
    if (scene === null) return;
    onNarrow(paintFlames(prepared(bars.current!, scene, scale), scene));
    paintMarks(prepared(above.current!, scene, scale), scene, latestMarks.current);
  };

  useLayoutEffect(() => paintAll.current(), [viewport, matches, shownTheme, scale, trials]);
  useLayoutEffect(() => {
    const scene = sceneOf.current();
    if (scene !== null) paintMarks(prepared(above.current!, scene, scale), scene, marks);
  }, [marks.cursor, marks.hoveredFrame, marks.hoveredNode]);
  useEffect(() => {
    const box = scroller.current;
    if (box === null) return undefined;
    let frame = 0;
    const later = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => paintAll.current());
    };
    box.addEventListener('scroll', later, { passive: true });
    const observer = new ResizeObserver(later);
    observer.observe(box);
    return () => {
      cancelAnimationFrame(frame);
      box.removeEventListener('scroll', later);
      observer.disconnect();
    };
  }, [scroller]);

  return (
    <>
      <div class="flame-canvases" aria-hidden="true">
        <canvas ref={bars} />
        <canvas ref={above} />
      </div>
      <div style={{ height: `${rows * ROW_HEIGHT}px` }} />
    </>
  );
}

/** The canvas in the size of the scene, with CSS pixels as units. */
function prepared(canvas: HTMLCanvasElement, { viewport, height }: FlameScene, scale: number): CanvasRenderingContext2D {
  const [deviceWidth, deviceHeight] = [Math.round(viewport.width * scale), Math.round(height * scale)];
  if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
    canvas.width = deviceWidth;
    canvas.height = deviceHeight;
    canvas.style.width = `${viewport.width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d')!;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}

/** Changes with the zoom of the browser and with the screen. */
function useDevicePixelRatio(): number {
  const [ratio, setRatio] = useState(devicePixelRatio);
  useEffect(() => {
    const query = matchMedia(`(resolution: ${ratio}dppx)`);
    const follow = (): void => setRatio(devicePixelRatio);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, [ratio]);
  return ratio;
}
