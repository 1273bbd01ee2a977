import type { HotFrame } from '../queries/hottest-frames.ts';
import type { Paint } from './report-style.ts';
import type { SlowestTrace } from '../queries/slowest-trace.ts';
import { endpointOfSpan } from '../store/span-endpoint.ts';
import { fit, flow, shortenMiddle, terminalSafe, widthOf } from './terminal-text.ts';
import { formatDuration, formatNumberOf } from './units.ts';
import type { BarCell } from './waterfall-bar.ts';
import { barCells } from './waterfall-bar.ts';
import type { Waterfall, WaterfallSpan } from '../queries/waterfall.ts';
import { selectRows } from './waterfall-rows.ts';

const GAP = '  ';
const ABSENT = '–';
const ERROR = 2;
const MAX_INDENT = 12;

const GLYPHS: Readonly<Record<BarCell, string>> = { outside: ' ', own: '█', children: '▓', waiting: '░', unknown: '─' };
const COLOURS = { own: 'red', children: 'yellow', waiting: 'dim', unknown: 'dim' } as const;

const FIGURES = [
  { title: 'duration', cell: (span: WaterfallSpan) => formatDuration(span.durationNanos) },
  { title: 'on-thread', cell: (span: WaterfallSpan) => figure(span, span.wallNanos) },
  { title: 'CPU', cell: (span: WaterfallSpan) => figure(span, span.cpuNanos) },
  { title: 'waiting', cell: waiting },
] as const;

/** The slowest trace: a bar and figures for each span, and under it the own frames in which it spent its time. */
export function waterfallLines(trace: Waterfall, slowest: SlowestTrace, width: number, maxSpans: number, paint: Paint): string[] {
  const rows = selectRows(trace, maxSpans);
  const several = new Set(trace.spans.map(({ service }) => service)).size > 1;
  const names = rows.map((row) => nameOf(trace, trace.spans[row]!, several));
  const cells = rows.map((row) => FIGURES.map(({ cell }) => cell(trace.spans[row]!)));
  const widths = FIGURES.map(({ title }, i) => Math.max(widthOf(title), ...cells.map((row) => widthOf(row[i]!))));
  const room = width - widths.reduce((sum, figureWidth) => sum + figureWidth + GAP.length, 0);
  const nameWidth = Math.min(Math.max(12, ...names.map(widthOf)), Math.floor((room - GAP.length) * 0.5));
  const barWidth = room - nameWidth - GAP.length;

  const { localRoot } = slowest;
  const title = terminalSafe(endpointOfSpan(localRoot) ?? localRoot.name);
  const about = [formatDuration(localRoot.durationNanos), ...(several ? [] : [terminalSafe(trace.spans[0]!.service)]), `trace ${trace.traceId}`].join(' · ');
  const heading = 'SLOWEST TRACE';
  const lines = [
    `${paint('bold', heading)} ${shortenMiddle(title, width - heading.length - 1)}`,
    paint('dim', shortenMiddle(about, width)),
    '',
    paint('dim', [fit('span', nameWidth), scale(trace.durationNanos, barWidth), ...FIGURES.map((column, i) => fit(column.title, widths[i]!, 'right'))].join(GAP)),
  ];
  rows.forEach((row, i) => {
    const span = trace.spans[row]!;
    const name = fit(names[i]!, nameWidth);
    const figures = cells[i]!.map((cell, j) => fit(cell, widths[j]!, 'right'));
    lines.push([span.span.status.code === ERROR ? paint('red', name) : name, bar(barCells(trace, row, barWidth), paint), ...figures].join(GAP));
    const frames = frameLine(span, width);
    if (frames !== undefined) lines.push(paint('cyan', frames));
  });
  if (rows.length < trace.spans.length) lines.push(paint('dim', `… and ${formatNumberOf(trace.spans.length - rows.length, 'span')} more, shorter or without samples`));
  lines.push('', ...legend(trace, rows, width).map((line) => paint('dim', line)));
  return lines;
}

function nameOf({ spans }: Waterfall, span: WaterfallSpan, several: boolean): string {
  const indent = ' '.repeat(Math.min(span.depth, MAX_INDENT));
  const mark = span.span.status.code === ERROR ? '✗ ' : '';
  const enters = several && (span.parent === -1 || spans[span.parent]!.service !== span.service);
  return `${indent}${mark}${enters ? `${terminalSafe(span.service)}: ` : ''}${terminalSafe(span.span.name)}`;
}

/** Of a span that no profile covers nothing is known; of one without samples, that it was little. */
function figure(span: WaterfallSpan, nanos: number): string {
  return span.waitingNanos === undefined || span.samples === 0 ? ABSENT : formatDuration(nanos);
}

function waiting({ waitingNanos, profiledNanos, durationNanos }: WaterfallSpan): string {
  if (waitingNanos === undefined) return ABSENT;
  return `${profiledNanos < durationNanos * 0.95 ? '≤ ' : ''}${formatDuration(waitingNanos)}`;
}

function scale(durationNanos: number, width: number): string {
  const start = '0';
  const end = formatDuration(durationNanos);
  return start + ' '.repeat(Math.max(1, width - start.length - end.length)) + end;
}

/** Runs of equal cells are painted in one piece. */
function bar(cells: readonly BarCell[], paint: Paint): string {
  let text = '';
  for (let from = 0; from < cells.length;) {
    const cell = cells[from]!;
    let to = from + 1;
    while (to < cells.length && cells[to] === cell) to++;
    const run = GLYPHS[cell].repeat(to - from);
    text += cell === 'outside' ? run : paint(COLOURS[cell], run);
    from = to;
  }
  return text;
}

function frameLine(span: WaterfallSpan, width: number): string | undefined {
  const indent = `${' '.repeat(Math.min(span.depth, MAX_INDENT))} ↳ `;
  const room = width - widthOf(indent);
  let line = '';
  for (const frame of span.hottestFrames) {
    const item = frameText(frame, span.wallNanos, span.samples);
    const longer = line === '' ? item : `${line} · ${item}`;
    if (widthOf(longer) > room) {
      if (line === '') line = shortenMiddle(item, room);
      break;
    }
    line = longer;
  }
  return line === '' ? undefined : indent + line;
}

function frameText(frame: HotFrame, wallNanos: number, samples: number): string {
  const share = wallNanos > 0 ? frame.wallNanos / wallNanos : frame.samples / samples;
  const file = shortPath(frame.filename);
  const place = file === '' ? '' : ` ${file}${frame.line > 0 ? `:${frame.line}` : ''}`;
  return `${(share * 100).toFixed(0)}% ${terminalSafe(frame.name) || '(anonymous)'}${place}`;
}

/** The file and the folder it is in. */
function shortPath(filename: string): string {
  return terminalSafe(filename).replace(/^file:\/\//, '').split(/[/\\]/).filter((part) => part !== '').slice(-2).join('/');
}

function legend({ spans, samples }: Waterfall, rows: readonly number[], width: number): string[] {
  const shown = rows.map((row) => spans[row]!);
  const items = [`${GLYPHS.own} on the thread`, `${GLYPHS.children} its child spans on the thread`, `${GLYPHS.waiting} waiting`];
  if (shown.some((span) => span.waitingNanos === undefined)) items.push(`${GLYPHS.unknown} not profiled`);
  if (shown.some((span) => waiting(span).startsWith('≤'))) items.push('≤ profiled in part');
  if (shown.some((span) => span.hottestFrames.length > 0)) items.push("↳ where the span's own samples were");
  items.push('– no sample', formatNumberOf(samples, 'sample'));
  return flow(items, '   ', width);
}
