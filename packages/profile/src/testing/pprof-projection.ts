/// <reference lib="es2024.string" />
import type { LabelSetIndex, Profile, ProfileType, SpanIndex, StackIndex } from '../profile.ts';
import { createProfileBuilder } from '../profile-builder.ts';
import type { ProfileBuilder } from '../profile-builder.ts';
import type { PprofPart } from '../pprof/sample-labels.ts';
import { isId } from './otlp-projection.ts';

/**
 * What a pprof file carries of one part of a Profile: `decodePprof(encodePprof(p, { part })).profile` is exactly this.
 * undefined if nothing of it is written.
 *
 * - Types are those of the part, whether or not there are values of them; so is the period.
 * - A timed sample keeps stack, time, labels and the values of these types, if one of them is not 0.
 * - Heap samples of one stack come back as one, without labels.
 * - A sampled span with valid ids keeps trace id and span id, in lower case; with link scope `local-root` that is the
 *   local root's. Other spans keep only the endpoint. Link scope and local roots are not written: they come back as
 *   `span` and `''`.
 * - Of the user's labels, those with a key that is neither empty nor one of `trace_id`, `span_id`, `endpoint`,
 *   `thread.name`, `timestamp_ns`, nor begins with `pprof::`, and with a value that is not empty.
 * - Of the thread the name. Resource, scope, calls per endpoint and kinds of frames are not written.
 * - Lines and columns that are negative come back as 0, "unknown"; lone surrogates in strings as U+FFFD.
 */
export function pprofProjection(profile: Profile, part: PprofPart): Profile | undefined {
  return new Projection(profile, part).project();
}

const TYPES: Readonly<Record<PprofPart, readonly ProfileType[]>> = { timed: ['wall', 'cpu'], heap: ['heap'] };
const RESERVED = ['', 'trace_id', 'span_id', 'endpoint', 'thread.name', 'timestamp_ns'];

class Projection {
  readonly #from: Profile;
  readonly #part: PprofPart;
  readonly #types: readonly ProfileType[];
  readonly #builder: ProfileBuilder = createProfileBuilder();
  /** By content, since rows of one span may differ in their endpoint. */
  readonly #spans = new Map<string, { traceId: string; spanId: string; endpoint: string }>([
    ['', { traceId: '', spanId: '', endpoint: '' }],
  ]);

  constructor(profile: Profile, part: PprofPart) {
    this.#from = profile;
    this.#part = part;
    this.#types = TYPES[part].filter((type) => profile.types.includes(type));
  }

  project(): Profile | undefined {
    const { startTimeUnixNano, durationNanos, thread, samplingIntervalNanos, heapIntervalBytes } = this.#from;
    const timed = this.#part === 'timed';
    const samples = timed ? this.#addTimedSamples() : this.#addHeapSamples();
    if (samples === 0) return undefined;
    const built = this.#builder.build({
      startTimeUnixNano,
      durationNanos,
      resource: { attributes: {} },
      scope: { name: '' },
      thread: { id: 0, name: thread.name.toWellFormed() },
      linkScope: 'span',
      types: this.#types,
      samplingIntervalNanos: timed ? samplingIntervalNanos : 0n,
      heapIntervalBytes: timed ? 0n : heapIntervalBytes,
    });
    const rows = [...this.#spans.values()];
    return {
      ...built,
      strings: [...built.strings, ...rows.map(({ endpoint }) => endpoint)],
      spans: {
        length: rows.length,
        traceId: rows.map(({ traceId }) => traceId),
        spanId: rows.map(({ spanId }) => spanId),
        localRootSpanId: rows.map(() => ''),
        sampled: Uint8Array.from(rows, ({ spanId }) => (spanId === '' ? 0 : 1)),
        endpoint: Int32Array.from(rows, (_row, index) => built.strings.length + index),
      },
    };
  }

  #addTimedSamples(): number {
    const { stack, span, labelSet, timeUnixNano, wallNanos, cpuNanos, length } = this.#from.samples;
    for (let i = 0; i < length; i++) {
      const wall = this.#types.includes('wall') ? (wallNanos[i] as bigint) : 0n;
      const cpu = this.#types.includes('cpu') ? (cpuNanos[i] as bigint) : 0n;
      if (wall === 0n && cpu === 0n) continue;
      const time = timeUnixNano[i] as bigint;
      this.#builder.addSample(this.#stack(stack[i] as number), this.#span(span[i] as number), time, wall, cpu, this.#labelSet(labelSet[i] as number));
    }
    return this.#builder.sampleCount;
  }

  #addHeapSamples(): number {
    if (this.#types.length === 0) return 0;
    const { stack, objects, bytes, allocatedObjects, allocatedBytes, length } = this.#from.heapSamples;
    const columns = [objects, bytes, allocatedObjects, allocatedBytes] as const;
    const sums = new Map<StackIndex, [bigint, bigint, bigint, bigint]>();
    for (let i = 0; i < length; i++) {
      if (columns.every((column) => column[i] === 0n)) continue;
      const projected = this.#stack(stack[i] as number);
      const sum = sums.get(projected) ?? [0n, 0n, 0n, 0n];
      sums.set(projected, sum);
      for (const [position, column] of columns.entries()) (sum as bigint[])[position]! += column[i] as bigint;
    }
    for (const [projected, sum] of sums) this.#builder.addHeapSample(projected, ...sum);
    return sums.size;
  }

  #labelSet(labelSet: LabelSetIndex): LabelSetIndex {
    const labels = new Map<string, string>();
    for (const [rawKey, value] of this.#from.labelSets[labelSet] ?? []) {
      const key = rawKey.toWellFormed();
      if (value === '' || RESERVED.includes(key) || key.startsWith('pprof::') || labels.has(key)) continue;
      labels.set(key, value.toWellFormed());
    }
    return this.#builder.labelSet(labels);
  }

  #stack(stack: StackIndex): StackIndex {
    if (stack === 0) return 0;
    const { stacks, locations, functions } = this.#from;
    const location = stacks.location[stack] as number;
    const fn = locations.function[location] as number;
    const builder = this.#builder;
    return builder.stack(
      this.#stack(stacks.parent[stack] as number),
      builder.location(
        builder.function(
          this.#string(functions.name[fn] as number),
          this.#string(functions.filename[fn] as number),
          Math.max(0, functions.startLine[fn] as number),
        ),
        Math.max(0, locations.line[location] as number),
        Math.max(0, locations.column[location] as number),
        0,
      ),
    );
  }

  #span(span: SpanIndex): SpanIndex {
    const { spans, linkScope } = this.#from;
    const endpoint = (this.#from.strings[spans.endpoint[span] as number] as string).toWellFormed();
    const traceId = (spans.traceId[span] as string).toLowerCase();
    const spanId = ((linkScope === 'span' ? spans.spanId : spans.localRootSpanId)[span] as string).toLowerCase();
    const linked = spans.sampled[span] === 1 && isId(traceId, 32) && isId(spanId, 16);
    const row = linked ? { traceId, spanId, endpoint } : { traceId: '', spanId: '', endpoint };
    const key = row.traceId + row.spanId + endpoint;
    if (!this.#spans.has(key)) this.#spans.set(key, row);
    return [...this.#spans.keys()].indexOf(key);
  }

  #string(index: number): number {
    return this.#builder.string((this.#from.strings[index] as string).toWellFormed());
  }
}
