import type { SampleSelection, Scope } from '../api/selection.ts';
import { processIdentityOf } from '../store/process-identity.ts';
import type { SpanInProfile } from '../store/sample-index.ts';
import type { Span } from '../store/span.ts';
import type { Store } from '../store/store.ts';
import type { StoredProfile } from '../store/stored-profile.ts';
import { samplesOf, samplesWithin } from '../store/stored-profile.ts';
import { spanTreeOf } from './span-tree-cache.ts';

/** What of one profile is selected. */
export interface SelectedSamples {
  readonly stored: StoredProfile;
  /** Numbers of timed samples, each once. */
  readonly samples: Int32Array;
  /** Whether all of its heap samples are meant: they have neither a time, nor a span, nor an endpoint. */
  readonly heap: boolean;
}

export const DEFAULT_SCOPE: Scope = 'span-and-children';

/** The profiles that a selection lets through, oldest first; those without a sample may be among them. */
export function selectSamples(store: Store, selection: SampleSelection): SelectedSamples[] {
  const endpoints = selection.endpoint === undefined ? undefined : new Set(selection.endpoint);
  return inScope(store, selection)
    .filter(({ stored }) => profileMatches(stored, selection))
    .map(({ stored, samples, heap }) => ({
      stored,
      samples: endpoints === undefined ? samples : ofEndpoints(stored, samples, endpoints),
      heap: heap && endpoints === undefined,
    }));
}

type ProfileFilter = Pick<SampleSelection, 'service' | 'version' | 'host' | 'process' | 'thread' | 'profile'>;

export function profileMatches(stored: StoredProfile, { service, version, host, process, thread, profile }: ProfileFilter): boolean {
  return (service === undefined || stored.service === service)
    && (version === undefined || stored.version === version)
    && (host === undefined || stored.host === host)
    && (process === undefined || stored.process === process)
    && (thread === undefined || stored.profile.thread.id === thread)
    && (profile === undefined || stored.id === profile);
}

/** A range of moments as nanoseconds after a profile's start, and whether the profile's window touches it. */
export function rangeWithin(stored: StoredProfile, { from, to }: Pick<SampleSelection, 'from' | 'to'>): { readonly from: number; readonly to: number; readonly touches: boolean } {
  const relative = (moment: number | undefined, open: number): number => (moment === undefined || Number.isNaN(moment) ? open : (moment - stored.startMoment) * 1e6);
  const range = { from: relative(from, -Infinity), to: relative(to, Infinity) };
  return { ...range, touches: range.from < stored.durationNanos && range.to > 0 && range.from < range.to };
}

function inScope(store: Store, selection: SampleSelection): SelectedSamples[] {
  const { trace: traceId, span: spanId, scope = DEFAULT_SCOPE } = selection;
  if (traceId === undefined) return spanId === undefined ? [...store.profiles()].map((stored) => ofRange(stored, selection)) : [];
  if (spanId === undefined) return ofPlaces([...(store.samplesOfTrace(traceId)?.spans.values() ?? [])].flat(), selection);
  return SCOPES[scope](store, traceId, spanId, selection);
}

const SCOPES: Readonly<Record<Scope, (store: Store, traceId: string, spanId: string, selection: SampleSelection) => SelectedSamples[]>> = {
  'span-and-children': (store, traceId, spanId, selection) => ofPlaces(placesOfSubtree(store, traceId, spanId), selection),
  span: (store, traceId, spanId, selection) => ofPlaces(store.samplesOfSpan(traceId, spanId), selection),
  'span-period': ofPeriod,
  'full-profile': (store, traceId, spanId, selection) => fullProfiles(store, traceId, spanId).map((stored) => ofRange(stored, selection)),
};

function ofRange(stored: StoredProfile, selection: SampleSelection): SelectedSamples {
  const { from, to, touches } = rangeWithin(stored, selection);
  const all = from === -Infinity && to === Infinity;
  return { stored, samples: all ? stored.byTime : samplesWithin(stored, from, to), heap: all || touches };
}

function placesOfSubtree(store: Store, traceId: string, spanId: string): readonly SpanInProfile[] {
  const ids = subtreeInProcess(store, traceId, spanId);
  return ids.size === 0 ? store.samplesOfSpan(traceId, spanId) : [...ids].flatMap((id) => store.samplesOfSpan(traceId, id));
}

