import type { InstrumentationScope, Resource } from '../attributes.ts';
import type {
  FunctionIndex, LabelSetIndex, LocationIndex, Profile, ProfileType, SpanIndex, StackIndex, StringIndex, Thread,
} from '../profile.ts';
import { HeapSums } from '../heap-sums.ts';
import type { HeapValues } from '../heap-sums.ts';
import { LinkedSpanTable } from '../linked-span-table.ts';
import { createProfileBuilder } from '../profile-builder.ts';
import {
  ALLOC_OBJECTS, ALLOC_SPACE, ATTR_ENDPOINT, ATTR_FRAME_TYPE, CPU, INUSE_OBJECTS, INUSE_SPACE, WALL, WIRE_TYPES,
} from './conventions.ts';
import type { WireType } from './conventions.ts';
import { ProfileDecodeError } from './decode-error.ts';
import type { ElementBudget } from './decode-limits.ts';
import type { DictionaryReader } from './dictionary-reader.ts';
import type { OtlpLocation, OtlpProfile, OtlpSample } from './messages.ts';

const MAX_INT32 = 2n ** 31n - 1n;
/** What an empty window takes, in elements of the budget. */
export const WINDOW_COST = 512;

/** Where the values of a heap sample type go. */
const HEAP_COLUMNS: ReadonlyMap<WireType, keyof HeapValues> = new Map([
  [INUSE_OBJECTS, 'objects'], [INUSE_SPACE, 'bytes'], [ALLOC_OBJECTS, 'allocatedObjects'], [ALLOC_SPACE, 'allocatedBytes'],
]);

/** What a sample is attributed to. */
interface SampleContext {
  readonly span: SpanIndex;
  readonly labelSet: LabelSetIndex;
}

/** A timed sample on the way to its second value. */
interface TimedRow extends SampleContext {
  readonly stack: StackIndex;
  readonly time: bigint;
  wall: bigint;
  cpu: bigint;
}

/** Timed samples of one stack, span, label set and time. The n-th wall value belongs to the n-th CPU value. */
interface Pairing {
  readonly rows: TimedRow[];
  wallSeen: number;
  cpuSeen: number;
}

/** Puts the OTLP Profiles of one window and thread, one for each sample type, together again. */
export class WindowCollector {
  readonly #dictionary: DictionaryReader;
  readonly #budget: ElementBudget;
  readonly #builder = createProfileBuilder();
  readonly #spans: LinkedSpanTable;
  readonly #types = new Set<WireType>();
  readonly #stacks = new Map<number, StackIndex>([[0, 0]]);
  readonly #locations = new Map<number, readonly LocationIndex[]>();
  readonly #functions = new Map<number, FunctionIndex>([[0, 0]]);
  /** By Link and attributes, so that samples of the same are read once. */
  readonly #contexts = new Map<string, SampleContext>();

  readonly #rows: TimedRow[] = [];
  readonly #pairings = new Map<string, Pairing>();
  readonly #heap = new HeapSums();
  #samplingIntervalNanos = 0n;
  #heapIntervalBytes = 0n;

  constructor(dictionary: DictionaryReader, budget: ElementBudget) {
    budget.charge(WINDOW_COST);
    this.#dictionary = dictionary;
    this.#budget = budget;
    this.#spans = new LinkedSpanTable(this.#builder, budget);
  }

  has(type: WireType): boolean {
    return this.#types.has(type);
  }

  add(type: WireType, profile: OtlpProfile): void {
    this.#types.add(type);
    const heapColumn = HEAP_COLUMNS.get(type);
    if (heapColumn !== undefined) this.#heapIntervalBytes = profile.period;
    else this.#samplingIntervalNanos = profile.period;
    for (const sample of profile.samples) {
      this.#checkShape(sample);
      if (heapColumn !== undefined) this.#addHeapSample(heapColumn, sample);
      else this.#addTimedSample(type, sample, profile.timeUnixNano);
    }
  }

  addEndpointCalls(endpoint: string, calls: number): void {
    this.#builder.addEndpointCalls(endpoint, calls);
  }

