import { hasValues } from '../has-values.ts';
import { ALLOC_OBJECTS, ALLOC_SPACE, CPU, INUSE_OBJECTS, INUSE_SPACE, WALL } from '../otlp/conventions.ts';
import { EMPTY_LIST } from '../otlp/message-schema.ts';
import { encodeMessage } from '../otlp/wire-writer.ts';
import type { LabelSetIndex, Profile, SpanIndex, StackIndex } from '../profile.ts';
import { runAtOnce } from '../sliced-work.ts';
import type { SlicedWork } from '../sliced-work.ts';
import { pprofFileLabels, TIMESTAMP_LABEL } from './file-labels.ts';
import type { Encodable, PprofProfile, PprofSample, PprofSampleLabel, PprofValueType } from './messages.ts';
import { PprofDictionary } from './pprof-dictionary.ts';
import { pprofSchema } from './pprof-schema.ts';
import { sampleContext } from './sample-labels.ts';
import type { PprofLabels, PprofPart } from './sample-labels.ts';

export interface EncodePprofOptions {
  /** `'timed'`: the samples of wall and CPU time. `'heap'`: the objects alive, and all that were allocated. */
  readonly part: PprofPart;
  /** The labels of a sample. @defaultValue those of pprof files: {@link pprofFileLabels} */
  readonly labels?: PprofLabels;
  /**
   * Key of the numeric label that holds a timed sample's time, nanoseconds since the Unix epoch. undefined: no times, and
   * samples of equal stack and labels become one. @defaultValue `'timestamp_ns'`
   */
  readonly timestampLabel?: string | undefined;
  /** Whether `sample`/`count` comes before the timed types, as in what `@datadog/pprof` makes. @defaultValue false */
  readonly sampleCounts?: boolean;
  /** Text for people, which readers show as it is. @defaultValue none */
  readonly comments?: readonly string[];
}

/** A column of sample values, and the sample type it is written as. */
interface ValueColumn {
  readonly type: string;
  readonly unit: string;
  readonly values: BigInt64Array;
}

type Label = Encodable<PprofSampleLabel>;
type Sample = Encodable<PprofSample>;

/** Samples that are made from one place to interrupt the work to the next. */
const SAMPLES_OF_SLICE = 32;

/**
 * One part of a Profile as a pprof `Profile` message (google/pprof, `profile.proto`), not compressed. pprof files are
 * usually compressed with gzip, which is left to the caller.
 *
 * The timed part has `wall`/`nanoseconds` and `cpu`/`nanoseconds`, as far as these are in `profile.types`; the heap part
 * `inuse_objects`/`count` and `inuse_space`/`bytes`; where something was allocated, `alloc_objects`/`count` and
 * `alloc_space`/`bytes` after the one of the same unit. `time_nanos` is the start of the window. Samples whose values
 * are all 0 are not written.
 *
 * @returns undefined if no sample would be in it.
 */
export function encodePprof(profile: Profile, options: EncodePprofOptions): Uint8Array | undefined {
  return runAtOnce(encodePprofInSlices(profile, options));
}

/** {@link encodePprof} as work that can be interrupted. */
export function* encodePprofInSlices(profile: Profile, options: EncodePprofOptions): SlicedWork<Uint8Array | undefined> {
  const columns = options.part === 'heap' ? heapColumns(profile) : timedColumns(profile);
  if (!columns.some(({ values }) => hasValues(values))) return undefined;
  return yield* encodeMessage(pprofSchema, new PprofWriter(profile, options, columns).message());
}

class PprofWriter {
  readonly #profile: Profile;
  readonly #options: EncodePprofOptions;
  readonly #dictionary: PprofDictionary;
  /** By span and label set. */
  readonly #labels = new Map<number, readonly Label[]>();
  readonly #timeKey: number;
  readonly #columns: readonly ValueColumn[];
  readonly #counted: boolean;

  constructor(profile: Profile, options: EncodePprofOptions, columns: readonly ValueColumn[]) {
    this.#profile = profile;
    this.#options = options;
    this.#columns = columns;
    this.#counted = options.part === 'timed' && options.sampleCounts === true;
    this.#dictionary = new PprofDictionary(profile);
    const { timestampLabel } = { timestampLabel: TIMESTAMP_LABEL, ...options };
    this.#timeKey = timestampLabel === undefined || options.part === 'heap' ? 0 : this.#dictionary.string(timestampLabel);
  }