/** Ids of a span and its descendants in the same process, also of those that another process called back. */
export function subtreeInProcess(store: Store, traceId: string, spanId: string): Set<string> {
  const trace = store.trace(traceId);
  const span = trace?.spans.get(spanId);
  const ids = new Set<string>();
  if (trace === undefined || span === undefined) return ids;
  const nodes = spanTreeOf(store, trace);
  const first = nodes.findIndex((node) => node.span.spanId === spanId);
  const process = processIdentityOf(span.resource);
  for (let i = first; i < nodes[first]!.subtreeEnd; i++) {
    const node = nodes[i]!.span;
    if (node.resource === span.resource || processIdentityOf(node.resource) === process) ids.add(node.spanId);
  }
  return ids;
}

function ofPlaces(places: readonly SpanInProfile[], selection: SampleSelection): SelectedSamples[] {
  const rows = new Map<StoredProfile, number[]>();
  for (const { stored, span } of places) {
    const list = rows.get(stored);
    if (list === undefined) rows.set(stored, [span]);
    else list.push(span);
  }
  return [...rows].sort(([a], [b]) => a.id - b.id).map(([stored, spans]): SelectedSamples => {
    const parts = spans.map((span) => samplesOf(stored, span));
    const samples = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let length = 0;
    for (const part of parts) {
      samples.set(part, length);
      length += part.length;
    }
    const { from, to } = rangeWithin(stored, selection);
    return { stored, samples: from === -Infinity && to === Infinity ? samples : samples.filter((i) => stored.timeNanos[i]! >= from && stored.timeNanos[i]! < to), heap: false };
  });
}

/** Profiles of the process that ran a span, whichever thread they are of. */
export function profilesOfSpan(store: Store, span: Span): StoredProfile[] {
  const processes = new Set([processIdentityOf(span.resource)]);
  // A profile that came by another way than the span may have lost what names the process.
  for (const { stored } of store.samplesOfSpan(span.traceId, span.spanId)) processes.add(stored.process);
  return [...processes].flatMap((process) => store.profilesOfProcess(process));
}

/** A span's time as whole nanoseconds after a profile's start. A sample speaks of the time before it: `(start, end]`. */
export function periodWithin({ profile }: StoredProfile, span: Span): { readonly start: number; readonly end: number } {
  return { start: Number(span.startTimeUnixNano - profile.startTimeUnixNano), end: Number(span.endTimeUnixNano - profile.startTimeUnixNano) };
}

function ofPeriod(store: Store, traceId: string, spanId: string, selection: SampleSelection): SelectedSamples[] {
  const span = store.trace(traceId)?.spans.get(spanId);
  if (span === undefined) return [];
  return profilesOfSpan(store, span).map((stored) => {
    const { start, end } = periodWithin(stored, span);
    const { from, to } = rangeWithin(stored, selection);
    return { stored, samples: samplesWithin(stored, Math.max(start + 1, from), Math.min(end + 1, to)), heap: false };
  });
}

/** The windows that a span lies in. Of a span that is not held, those with samples of it. */
function fullProfiles(store: Store, traceId: string, spanId: string): StoredProfile[] {
  const span = store.trace(traceId)?.spans.get(spanId);
  return span === undefined ? [...new Set(store.samplesOfSpan(traceId, spanId).map(({ stored }) => stored))] : profilesCovering(store, span);
}

/** Profiles of a span's process, of all threads, whose windows the span lies in. */
export function profilesCovering(store: Store, span: Span): StoredProfile[] {
  return profilesOfSpan(store, span).filter((stored) => {
    const { start, end } = periodWithin(stored, span);
    return start < stored.durationNanos && Math.max(start, end) >= 0;
  });
}

export function endpointsOfRows({ profile: { strings, spans } }: StoredProfile): string[] {
  return Array.from(spans.endpoint, (index) => strings[index] ?? '');
}

function ofEndpoints(stored: StoredProfile, samples: Int32Array, endpoints: ReadonlySet<string>): Int32Array {
  const chosen = endpointsOfRows(stored).map((endpoint) => endpoints.has(endpoint));
  const { span } = stored.profile.samples;
  return samples.filter((i) => chosen[span[i]!]);
}
