import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TimelineAnswer, TimelineLane } from '../../../../src/api/answers.ts';
import { Button, SegmentedControl } from '../../design/controls.tsx';
import { theme } from '../../design/theme.ts';
import { frameName, placeText } from '../../flame-graph/frame-kinds.ts';
import { shortPlace } from '../../flame-graph/short-place.ts';
import { frameKey } from '../../flame-graph/node-keys.ts';
import { countOf, formatDuration, formatShortSpanNote } from '../../format/units.ts';
import { address, changeQuery } from '../../router/address.ts';
import { nodesWith } from '../trace/linked-samples.ts';
import type { ColourBy } from './lane-samples.ts';
import { colourKeys, coloursOf, laneName, lanesInOrder, OWNER_WORDS, totalOf } from './lane-samples.ts';
import type { PointedPlace, PointedSample } from './pointed-sample.ts';
import { pointedSample } from './pointed-sample.ts';
import type { TimeWindow } from './time-window.ts';
import { momentAt, panned, zoomed } from './time-window.ts';
import type { PaintedLane } from './timeline-painter.ts';
import { AXIS_HEIGHT, LANE_HEIGHT, LANE_PITCH, laneTop, paintTimeline } from './timeline-painter.ts';
import { TimelineTable } from './timeline-table.tsx';
import './timeline.css';

export interface TimelineProps {
  readonly timeline: TimelineAnswer;
  readonly spanName: string;
  readonly spanNames: (spanId: string) => string | undefined;
  readonly samplingIntervalNanos: number | null;
  readonly hoveredFrame: string | null;
  readonly onHoverFrame: (key: string | null) => void;
  readonly hoveredSpan: string | null;
  readonly onHoverSpan: (spanId: string | null) => void;
}

const LEGEND_ENTRIES = 7;