  build(profile: OtlpProfile, resource: Resource, scope: InstrumentationScope, thread: Thread): Profile {
    const builder = this.#builder;
    for (const { stack, span, time, wall, cpu, labelSet } of this.#rows) {
      builder.addSample(stack, span, time, wall, cpu, labelSet);
    }
    this.#heap.moveTo(builder);
    const types = new Set(WIRE_TYPES.filter((type) => this.#types.has(type)).map((type) => type.profileType));
    const built = builder.build({
      startTimeUnixNano: profile.timeUnixNano,
      durationNanos: profile.durationNano,
      resource,
      scope,
      thread,
      linkScope: 'span',
      types: [...types] satisfies ProfileType[],
      samplingIntervalNanos: this.#samplingIntervalNanos,
      heapIntervalBytes: this.#heapIntervalBytes,
    });
    return { ...built, spans: this.#spans.build() };
  }

  #checkShape({ values, timestampsUnixNano }: OtlpSample): void {
    this.#budget.charge(4 + values.length + timestampsUnixNano.length);
    if (values.length === 0 || timestampsUnixNano.length === 0) return;
    if (values.length === timestampsUnixNano.length) return;
    throw new ProfileDecodeError(
      'ERR_INVALID_SAMPLE',
      `a Sample has ${values.length} values and ${timestampsUnixNano.length} timestamps: they must be parallel`,
    );
  }

  #addHeapSample(column: keyof HeapValues, sample: OtlpSample): void {
    let sum = 0n;
    for (const value of sample.values) sum += value;
    // Without values each timestamp counts as 1.
    if (sample.values.length === 0) sum = BigInt(sample.timestampsUnixNano.length);
    this.#heap.add(this.#stack(sample.stackIndex), column, sum);
  }

  #addTimedSample(type: WireType, sample: OtlpSample, windowStart: bigint): void {
    const { values, timestampsUnixNano } = sample;
    const stack = this.#stack(sample.stackIndex);
    const { span, labelSet } = this.#context(sample);
    const count = Math.max(values.length, timestampsUnixNano.length);
    for (let i = 0; i < count; i++) {
      const value = values.length === 0 ? 1n : (values[i] as bigint);
      const time = timestampsUnixNano.length === 0 ? windowStart : (timestampsUnixNano[i] as bigint);
      const key = `${stack}/${span}/${labelSet}/${time}`;
      let pairing = this.#pairings.get(key);
      if (pairing === undefined) this.#pairings.set(key, (pairing = { rows: [], wallSeen: 0, cpuSeen: 0 }));
      const position = type === WALL ? pairing.wallSeen++ : pairing.cpuSeen++;
      let row = pairing.rows[position];
      if (row === undefined) {
        row = { stack, span, labelSet, time, wall: 0n, cpu: 0n };
        pairing.rows.push(row);
        this.#rows.push(row);
      }
      if (type === CPU) row.cpu = value;
      else row.wall = value;
    }
  }

  #context({ linkIndex, attributeIndices }: OtlpSample): SampleContext {
    const key = `${linkIndex}/${attributeIndices.join()}`;
    let context = this.#contexts.get(key);
    if (context === undefined) this.#contexts.set(key, (context = this.#createContext(linkIndex, attributeIndices)));
    return context;
  }

  #createContext(linkIndex: number, attributeIndices: readonly number[]): SampleContext {
    const link = this.#dictionary.link(linkIndex);
    const labels = this.#dictionary.stringAttributes(attributeIndices, this.#budget);
    const endpoint = labels.get(ATTR_ENDPOINT) ?? '';
    labels.delete(ATTR_ENDPOINT);
    return {
      span: this.#spans.row(link?.traceId ?? '', link?.spanId ?? '', endpoint),
      labelSet: labels.size === 0 ? 0 : this.#builder.labelSet(labels),
    };
  }

  #stack(index: number): StackIndex {
    const known = this.#stacks.get(index);
    if (known !== undefined) return known;
    const leafFirst = this.#dictionary.stack(index)?.locationIndices ?? [];
    let stack = 0;
    for (let i = leafFirst.length - 1; i >= 0; i--) {
      const callerFirst = this.#location(leafFirst[i] as number);
      this.#budget.charge(callerFirst.length);
      for (const location of callerFirst) stack = this.#builder.stack(stack, location);
    }
    this.#stacks.set(index, stack);
    return stack;
  }

  /** A location with inlined frames becomes several, the outermost caller first. */
  #location(index: number): readonly LocationIndex[] {
    const known = this.#locations.get(index);
    if (known !== undefined) return known;
    const location = this.#dictionary.location(index);
    const locations = location === undefined ? [0] : this.#frames(location);
    this.#budget.charge(locations.length);
    this.#locations.set(index, locations);
    return locations;
  }

  #frames({ lines, attributeIndices }: OtlpLocation): readonly LocationIndex[] {
    const builder = this.#builder;
    const frameType = this.#string(this.#dictionary.stringAttribute(attributeIndices, ATTR_FRAME_TYPE));
    if (lines.length === 0) return [builder.location(0, 0, 0, frameType)];
    return lines
      .map(({ functionIndex, line, column }) => {
        const fn = this.#function(functionIndex);
        return builder.location(fn, positiveInt32(line), positiveInt32(column), frameType);
      })
      .reverse();
  }

  #function(index: number): FunctionIndex {
    let known = this.#functions.get(index);
    if (known === undefined) this.#functions.set(index, (known = this.#createFunction(index)));
    return known;
  }

  #createFunction(index: number): FunctionIndex {
    const fn = this.#dictionary.function(index);
    if (fn === undefined) return 0;
    const name = this.#dictionary.string(fn.nameStrindex) || this.#dictionary.string(fn.systemNameStrindex);
    const filename = this.#dictionary.string(fn.filenameStrindex);
    return this.#builder.function(this.#string(name), this.#string(filename), positiveInt32(fn.startLine));
  }

  /** Strings of the dictionary may be equal, which is found out by comparing them. */
  #string(value: string): StringIndex {
    this.#budget.charge(0, value);
    return this.#builder.string(value);
  }
}

/** 0, unknown, for what a column cannot hold. */
export function positiveInt32(value: bigint): number {
  return value > 0n && value <= MAX_INT32 ? Number(value) : 0;
}
