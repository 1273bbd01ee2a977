import type { ServiceState } from '../../../../src/api/answers.ts';
import type { ValueType } from '../../../../src/api/selection.ts';
import type { Query } from '../../api/client.ts';
import type { QueryChanges } from '../../router/href.ts';
import { momentOf } from '../../router/moment-parameter.ts';
import { valueTypeOf } from '../samples/value-types.ts';

/** Milliseconds since the Unix epoch. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export type SideName = 'base' | 'other';

/** What two sides differ in. */
export type By = 'time' | 'version';

export interface DiffAddress {
  readonly type: ValueType;
  readonly service: string;
  readonly endpoint: readonly string[];
  readonly by: By;
  /** null = not chosen. */
  readonly times: Readonly<Record<SideName, Range | null>>;
  readonly versions: Readonly<Record<SideName, string | null>>;
}

const SIDES: readonly SideName[] = ['base', 'other'];

export function diffAddress(query: URLSearchParams): DiffAddress {
  const both = <Value>(read: (side: SideName) => Value): Record<SideName, Value> => ({ base: read('base'), other: read('other') });
  return {
    type: valueTypeOf(query, 'cpu'),
    service: query.get('service') ?? '',
    endpoint: query.getAll('endpoint'),
    by: query.get('by') === 'version' ? 'version' : 'time',
    times: both((side) => rangeIn(query, side)),
    versions: both((side) => query.get(`${side}.version`)),
  };
}

function rangeIn(query: URLSearchParams, side: SideName): Range | null {
  const [from, to] = [momentOf(query, `${side}.from`), momentOf(query, `${side}.to`)];
  return from !== undefined && to !== undefined && from < to ? { from, to } : null;
}

/** What to ask the API; null while a side is not chosen. */
export function diffQuery({ type, service, endpoint, by, times, versions }: DiffAddress): Query | null {
  const query: Record<string, string | number | readonly string[]> = { type };
  for (const side of SIDES) {
    if (service !== '') query[`${side}.service`] = service;
    if (endpoint.length > 0) query[`${side}.endpoint`] = endpoint;
    const range = times[side];
    const version = versions[side];
    if (by === 'time' ? range === null : version === null) return null;
    if (by === 'time') {
      query[`${side}.from`] = range!.from;
      query[`${side}.to`] = range!.to;
    } else query[`${side}.version`] = version!;
  }
  return query;
}

export function timesChange(times: Partial<Record<SideName, Range>>): QueryChanges {
  return Object.fromEntries(SIDES.flatMap((side) => {
    const range = times[side];
    return range === undefined ? [] : [[`${side}.from`, Math.round(range.from)], [`${side}.to`, Math.round(range.to)]];
  }));
}

export interface Preset {
  readonly label: string;
  readonly base: Range;
  readonly other: Range;
}

const MINUTES = [1, 5, 15, 60] as const;

/** Pairs of ranges that fit into what is held; the halves always do. */
export function presets(held: Range): Preset[] {
  const { from, to } = held;
  const middle = (from + to) / 2;
  const recent = MINUTES.map((minutes) => minutes * 60_000).filter((millis) => to - from > millis * 1.2).map((millis): Preset => {
    const text = millis === 3_600_000 ? ['hour', 'one'] : [`${millis / 60_000} min`, String(millis / 60_000)];
    return { label: `Last ${text[0]} against the ${text[1]} before`, base: { from: to - 2 * millis, to: to - millis }, other: { from: to - millis, to } };
  });
  return [...recent, { label: 'Second half against the first', base: { from, to: middle }, other: { from: middle, to } }];
}

/** What to compare when nothing is chosen: the two versions that were seen last of a service that has some, else two halves of the time. */
export function defaultChoice({ service, by, times, versions }: DiffAddress, services: readonly ServiceState[], held: Range | null, isByChosen: boolean): QueryChanges | null {
  const subject = services.find((state) => state.service === service) ?? (service === '' ? services.find((state) => state.versions.length > 1) : undefined);
  const known = subject?.versions ?? [];
  const hasTimes = times.base !== null && times.other !== null;
  const hasVersions = versions.base !== null && versions.other !== null;
  if (by === 'version' ? hasVersions : hasTimes) return null;
  if (known.length > 1 && (by === 'version' || !isByChosen)) {
    return { 'by': 'version', 'service': subject!.service, 'base.version': versions.base ?? known.at(-2)!, 'other.version': versions.other ?? known.at(-1)! };
  }
  if (by === 'version' || held === null) return null;
  const { base, other } = presets(held).at(-1)!;
  return { by: 'time', ...timesChange({ base: times.base ?? base, other: times.other ?? other }) };
}
