/** Figures as readers see them. A figure that is not known is an en dash. */
export const UNKNOWN = '–';

const STEPS: readonly (readonly [nanos: number, unit: string])[] = [[1e9, 's'], [1e6, 'ms'], [1e3, 'µs'], [1, 'ns']];

/** `312 ms`, `1.25 s`, `80.5 µs`, `2 min 5 s`: three significant digits. */
export function formatDuration(nanos: number | null | undefined): string {
  if (nanos === null || nanos === undefined || !Number.isFinite(nanos)) return UNKNOWN;
  if (nanos < 0) return `-${formatDuration(-nanos)}`;
  if (nanos === 0) return '0 ms';
  if (nanos >= 59.95e9) return formatLong(Math.round(nanos / 1e9));
  for (const [size, unit] of STEPS) {
    // What rounds up to 1 000 of a unit is 1 of the next.
    if (nanos >= size * 0.9995 || size === 1) return `${threeDigits(nanos / size)} ${unit}`;
  }
  return UNKNOWN;
}

function formatLong(seconds: number): string {
  const parts: string[] = [];
  let rest = seconds;
  for (const [size, unit] of [[86_400, 'd'], [3_600, 'h'], [60, 'min'], [1, 's']] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.slice(0, 2).join(' ');
}

function threeDigits(value: number): string {
  if (value >= 99.95) return Math.round(value).toString();
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/** Reads what {@link formatDuration} writes, and `1.5s`, `200 ms`, `200` (milliseconds). undefined = not a duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:[.,]\d+)?|[.,]\d+)\s*(ns|us|µs|μs|ms|s|min|m|h)?$/i.exec(text.trim());
  if (match === null) return undefined;
  const size = { ns: 1, us: 1e3, 'µs': 1e3, 'μs': 1e3, ms: 1e6, s: 1e9, m: 60e9, min: 60e9, h: 3_600e9 }[(match[2] ?? 'ms').toLowerCase()];
  return size === undefined ? undefined : Number(match[1]!.replace(',', '.')) * size;
}

export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return UNKNOWN;
  let value = Math.abs(bytes);
  let unit = 'B';
  for (const next of ['KiB', 'MiB', 'GiB', 'TiB']) {
    if (value < 1_023.5) break;
    value /= 1_024;
    unit = next;
  }
  const sign = bytes < 0 ? '-' : '';
  return `${sign}${unit === 'B' ? Math.round(value).toString() : threeDigits(value)} ${unit}`;
}

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function formatCount(count: number | null | undefined): string {
  return count === null || count === undefined || !Number.isFinite(count) ? UNKNOWN : WHOLE.format(count);
}

/** `1 sample`, `12 samples`; `spans` and such. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A share of 0 to 1. */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return UNKNOWN;
  const percent = share * 100;
  if (percent !== 0 && Math.abs(percent) < 0.1) return percent < 0 ? '> -0.1%' : '< 0.1%';
  return Math.abs(percent) < 99.95 ? `${percent.toFixed(1)}%` : `${Math.round(percent)}%`;
}

/** Where there is little room: `42%`, `< 1%`. */
export function formatWholeShare(share: number): string {
  return share > 0 && share < 0.005 ? '< 1%' : `${Math.round(share * 100)}%`;
}

/** A value of a call tree. */
export function formatValue(value: number, unit: 'nanoseconds' | 'bytes' | 'count'): string {
  if (unit === 'nanoseconds') return formatDuration(value);
  return unit === 'bytes' ? formatBytes(value) : formatCount(value);
}

/** Local time of day with milliseconds, with the date where it is not today's. */
export function formatMoment(moment: number, now: number = Date.now()): string {
  const date = new Date(moment);
  const two = (value: number): string => value.toString().padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${date.getMilliseconds().toString().padStart(3, '0')}`;
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

/** The shortest span that surely has a sample, in words: "spans shorter than 10 ms may have none". */
export function formatShortSpanNote(samplingIntervalNanos: number | null | undefined): string {
  if (samplingIntervalNanos === null || samplingIntervalNanos === undefined) return '';
  return `One sample every ${formatDuration(samplingIntervalNanos)}: spans shorter than ${formatDuration(samplingIntervalNanos)} may have none`;
}
