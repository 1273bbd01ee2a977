import { emptyStateLines } from './report-empty-state.ts';
import { endpointLines } from './report-endpoints.ts';
import type { Paint } from './report-style.ts';
import { createPaint } from './report-style.ts';
import { waterfallLines } from './report-waterfall.ts';
import type { SlowestTraceOptions } from '../queries/slowest-trace.ts';
import { slowestTrace } from '../queries/slowest-trace.ts';
import type { Store } from '../store/store.ts';
import type { Summary } from '../queries/summary.ts';
import { summarise } from '../queries/summary.ts';
import { flow, terminalSafe } from './terminal-text.ts';
import { formatCount, formatDuration, formatNumberOf, formatShare } from './units.ts';
import { waterfall } from '../queries/waterfall.ts';

export interface ReportOptions {
  /** Columns of the terminal, 80 to 240. @defaultValue 100 */
  readonly width?: number;
  /** Escape sequences for colours. The caller knows the terminal, and NO_COLOR. @defaultValue false */
  readonly color?: boolean;
  /** Endpoints at most. @defaultValue 10 */
  readonly maxEndpoints?: number;
  /** Spans of the waterfall at most. @defaultValue 30 */
  readonly maxSpans?: number;
  /** The slowest trace of this endpoint only. @defaultValue all */
  readonly endpoint?: string;
  /** This `service.name` only. @defaultValue all */
  readonly service?: string;
  /** Where the viewer receives, for the advice when something is missing. @defaultValue `'http://localhost:4318'` */
  readonly url?: string;
}

const MIN_WIDTH = 80;
const MAX_WIDTH = 240;
const DEFAULTS = Object.freeze({ width: 100, color: false, maxEndpoints: 10, maxSpans: 30, url: 'http://localhost:4318' } as const);

/**
 * The report for a terminal: the endpoints that use the most CPU, the slowest trace as a waterfall, and what the
 * figures rest on. No line is wider than `width`. Nothing that came with a span or a profile reaches the terminal as
 * a control character.
 */
export function renderReport(store: Store, options: ReportOptions = {}): string {
  const { width: wanted, color, maxEndpoints, maxSpans, url } = { ...DEFAULTS, ...options };
  const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, Math.floor(wanted) || DEFAULTS.width));
  const paint = createPaint(color);
  const summary = summarise(store);
  const sections = [
    endpointLines(store, width, maxEndpoints, options.service, paint),
    slowestTraceLines(store, options, width, maxSpans, paint),
    emptyStateLines(summary, url),
    summaryLines(summary, width, paint),
  ];
  return `${sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function slowestTraceLines(store: Store, { endpoint, service }: ReportOptions, width: number, maxSpans: number, paint: Paint): string[] {
  const filter: SlowestTraceOptions = { ...(endpoint === undefined ? {} : { endpoint }), ...(service === undefined ? {} : { service }) };
  // One without samples shows no code: it is better than nothing only.
  const slowest = slowestTrace(store, { ...filter, sampled: true }) ?? slowestTrace(store, filter);
  if (slowest !== undefined) {
    const trace = waterfall(store, slowest.traceId);
    return trace === undefined ? [] : waterfallLines(trace, slowest, width, maxSpans, paint);
  }
  if (endpoint === undefined && service === undefined) return [];
  return [`No trace of ${[endpoint, service].filter((name) => name !== undefined).map(terminalSafe).join(' in ')} is held.`];
}

function summaryLines(summary: Summary, width: number, paint: Paint): string[] {
  const { samples, linkedShare, samplingIntervalNanos, services, evictedTraces, evictedProfiles, rejectedRequests } = summary;
  if (summary.traces === 0 && summary.profiles === 0) return [];
  const items = [
    samples === 0 ? 'no samples' : `${formatNumberOf(samples, 'sample')}, ${formatShare(linkedShare)} linked to spans`,
    ...(samplingIntervalNanos === undefined ? [] : [`one every ${interval(samplingIntervalNanos)}`]),
    `${formatNumberOf(summary.traces, 'trace')}, ${formatNumberOf(summary.spans, 'span')}, ${formatNumberOf(summary.profiles, 'profile')}`,
    `${services.length === 1 ? 'service' : 'services'} ${services.slice(0, 8).map(terminalSafe).join(', ')}${services.length > 8 ? `, … ${formatCount(services.length - 8)} more` : ''}`,
  ];
  const lines = flow(items, ' · ', width);
  if (samplingIntervalNanos !== undefined) {
    lines.push(...flow([`Spans shorter than ${formatDuration(samplingIntervalNanos.max)} may have no sample, or one that says too much of them.`], '', width));
  }
  const rejected = Object.values(rejectedRequests).reduce((sum, count) => sum + count, 0);
  const notes = [
    ...(evictedTraces + evictedProfiles === 0 ? [] : [`Dropped for want of room (maxBytes): ${formatNumberOf(evictedTraces, 'trace')}, ${formatNumberOf(evictedProfiles, 'profile')}.`]),
    ...(rejected === 0 ? [] : [`Refused ${formatNumberOf(rejected, 'request')}: ${Object.entries(rejectedRequests).map(([reason, count]) => `${reason} ${count}`).join(', ')}.`]),
  ];
  return [...lines.map((line) => paint('dim', line)), ...flow(notes, ' ', width).map((line) => paint('yellow', line))];
}

function interval({ min, max }: { readonly min: number; readonly max: number }): string {
  if (min !== max) return `${formatDuration(min)} to ${formatDuration(max)}`;
  return `${formatDuration(max)} (${(1e9 / max).toFixed(0)} Hz)`;
}
