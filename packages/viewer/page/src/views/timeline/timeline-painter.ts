import type { TimelineLane, Wait } from '../../../../src/api/answers.ts';
import { token } from '../../design/theme.ts';
import { formatDuration } from '../../format/units.ts';
import { timeTicks } from '../trace/time-axis.ts';
import type { TimeWindow } from './time-window.ts';

export const AXIS_HEIGHT = 20;
export const LABEL_HEIGHT = 18;
export const LANE_HEIGHT = 24;
export const LANE_PITCH = LABEL_HEIGHT + LANE_HEIGHT + 4;

/** One line of the timeline: samples of a thread, its garbage collection, or the waits. */
export interface PaintedLane {
  readonly lane: TimelineLane | null;
  readonly waits: readonly Wait[];
}

export interface Painting {
  readonly lanes: readonly PaintedLane[];
  readonly window: TimeWindow;
  /** Start of the span: the axis counts from here. */
  readonly originNanos: number;
  readonly width: number;
  /** By frame: number of a series colour. */
  readonly colours: Uint8Array;
  /** Whether a sample stands out while something is hovered; null = nothing is. */
  readonly isLit: ((lane: TimelineLane, sample: number) => boolean) | null;
  readonly hovered: { readonly number: number; readonly sample: number } | null;
}

export function laneTop(lane: number): number {
  return AXIS_HEIGHT + lane * LANE_PITCH + LABEL_HEIGHT;
}

export function paintingHeight(lanes: number): number {
  return AXIS_HEIGHT + lanes * LANE_PITCH;
}

export function paintTimeline(canvas: HTMLCanvasElement, painting: Painting): void {
  const { lanes, window, width, hovered } = painting;
  const height = paintingHeight(lanes.length);
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  if (context === null || width <= 0) return;
  context.scale(ratio, ratio);
  context.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const x = (nanos: number): number => ((nanos - window.start) / (window.end - window.start)) * width;

  paintAxis(context, painting, height);
  const series = Array.from({ length: 8 }, (_, i) => token(`--series-${i}`));
  const hatch = hatching(context, token('--waiting'));
  for (const [number, { lane, waits }] of lanes.entries()) {
    const top = laneTop(number);
    context.globalAlpha = 1;
    context.fillStyle = token('--sunken');
    context.fillRect(0, top, width, LANE_HEIGHT);
    if (lane === null) paintWaits(context, waits, x, top, width, hatch);
    else paintSamples(context, painting, lane, x, top, series);
    if (hovered?.number === number && lane !== null) {
      const from = x(lane.startNanos[hovered.sample]!);
      context.globalAlpha = 1;
      context.strokeStyle = token('--text');
      context.lineWidth = 2;
      context.strokeRect(from, top + 1, Math.max(2, x(lane.startNanos[hovered.sample]! + lane.durationNanos[hovered.sample]!) - from), LANE_HEIGHT - 2);
    }
  }
}

function paintAxis(context: CanvasRenderingContext2D, { window, originNanos, width }: Painting, height: number): void {
  context.textBaseline = 'middle';
  for (const { nanos, share } of timeTicks(window.start - originNanos, window.end - originNanos, Math.max(2, Math.floor(width / 110)))) {
    const at = Math.round(share * width) + 0.5;
    context.strokeStyle = token('--line');
    context.beginPath();
    context.moveTo(at, 0);
    context.lineTo(at, height);
    context.stroke();
    context.fillStyle = token('--muted');
    const text = formatDuration(nanos);
    if (at + 4 + context.measureText(text).width < width) context.fillText(text, at + 4, AXIS_HEIGHT / 2);
  }
}

function paintSamples(context: CanvasRenderingContext2D, { window, colours, isLit }: Painting, lane: TimelineLane, x: (nanos: number) => number, top: number, series: readonly string[]): void {
  const isGarbage = lane.kind === 'garbage-collection';
  const garbage = token('--danger');
  for (let i = 0; i < lane.startNanos.length; i++) {
    const start = lane.startNanos[i]!;
    const end = start + lane.durationNanos[i]!;
    if (end < window.start || start > window.end) continue;
    const from = x(start);
    // A gap of a hair shows where one sample ends, as long as there is room for it.
    const length = x(end) - from;
    const box = Math.max(1, length > 4 ? length - 0.75 : length);
    const ofOthers = !isGarbage && (lane.owner[i] === 'other-span' || lane.owner[i] === 'none');
    context.globalAlpha = isLit === null ? (ofOthers ? 0.4 : 1) : isLit(lane, i) ? 1 : 0.15;
    context.fillStyle = isGarbage ? garbage : series[colours[lane.frame[i]!]!]!;
    if (ofOthers) context.fillRect(from, top + LANE_HEIGHT / 2, box, LANE_HEIGHT / 2);
    else context.fillRect(from, top, box, LANE_HEIGHT);
  }
  context.globalAlpha = 1;
}

function paintWaits(context: CanvasRenderingContext2D, waits: readonly Wait[], x: (nanos: number) => number, top: number, width: number, hatch: CanvasPattern | string): void {
  for (const { startNanos, durationNanos, name } of waits) {
    const from = Math.max(0, x(startNanos));
    const to = Math.min(width, x(startNanos + durationNanos));
    if (to <= 0 || from >= width) continue;
    const length = Math.max(1, to - from);
    context.fillStyle = hatch;
    context.fillRect(from, top, length, LANE_HEIGHT);
    context.strokeStyle = token('--waiting');
    context.lineWidth = 1;
    context.strokeRect(from + 0.5, top + 0.5, Math.max(1, length - 1), LANE_HEIGHT - 1);
    const text = cut(context, `${name === null ? 'no span' : name || '(no name)'}, ${formatDuration(durationNanos)}`, length - 14);
    if (text === '') continue;
    const wide = context.measureText(text).width;
    context.fillStyle = token('--surface');
    context.fillRect(from + 4, top + 4, wide + 6, LANE_HEIGHT - 8);
    context.fillStyle = token('--text');
    context.fillText(text, from + 7, top + LANE_HEIGHT / 2 + 0.5);
  }
}

/** As much of a text as there is room for; `''` where that says nothing. */
function cut(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  if (room < 40) return '';
  let length = Math.min(text.length, Math.floor(room / 4));
  while (length > 3 && context.measureText(`${text.slice(0, length)}…`).width > room) length--;
  return length > 3 ? `${text.slice(0, length)}…` : '';
}

function hatching(context: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const lines = tile.getContext('2d')!;
  lines.strokeStyle = colour;
  lines.globalAlpha = 0.55;
  lines.lineWidth = 1.5;
  for (const shift of [-8, 0, 8]) {
    lines.beginPath();
    lines.moveTo(shift, 8);
    lines.lineTo(shift + 8, 0);
    lines.stroke();
  }
  return context.createPattern(tile, 'repeat') ?? colour;
}