/** What each thread of the span's process did over the span's life. */
export function Timeline({ timeline, spanName, spanNames, samplingIntervalNanos, hoveredFrame, onHoverFrame, hoveredSpan, onHoverSpan }: TimelineProps): JSX.Element {
  const by: ColourBy = address.value.query.get('colour') === 'package' ? 'package' : 'function';
  const whole: TimeWindow = useMemo(() => ({ start: timeline.startNanos, end: timeline.startNanos + Math.max(1, timeline.durationNanos) }), [timeline.startNanos, timeline.durationNanos]);
  const [view, setView] = useState(whole);
  useEffect(() => setView(whole), [whole]);
  const [place, setPlace] = useState<PointedPlace | null>(null);
  const drag = useRef<{ readonly x: number; readonly view: TimeWindow } | null>(null);
  const plot = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidthOf(plot);

  const lanes = useMemo((): readonly PaintedLane[] => {
    const ordered: PaintedLane[] = lanesInOrder(timeline.lanes).map((lane) => ({ lane, waits: [] }));
    return timeline.waits.length > 0 ? [...ordered, { lane: null, waits: timeline.waits }] : ordered;
  }, [timeline]);
  const pointed = useMemo(() => pointedSample(lanes, place), [lanes, place]);
  const keys = useMemo(() => colourKeys(timeline, by), [timeline, by]);
  const colours = useMemo(() => coloursOf(keys, timeline.frames.name.length), [keys, timeline]);
  const isLit = useMemo(() => litBy(timeline, hoveredFrame, hoveredSpan), [timeline, hoveredFrame, hoveredSpan]);
  const shownTheme = theme.value;
  useLayoutEffect(() => {
    if (canvas.current !== null) paintTimeline(canvas.current, { lanes, window: view, originNanos: timeline.startNanos, width, colours, isLit, hovered: pointed });
  }, [lanes, view, width, colours, isLit, pointed, shownTheme, timeline.startNanos]);

  const point = (event: PointerEvent): void => {
    const { left, top } = plot.current!.getBoundingClientRect();
    const x = event.clientX - left;
    if (drag.current !== null) {
      const { view: from, x: origin } = drag.current;
      setView(panned(from, whole, ((origin - x) / width) * (from.end - from.start)));
      return;
    }
    const y = event.clientY - top;
    const number = Math.floor((y - AXIS_HEIGHT) / LANE_PITCH);
    pointAt(y < laneTop(number) || y > laneTop(number) + LANE_HEIGHT ? null : { number, moment: momentAt(view, x / width), x });
  };
  const pointAt = (next: PointedPlace | null): void => {
    setPlace(next);
    const found = pointedSample(lanes, next);
    onHoverFrame(found === null ? null : frameKey(timeline.frames, found.lane.frame[found.sample]!));
    onHoverSpan(found === null ? null : timeline.spanIds[found.lane.span[found.sample]!] ?? null);
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const tenth = (view.end - view.start) / 10;
    const moves: Partial<Record<string, () => TimeWindow>> = {
      'ArrowLeft': () => panned(view, whole, -tenth),
      'ArrowRight': () => panned(view, whole, tenth),
      'PageUp': () => panned(view, whole, -tenth * 9),
      'PageDown': () => panned(view, whole, tenth * 9),
      'Home': () => panned(view, whole, whole.start - view.start),
      'End': () => panned(view, whole, whole.end - view.end),
      '+': () => zoomed(view, whole, 0.5),
      '=': () => zoomed(view, whole, 0.5),
      '-': () => zoomed(view, whole, 2),
      '0': () => whole,
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    setView(move());
  };
  useWheelZoom(plot, (event) => {
    const { left } = plot.current!.getBoundingClientRect();
    const about = momentAt(view, (event.clientX - left) / width);
    if (event.ctrlKey || event.metaKey) setView(zoomed(view, whole, Math.exp(Math.max(-1, Math.min(1, event.deltaY / 100))), about));
    else setView(panned(view, whole, (event.deltaX / width) * (view.end - view.start)));
  });

  const isWhole = view.start <= whole.start && view.end >= whole.end;
  const threads = timeline.lanes.filter(({ kind }) => kind === 'thread');
  const samples = threads.reduce((sum, lane) => sum + lane.startNanos.length, 0);
  return (
    <section class="timeline" aria-label={`Timeline of ${spanName}`} data-samples={samples}>
      <div class="timeline-tools">
        <SegmentedControl label="Colour" value={by} onChange={(value) => changeQuery({ colour: value === 'function' ? null : value }, { replace: true })} segments={[{ value: 'function', label: 'By function' }, { value: 'package', label: 'By package' }]} />
        <span class="timeline-zoom" role="group" aria-label="Zoom">
          <Button onClick={() => setView(zoomed(view, whole, 0.5))} aria-label="Zoom in">+</Button>
          <Button onClick={() => setView(zoomed(view, whole, 2))} aria-label="Zoom out" disabled={isWhole}>−</Button>
          <Button onClick={() => setView(whole)} disabled={isWhole}>Fit</Button>
        </span>
        <span class="muted" role="status">{formatDuration(view.start - whole.start)} to {formatDuration(view.end - whole.start)} of the span</span>
      </div>
      <p class="muted timeline-note">
        {countOf(samples, 'sample')} of {countOf(threads.length, 'thread')}
        {samplingIntervalNanos !== null && ` · ${formatShortSpanNote(samplingIntervalNanos)}`}
      </p>
      {samples === 0 && <p class="notice"><span>Nothing was on a thread of this process while the span was open{samplingIntervalNanos === null ? ', or no profile covers it' : ', as far as the samples can tell'}.</span></p>}
      <div
        ref={plot}
        class="timeline-plot"
        role="group"
        aria-label="Lanes; arrow keys move, plus and minus zoom, 0 shows the whole span. The table below has the same samples."
        tabIndex={0}
        onKeyDown={keyDown}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX - event.currentTarget.getBoundingClientRect().left, view };
          pointAt(null);
        }}
        onPointerUp={() => (drag.current = null)}
        onPointerCancel={() => (drag.current = null)}
        onPointerMove={point}
        onPointerLeave={() => pointAt(null)}
      >
        <canvas ref={canvas} class="timeline-canvas" aria-hidden="true" />
        {lanes.map(({ lane, waits }, number) => (
          <div key={number} class="timeline-lane-name" style={{ top: `${laneTop(number) - 18}px` }}>
            {lane === null ? `Waiting, ${formatDuration(waits.reduce((sum, { durationNanos }) => sum + durationNanos, 0))}` : laneText(lane)}
            {lane?.kind === 'garbage-collection' && <span class="muted"> may have nothing to do with this span</span>}
          </div>
        ))}
        {pointed !== null && <SampleTooltip timeline={timeline} pointed={pointed} width={width} spanNames={spanNames} />}
      </div>
      <ul class="timeline-legend" aria-label="Colours">
        {keys.slice(0, LEGEND_ENTRIES).map((key) => (
          <li
            key={`${key.name} ${key.frames[0]!}`}
            onPointerEnter={() => by === 'function' && onHoverFrame(frameKey(timeline.frames, key.frames[0]!))}
            onPointerLeave={() => onHoverFrame(null)}
          >
            <span class="service-mark" style={{ background: `var(--series-${key.colour})` }} />
            <span class="cut mono" title={by === 'function' ? `${key.name} ${placeText(timeline.frames, key.frames[0]!)}` : key.name}>{key.name}</span>
            <span class="muted">{formatDuration(key.wallNanos)} · {countOf(key.samples, 'sample')}</span>
          </li>
        ))}
        {keys.length > LEGEND_ENTRIES && <li><span class="service-mark" style={{ background: 'var(--series-7)' }} /> {countOf(keys.length - LEGEND_ENTRIES, 'other')}</li>}
        <li class="muted"><i class="key timeline-key-others" /> low and pale: other requests, or no span</li>
      </ul>
      <TimelineTable timeline={timeline} spanNames={spanNames} spanName={spanName} />
    </section>
  );
}