  message(): Encodable<PprofProfile> {
    const { part, comments = [] } = this.#options;
    const { startTimeUnixNano, durationNanos, samplingIntervalNanos, heapIntervalBytes } = this.#profile;
    const dictionary = this.#dictionary;
    const types = [...(this.#counted ? [{ type: 'sample', unit: 'count' }] : []), ...this.#columns];
    const period = part === 'heap' ? INUSE_SPACE : WALL;
    return {
      sampleType: types.map(({ type, unit }) => this.#valueType(type, unit)),
      sample: { [Symbol.iterator]: () => (this.#timeKey === 0 ? this.#aggregates() : this.#timedSamples()) },
      // Filled by the samples, which come first on the wire.
      location: dictionary.locations,
      function: dictionary.functions,
      stringTable: dictionary.strings,
      timeNanos: startTimeUnixNano,
      durationNanos,
      periodType: this.#valueType(period.periodType, period.periodUnit),
      period: part === 'heap' ? heapIntervalBytes : samplingIntervalNanos,
      comment: comments.map((comment) => dictionary.string(comment)),
      defaultSampleType: dictionary.string((part === 'heap' ? INUSE_SPACE : this.#columns[0] as ValueColumn).type),
      mapping: EMPTY_LIST,
      dropFrames: 0,
      keepFrames: 0,
      docUrl: 0,
    };
  }

  #valueType(type: string, unit: string): Encodable<PprofValueType> {
    return { type: this.#dictionary.string(type), unit: this.#dictionary.string(unit) };
  }

  *#timedSamples(): Generator<Sample | undefined> {
    const { length, stack, span, labelSet, timeUnixNano } = this.#profile.samples;
    for (let i = 0; i < length; i++) {
      if (i % SAMPLES_OF_SLICE === 0) yield undefined;
      const value = this.#valuesOf(i);
      if (value === undefined) continue;
      const labels = this.#labelsOf(span[i] as number, labelSet[i] as number);
      const time = timeUnixNano[i] as bigint;
      yield {
        locationId: this.#dictionary.stack(stack[i] as number),
        value,
        label: time === 0n ? labels : [...labels, { key: this.#timeKey, str: 0, num: time, numUnit: 0 }],
      };
    }
  }

  /** Of samples without a time, those of equal stack and labels are one. */
  *#aggregates(): Generator<Sample | undefined> {
    const { samples, heapSamples, stacks } = this.#profile;
    const timed = this.#options.part === 'timed';
    /** The same labels of different spans have one id. */
    const ids = new Map<string, number>();
    const idOf = new Map<readonly Label[], number>();
    const aggregates = new Map<number, { readonly stack: StackIndex; readonly labels: readonly Label[]; readonly sums: bigint[] }>();
    const { length, stack } = timed ? samples : heapSamples;
    for (let i = 0; i < length; i++) {
      if (i % SAMPLES_OF_SLICE === 0) yield undefined;
      const values = this.#valuesOf(i);
      if (values === undefined) continue;
      const labels = timed ? this.#labelsOf(samples.span[i] as number, samples.labelSet[i] as number) : this.#labelsOf(0, 0);
      let id = idOf.get(labels);
      if (id === undefined) {
        const content = JSON.stringify(labels, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
        ids.set(content, (id = ids.get(content) ?? ids.size));
        idOf.set(labels, id);
      }
      const key = id * stacks.length + (stack[i] as number);
      const known = aggregates.get(key);
      if (known === undefined) aggregates.set(key, { stack: stack[i] as number, labels, sums: values });
      else for (const [at, value] of values.entries()) known.sums[at] = BigInt.asIntN(64, value + (known.sums[at] as bigint));
    }
    for (const { stack: index, labels, sums } of aggregates.values()) {
      yield { locationId: this.#dictionary.stack(index), value: sums, label: labels };
    }
  }

  /** undefined if all are 0. */
  #valuesOf(row: number): bigint[] | undefined {
    const values = this.#columns.map((column) => column.values[row] as bigint);
    if (values.every((value) => value === 0n)) return undefined;
    // Time of other threads has no wall time: it is no sample of this one.
    if (this.#counted) values.unshift(values[0] === 0n ? 0n : 1n);
    return values;
  }

  #labelsOf(span: SpanIndex, labelSet: LabelSetIndex): readonly Label[] {
    const key = span * this.#profile.labelSets.length + labelSet;
    let labels = this.#labels.get(key);
    if (labels === undefined) this.#labels.set(key, (labels = this.#createLabels(span, labelSet)));
    return labels;
  }

  #createLabels(span: SpanIndex, labelSet: LabelSetIndex): readonly Label[] {
    const { part, labels: labelsFor = pprofFileLabels } = this.#options;
    const written = new Map<number, Label>();
    for (const { key: rawKey, value, unit = '' } of labelsFor(sampleContext(this.#profile, part, span, labelSet))) {
      const key = this.#dictionary.string(rawKey);
      if (key === 0 || key === this.#timeKey || written.has(key)) continue;
      if (typeof value === 'bigint') {
        if (value !== 0n || unit !== '') written.set(key, { key, str: 0, num: value, numUnit: this.#dictionary.string(unit) });
      } else if (value !== '') written.set(key, { key, str: this.#dictionary.string(value), num: 0, numUnit: 0 });
    }
    return [...written.values()];
  }
}

function timedColumns({ types, samples }: Profile): ValueColumn[] {
  return [
    ...(types.includes('wall') ? [{ type: WALL.type, unit: WALL.unit, values: samples.wallNanos }] : []),
    ...(types.includes('cpu') ? [{ type: CPU.type, unit: CPU.unit, values: samples.cpuNanos }] : []),
  ];
}

function heapColumns({ types, heapSamples }: Profile): ValueColumn[] {
  if (!types.includes('heap')) return [];
  const { objects, bytes, allocatedObjects, allocatedBytes } = heapSamples;
  const allocations = [allocatedObjects, allocatedBytes].some(hasValues);
  return [
    { type: INUSE_OBJECTS.type, unit: INUSE_OBJECTS.unit, values: objects },
    ...(allocations ? [{ type: ALLOC_OBJECTS.type, unit: ALLOC_OBJECTS.unit, values: allocatedObjects }] : []),
    { type: INUSE_SPACE.type, unit: INUSE_SPACE.unit, values: bytes },
    ...(allocations ? [{ type: ALLOC_SPACE.type, unit: ALLOC_SPACE.unit, values: allocatedBytes }] : []),
  ];
}
