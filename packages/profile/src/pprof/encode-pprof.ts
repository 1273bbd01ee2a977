/// <reference lib="es2024.string" />
import { Label, Profile as PprofProfile, Sample, ValueType } from 'pprof-format';
import { CPU, INUSE_OBJECTS, INUSE_SPACE, WALL } from '../otlp/conventions.ts';
import type { LabelSetIndex, Profile, SpanIndex, StackIndex } from '../profile.ts';
import { pprofFileLabels, TIMESTAMP_LABEL } from './file-labels.ts';
import { PprofDictionary } from './pprof-dictionary.ts';
import { sampleContext } from './sample-labels.ts';
import type { PprofLabels, PprofPart } from './sample-labels.ts';

export interface EncodePprofOptions {
  /** `'timed'`: the samples of wall and CPU time. `'heap'`: the objects alive. */
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

/**
 * One part of a Profile as a pprof `Profile` message (google/pprof, `profile.proto`), not compressed. pprof files are
 * usually compressed with gzip, which is left to the caller.
 *
 * The timed part has `wall`/`nanoseconds` and `cpu`/`nanoseconds`, as far as these are in `profile.types`; the heap part
 * `inuse_objects`/`count` and `inuse_space`/`bytes`. `time_nanos` is the start of the window. Samples whose values are
 * all 0 are not written.
 *
 * @returns undefined if no sample would be in it.
 */
export function encodePprof(profile: Profile, options: EncodePprofOptions): Uint8Array | undefined {
  return new PprofWriter(profile, options).write();
}

class PprofWriter {
  readonly #profile: Profile;
  readonly #options: EncodePprofOptions;
  readonly #dictionary: PprofDictionary;
  readonly #labels = new Map<number, readonly Label[]>();
  readonly #samples: Sample[] = [];
  /** By stack and labels, of samples without a time. */
  readonly #aggregates = new Map<string, Sample>();
  readonly #columns: readonly ValueColumn[];

  constructor(profile: Profile, options: EncodePprofOptions) {
    this.#profile = profile;
    this.#options = options;
    this.#dictionary = new PprofDictionary(profile);
    this.#columns = options.part === 'heap' ? heapColumns(profile) : timedColumns(profile);
  }

  write(): Uint8Array | undefined {
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
    return new PprofProfile({
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
    }).encode();
  }

  #valueType(type: string, unit: string): ValueType {
    return new ValueType({ type: this.#dictionary.string(type), unit: this.#dictionary.string(unit) });
  }

  #addTimedSamples(counted: boolean): void {
    const { timestampLabel } = { timestampLabel: TIMESTAMP_LABEL, ...this.#options };
    const timeKey = timestampLabel === undefined ? 0 : this.#dictionary.string(timestampLabel);
    const { length, stack, span, labelSet, timeUnixNano } = this.#profile.samples;
    for (let i = 0; i < length; i++) {
      const values = this.#valuesOf(i);
      if (values === undefined) continue;
      // Time of other threads has no wall time: it is no sample of this one.
      if (counted) values.unshift(values[0] === 0 ? 0 : 1);
      const time = timeUnixNano[i] as bigint;
      if (timeKey === 0) this.#aggregate(stack[i] as number, span[i] as number, labelSet[i] as number, values);
      else {
        const labels = this.#labelsOf(span[i] as number, labelSet[i] as number);
        const label = time === 0n ? labels : [...labels, new Label({ key: timeKey, num: time })];
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

  #aggregate(stack: StackIndex, span: SpanIndex, labelSet: LabelSetIndex, values: (number | bigint)[]): void {
    const key = `${stack}/${span}/${labelSet}`;
    const known = this.#aggregates.get(key);
    if (known === undefined) this.#aggregates.set(key, this.#addSample(stack, values, this.#labelsOf(span, labelSet)));
    else known.value = known.value.map((value, i) => exactNumber(BigInt.asIntN(64, BigInt(value) + BigInt(values[i] ?? 0))));
  }

  #addSample(stack: StackIndex, value: (number | bigint)[], label: readonly Label[]): Sample {
    const sample = new Sample({ locationId: this.#dictionary.stack(stack) as number[], value, label: label as Label[] });
    this.#samples.push(sample);
    return sample;
  }

  /** undefined if all are 0. */
  #valuesOf(row: number): (number | bigint)[] | undefined {
    let any = false;
    const values = this.#columns.map(({ values: column }) => {
      const value = column[row] as bigint;
      any ||= value !== 0n;
      return exactNumber(value);
    });
    return any ? values : undefined;
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
      if (key === 0 || written.has(key)) continue;
      if (typeof value === 'bigint') {
        if (value !== 0n || unit !== '') written.set(key, new Label({ key, num: value, numUnit: this.#dictionary.string(unit) }));
      } else if (value !== '') written.set(key, new Label({ key, str: this.#dictionary.string(value) }));
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
  return [
    { type: INUSE_OBJECTS.type, unit: INUSE_OBJECTS.unit, values: heapSamples.objects },
    { type: INUSE_SPACE.type, unit: INUSE_SPACE.unit, values: heapSamples.bytes },
  ];
}

/** pprof-format takes both; numbers cost a fraction. */
function exactNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
