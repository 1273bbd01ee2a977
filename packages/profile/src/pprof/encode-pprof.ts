import { ALLOC_OBJECTS, ALLOC_SPACE, CPU, INUSE_OBJECTS, INUSE_SPACE, WALL } from '../otlp/conventions.ts';
import { EMPTY_LIST } from '../otlp/message-schema.ts';
import type { LabelSetIndex, Profile, SpanIndex, StackIndex } from '../profile.ts';
import { pprofFileLabels, TIMESTAMP_LABEL } from './file-labels.ts';
import type { PprofProfile, PprofSample, PprofSampleLabel, PprofValueType } from './messages.ts';
import { PprofDictionary } from './pprof-dictionary.ts';
import { writePprof } from './pprof-wire.ts';
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

interface SampleLabels {
  /** Unique within the message. */
  readonly id: number;
  readonly labels: readonly PprofSampleLabel[];
}

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
  const message = new PprofWriter(profile, options).write();
  return message === undefined ? undefined : writePprof(message);
}

class PprofWriter {
  readonly #profile: Profile;
  readonly #options: EncodePprofOptions;
  readonly #dictionary: PprofDictionary;
  /** By span and label set. */
  readonly #labels = new Map<number, SampleLabels>();
  /** By content. */
  readonly #distinctLabels = new Map<string, SampleLabels>();
  readonly #timeKey: bigint;
  readonly #samples: PprofSample[] = [];
  /** By stack and labels, of samples without a time. */
  readonly #aggregates = new Map<string, bigint[]>();
  readonly #columns: readonly ValueColumn[];

  constructor(profile: Profile, options: EncodePprofOptions) {
    this.#profile = profile;
    this.#options = options;
    this.#dictionary = new PprofDictionary(profile);
    const { timestampLabel } = { timestampLabel: TIMESTAMP_LABEL, ...options };
    this.#timeKey = timestampLabel === undefined || options.part === 'heap' ? 0n : this.#dictionary.string(timestampLabel);
    this.#columns = options.part === 'heap' ? heapColumns(profile) : timedColumns(profile);
  }

  write(): PprofProfile | undefined {
    const { part, comments = [] } = this.#options;
    const { startTimeUnixNano, durationNanos, samplingIntervalNanos, heapIntervalBytes } = this.#profile;
    const dictionary = this.#dictionary;
    const counted = part === 'timed' && this.#options.sampleCounts === true;
    const types = [...(counted ? [{ type: 'sample', unit: 'count' }] : []), ...this.#columns];
    const period = part === 'heap' ? INUSE_SPACE : WALL;
    const sampleType = types.map(({ type, unit }) => this.#valueType(type, unit));
    const periodType = this.#valueType(period.periodType, period.periodUnit);
    if (part === 'heap') this.#addHeapSamples();
    else this.#addTimedSamples(counted);
    if (this.#samples.length === 0) return undefined;
    return {
      sampleType,
      sample: this.#samples,
      location: dictionary.locations,
      function: dictionary.functions,
      timeNanos: startTimeUnixNano,
      durationNanos,
      periodType,
      period: part === 'heap' ? heapIntervalBytes : samplingIntervalNanos,
      comment: comments.map((comment) => dictionary.string(comment)),
      defaultSampleType: dictionary.string((part === 'heap' ? INUSE_SPACE : this.#columns[0] as ValueColumn).type),
      stringTable: dictionary.strings,
      mapping: EMPTY_LIST,
      dropFrames: 0n,
      keepFrames: 0n,
      docUrl: 0n,
    };
  }

  #valueType(type: string, unit: string): PprofValueType {
    return { type: this.#dictionary.string(type), unit: this.#dictionary.string(unit) };
  }

  #addTimedSamples(counted: boolean): void {
    const timeKey = this.#timeKey;
    const { length, stack, span, labelSet, timeUnixNano } = this.#profile.samples;
    for (let i = 0; i < length; i++) {
      const values = this.#valuesOf(i);
      if (values === undefined) continue;
      // Time of other threads has no wall time: it is no sample of this one.
      if (counted) values.unshift(values[0] === 0n ? 0n : 1n);
      const time = timeUnixNano[i] as bigint;
      if (timeKey === 0n) this.#aggregate(stack[i] as number, span[i] as number, labelSet[i] as number, values);
      else {
        const { labels } = this.#labelsOf(span[i] as number, labelSet[i] as number);
        const label = time === 0n ? labels : [...labels, { key: timeKey, str: 0n, num: time, numUnit: 0n }];
        this.#addSample(stack[i] as number, values, label);
      }
    }
  }

  #addHeapSamples(): void {
    const { length, stack } = this.#profile.heapSamples;
    for (let i = 0; i < length; i++) {
      const values = this.#valuesOf(i);
      if (values !== undefined) this.#aggregate(stack[i] as number, 0, 0, values);
    }
  }

  #aggregate(stack: StackIndex, span: SpanIndex, labelSet: LabelSetIndex, values: bigint[]): void {
    const { id, labels } = this.#labelsOf(span, labelSet);
    const key = `${stack}/${id}`;
    const sums = this.#aggregates.get(key);
    if (sums === undefined) {
      this.#aggregates.set(key, values);
      this.#addSample(stack, values, labels);
    } else for (const [i, value] of values.entries()) sums[i] = BigInt.asIntN(64, value + (sums[i] as bigint));
  }

  #addSample(stack: StackIndex, value: readonly bigint[], label: readonly PprofSampleLabel[]): void {
    this.#samples.push({ locationId: this.#dictionary.stack(stack), value, label });
  }

  /** undefined if all are 0. */
  #valuesOf(row: number): bigint[] | undefined {
    const values = this.#columns.map((column) => column.values[row] as bigint);
    return values.every((value) => value === 0n) ? undefined : values;
  }

