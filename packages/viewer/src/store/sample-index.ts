import type { SampleTotals, StoredProfile } from './stored-profile.ts';

/** The samples of one span in one profile: row `span` of its span table, see `samplesOf`. */
export interface SpanInProfile {
  readonly stored: StoredProfile;
  readonly span: number;
}

/** The samples that are linked to the spans of one trace, whether or not the spans are held. */
export interface TraceSamples extends Readonly<SampleTotals> {
  /** By span id, oldest profile first. */
  readonly spans: ReadonlyMap<string, readonly SpanInProfile[]>;
}

interface Entry extends SampleTotals {
  readonly spans: Map<string, SpanInProfile[]>;
}

/** A row: key, list, entry. */
const SPAN_BYTES = 240;
const TRACE_BYTES = 420;

/** From spans to their samples in the profiles. */
export class SampleIndex {
  readonly #traces = new Map<string, Entry>();

  trace(traceId: string): TraceSamples | undefined {
    return this.#traces.get(traceId);
  }

  /** @returns the traces that had no samples before */
  add(stored: StoredProfile): string[] {
    const fresh: string[] = [];
    forEachSampledSpan(stored, (traceId, spanId, span) => {
      let entry = this.#traces.get(traceId);
      if (entry === undefined) {
        entry = { samples: 0, wallNanos: 0, cpuNanos: 0, spans: new Map() };
        this.#traces.set(traceId, entry);
        fresh.push(traceId);
      }
      count(entry, stored, span, 1);
      const places = entry.spans.get(spanId);
      if (places === undefined) entry.spans.set(spanId, [{ stored, span }]);
      else places.push({ stored, span });
    });
    return fresh;
  }

  /**
   * The oldest profile.
   *
   * @returns the traces that have no samples any more
   */
  remove(stored: StoredProfile): string[] {
    const gone: string[] = [];
    forEachSampledSpan(stored, (traceId, spanId, span) => {
      const entry = this.#traces.get(traceId);
      const places = entry?.spans.get(spanId);
      if (entry === undefined || places === undefined) return;
      count(entry, stored, span, -1);
      // Profiles go in the order in which they came, so it is the first.
      places.shift();
      if (places.length > 0) return;
      entry.spans.delete(spanId);
      if (entry.spans.size > 0) return;
      this.#traces.delete(traceId);
      gone.push(traceId);
    });
    return gone;
  }
}

/** Memory that a profile's rows take, at most. */
export function sampleIndexBytes(stored: StoredProfile): number {
  const traces = new Set<string>();
  let rows = 0;
  forEachSampledSpan(stored, (traceId) => {
    traces.add(traceId);
    rows++;
  });
  return rows * SPAN_BYTES + traces.size * TRACE_BYTES;
}

function count(entry: SampleTotals, { spanOffsets, samplesBySpan, wallNanos, cpuNanos }: StoredProfile, span: number, sign: 1 | -1): void {
  for (let at = spanOffsets[span]!; at < spanOffsets[span + 1]!; at++) {
    const sample = samplesBySpan[at]!;
    entry.samples += sign;
    entry.wallNanos += sign * wallNanos[sample]!;
    entry.cpuNanos += sign * cpuNanos[sample]!;
  }
}

function forEachSampledSpan({ profile, linkedSpanId, spanOffsets }: StoredProfile, visit: (traceId: string, spanId: string, span: number) => void): void {
  const { spans } = profile;
  for (let span = 1; span < spans.length; span++) {
    const spanId = linkedSpanId[span]!;
    if (spanId !== '' && spanOffsets[span]! < spanOffsets[span + 1]!) visit(spans.traceId[span]!, spanId, span);
  }
}