function laneText(lane: TimelineLane): string {
  return `${laneName(lane)}, ${formatDuration(totalOf(lane))} in ${countOf(lane.startNanos.length, 'sample')}`;
}

interface SampleTooltipProps {
  readonly timeline: TimelineAnswer;
  readonly pointed: PointedSample;
  readonly width: number;
  readonly spanNames: (spanId: string) => string | undefined;
}

function SampleTooltip({ timeline, pointed: { lane, number, sample, x }, width, spanNames }: SampleTooltipProps): JSX.Element {
  const { frames, spanIds } = timeline;
  const frame = lane.frame[sample]!;
  const owner = lane.owner[sample]!;
  const name = spanNames(spanIds[lane.span[sample]!] ?? '');
  return (
    <div class="timeline-tooltip card" role="presentation" style={{ top: `${laneTop(number) + LANE_HEIGHT + 4}px`, left: `${Math.max(0, Math.min(x - 40, width - 290))}px` }}>
      <strong class="mono">{lane.kind === 'garbage-collection' ? 'Garbage collection' : frameName(frames, frame)}</strong>
      <span class="muted mono">{shortPlace(frames, frame)}</span>
      <span>{formatDuration(lane.durationNanos[sample])} from {formatDuration(lane.startNanos[sample]! - timeline.startNanos)} · CPU {formatDuration(lane.cpuNanos[sample])}</span>
      <span>for {OWNER_WORDS[owner]}{name === undefined || owner === 'span' ? '' : `: ${name}`}</span>
    </div>
  );
}

function litBy(timeline: TimelineAnswer, hoveredFrame: string | null, hoveredSpan: string | null): ((lane: TimelineLane, sample: number) => boolean) | null {
  if (hoveredFrame !== null) {
    const within = nodesWith(timeline, hoveredFrame);
    return within === null ? null : (lane, sample) => within[lane.stack[sample]!] === 1;
  }
  const span = hoveredSpan === null ? -1 : timeline.spanIds.indexOf(hoveredSpan);
  // A span without samples here has nothing to light; the others stay readable.
  return span < 0 ? null : (lane, sample) => lane.span[sample] === span;
}

function useWidthOf(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measured = element.current;
    if (measured === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(measured.clientWidth));
    observer.observe(measured);
    setWidth(measured.clientWidth);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** Zooms with a modifier, pans sideways; the page's own scrolling stays as it is. */
function useWheelZoom(element: { readonly current: HTMLElement | null }, onWheel: (event: WheelEvent) => void): void {
  const latest = useRef(onWheel);
  latest.current = onWheel;
  useEffect(() => {
    const target = element.current;
    const listener = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
      event.preventDefault();
      latest.current(event);
    };
    target?.addEventListener('wheel', listener, { passive: false });
    return () => target?.removeEventListener('wheel', listener);
  }, [element]);
}