  #labelsOf(span: SpanIndex, labelSet: LabelSetIndex): SampleLabels {
    const key = span * this.#profile.labelSets.length + labelSet;
    let known = this.#labels.get(key);
    if (known === undefined) this.#labels.set(key, (known = this.#distinct(this.#createLabels(span, labelSet))));
    return known;
  }

  #distinct(labels: readonly PprofSampleLabel[]): SampleLabels {
    const key = labels.map(({ key: name, str, num, numUnit }) => `${name}/${str}/${num}/${numUnit}`).join();
    let known = this.#distinctLabels.get(key);
    if (known === undefined) this.#distinctLabels.set(key, (known = { id: this.#distinctLabels.size, labels }));
    return known;
  }

  #createLabels(span: SpanIndex, labelSet: LabelSetIndex): readonly PprofSampleLabel[] {
    const { part, labels: labelsFor = pprofFileLabels } = this.#options;
    const written = new Map<bigint, PprofSampleLabel>();
    for (const { key: rawKey, value, unit = '' } of labelsFor(sampleContext(this.#profile, part, span, labelSet))) {
      const key = this.#dictionary.string(rawKey);
      if (key === 0n || key === this.#timeKey || written.has(key)) continue;
      if (typeof value === 'bigint') {
        if (value !== 0n || unit !== '') written.set(key, { key, str: 0n, num: value, numUnit: this.#dictionary.string(unit) });
      } else if (value !== '') written.set(key, { key, str: this.#dictionary.string(value), num: 0n, numUnit: 0n });
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
  const allocations = [allocatedObjects, allocatedBytes].some((values) => values.some((value) => value !== 0n));
  return [
    { type: INUSE_OBJECTS.type, unit: INUSE_OBJECTS.unit, values: objects },
    ...(allocations ? [{ type: ALLOC_OBJECTS.type, unit: ALLOC_OBJECTS.unit, values: allocatedObjects }] : []),
    { type: INUSE_SPACE.type, unit: INUSE_SPACE.unit, values: bytes },
    ...(allocations ? [{ type: ALLOC_SPACE.type, unit: ALLOC_SPACE.unit, values: allocatedBytes }] : []),
  ];
}
