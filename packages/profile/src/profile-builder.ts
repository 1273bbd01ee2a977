import { GrowableColumn } from './growable-column.ts';
import type {
  FunctionIndex, LabelSet, LabelSetIndex, LocationIndex, Profile, SpanIndex, StackIndex, StringIndex,
} from './profile.ts';
import { RowInterner } from './row-interner.ts';

/** A span as the sampler saw it. Ids are lower-case hex, `''` where unknown. */
export interface SpanInput {
  readonly traceId: string;
  readonly spanId: string;
  readonly localRootSpanId: string;
  readonly sampled: boolean;
  readonly endpoint?: string;
}

/** What is known of a window only when it is closed. */
export type ProfileHeader = Pick<
  Profile,
  | 'startTimeUnixNano' | 'durationNanos' | 'resource' | 'scope' | 'thread' | 'linkScope' | 'types'
  | 'samplingIntervalNanos' | 'heapIntervalBytes'
>;

/**
 * Collects samples into columns. Strings, functions, locations, stacks and spans exist once each; the same arguments
 * give the same index. Indices given to a method must come from this builder: they are not checked.
 */
export interface ProfileBuilder {
  string(value: string): StringIndex;
  /** `startLine` is 1-based, 0 = unknown. */
  function(name: StringIndex, filename: StringIndex, startLine: number): FunctionIndex;
  /** `line` and `column` are 1-based, 0 = unknown; `frameType` is 0 for none. */
  location(fn: FunctionIndex, line: number, column: number, frameType: StringIndex): LocationIndex;
  /** The stack of `caller` with one more frame on top. `caller` is 0 for the outermost frame. */
  stack(caller: StackIndex, location: LocationIndex): StackIndex;
  /** One row for each span id (and, where there is none, for each endpoint). The first call's values stay. */
  span(span: SpanInput): SpanIndex;
  /** Names the endpoint of a span that is already in the table; endpoints are often known only at the end. */
  setSpanEndpoint(span: SpanIndex, endpoint: string): void;
  /** The same labels in any order are the same set. */
  labelSet(labels: Iterable<readonly [key: string, value: string]>): LabelSetIndex;
  addSample(
    stack: StackIndex, span: SpanIndex, timeUnixNano: bigint, wallNanos: bigint, cpuNanos: bigint, labelSet?: LabelSetIndex,
  ): void;
  /** What of a stack is alive, and what it has allocated in the window (0 = not sampled). */
  addHeapSample(stack: StackIndex, objects: bigint, bytes: bigint, allocatedObjects?: bigint, allocatedBytes?: bigint): void;
  addEndpointCalls(endpoint: string, calls: number): void;
  /** Number of timed samples so far. */
  readonly sampleCount: number;
  readonly heapSampleCount: number;
  /** Earliest and latest time of a sample; undefined without samples. */
  readonly timeRange: { readonly firstUnixNano: bigint; readonly lastUnixNano: bigint } | undefined;
  /** Memory held, roughly. Queues are bounded by it. */
  readonly byteLength: number;
  /** The finished profile. The window is widened where a sample lies outside of it. The builder may go on. */
  build(header: ProfileHeader): Profile;
}

/** A builder whose tables hold only their zero rows. */
export function createProfileBuilder(): ProfileBuilder {
  return new ColumnarProfileBuilder();
}

const int32 = (length: number): Int32Array => new Int32Array(length);
const bigInt64 = (length: number): BigInt64Array => new BigInt64Array(length);
const bigUint64 = (length: number): BigUint64Array => new BigUint64Array(length);

class ColumnarProfileBuilder implements ProfileBuilder {
  readonly #strings: string[] = [''];
  readonly #stringIndex = new Map<string, StringIndex>([['', 0]]);
  #stringBytes = 0;
  readonly #functions = new RowInterner(3);
  readonly #locations = new RowInterner(4);
  readonly #stacks = new RowInterner(2);

  readonly #spanIndex = new Map<string, SpanIndex>();
  readonly #traceId: string[] = [''];
  readonly #spanId: string[] = [''];
  readonly #localRootSpanId: string[] = [''];
  readonly #sampled: number[] = [0];
  readonly #endpoint: number[] = [0];

  readonly #labelSets: LabelSet[] = [new Map()];
  readonly #labelSetIndex = new Map<string, LabelSetIndex>([['[]', 0]]);

  readonly #sampleStack = new GrowableColumn(int32);
  readonly #sampleSpan = new GrowableColumn(int32);
  readonly #sampleLabelSet = new GrowableColumn(int32);
  readonly #sampleTime = new GrowableColumn(bigUint64);
  readonly #sampleWall = new GrowableColumn(bigInt64);
  readonly #sampleCpu = new GrowableColumn(bigInt64);
  #firstTime: bigint | undefined;
  #lastTime: bigint | undefined;

  readonly #heapStack = new GrowableColumn(int32);
  readonly #heapObjects = new GrowableColumn(bigInt64);
  readonly #heapBytes = new GrowableColumn(bigInt64);
  readonly #heapAllocatedObjects = new GrowableColumn(bigInt64);
  readonly #heapAllocatedBytes = new GrowableColumn(bigInt64);
  readonly #endpointCalls = new Map<string, number>();

  string(value: string): StringIndex {
    const known = this.#stringIndex.get(value);
    if (known !== undefined) return known;
    const index = this.#strings.length;
    this.#strings.push(value);
    this.#stringIndex.set(value, index);
    this.#stringBytes += value.length;
    return index;
  }

  function(name: StringIndex, filename: StringIndex, startLine: number): FunctionIndex {
    return this.#functions.intern(name, filename, startLine);
  }

  location(fn: FunctionIndex, line: number, column: number, frameType: StringIndex): LocationIndex {
    return this.#locations.intern(fn, line, column, frameType);
  }

  stack(caller: StackIndex, location: LocationIndex): StackIndex {
    return this.#stacks.intern(caller, location);
  }

  span(span: SpanInput): SpanIndex {
    const endpoint = span.endpoint ?? '';
    const key = span.spanId === '' ? `/${endpoint}` : `${span.traceId}${span.spanId}`;
    const known = this.#spanIndex.get(key);
    if (known !== undefined) return known;
    const index = this.#spanId.length;
    this.#spanIndex.set(key, index);
    this.#traceId.push(span.traceId);
    this.#spanId.push(span.spanId);
    this.#localRootSpanId.push(span.localRootSpanId);
    this.#sampled.push(span.sampled ? 1 : 0);
    this.#endpoint.push(this.string(endpoint));
    return index;
  }

  setSpanEndpoint(span: SpanIndex, endpoint: string): void {
    this.#endpoint[span] = this.string(endpoint);
  }

  labelSet(labels: Iterable<readonly [key: string, value: string]>): LabelSetIndex {
    const entries = [...new Map(labels)].sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(entries);
    const known = this.#labelSetIndex.get(key);
    if (known !== undefined) return known;
    const index = this.#labelSets.push(new Map(entries)) - 1;
    this.#labelSetIndex.set(key, index);
    this.#stringBytes += key.length;
    return index;
  }

  addSample(
    stack: StackIndex, span: SpanIndex, timeUnixNano: bigint, wallNanos: bigint, cpuNanos: bigint, labelSet: LabelSetIndex = 0,
  ): void {
    this.#sampleStack.push(stack);
    this.#sampleSpan.push(span);
    this.#sampleLabelSet.push(labelSet);
    this.#sampleTime.push(timeUnixNano);
    this.#sampleWall.push(wallNanos);
    this.#sampleCpu.push(cpuNanos);
    if (this.#firstTime === undefined || timeUnixNano < this.#firstTime) this.#firstTime = timeUnixNano;
    if (this.#lastTime === undefined || timeUnixNano > this.#lastTime) this.#lastTime = timeUnixNano;
  }

  addHeapSample(stack: StackIndex, objects: bigint, bytes: bigint, allocatedObjects = 0n, allocatedBytes = 0n): void {
    this.#heapStack.push(stack);
    this.#heapObjects.push(objects);
    this.#heapBytes.push(bytes);
    this.#heapAllocatedObjects.push(allocatedObjects);
    this.#heapAllocatedBytes.push(allocatedBytes);
  }

  addEndpointCalls(endpoint: string, calls: number): void {
    this.#endpointCalls.set(endpoint, (this.#endpointCalls.get(endpoint) ?? 0) + calls);
  }

  get sampleCount(): number {
    return this.#sampleStack.length;
  }

  get heapSampleCount(): number {
    return this.#heapStack.length;
  }

  get timeRange(): { firstUnixNano: bigint; lastUnixNano: bigint } | undefined {
    if (this.#firstTime === undefined || this.#lastTime === undefined) return undefined;
    return { firstUnixNano: this.#firstTime, lastUnixNano: this.#lastTime };
  }

  get byteLength(): number {
    return (
      this.#functions.byteLength + this.#locations.byteLength + this.#stacks.byteLength +
      this.#sampleStack.byteLength + this.#sampleSpan.byteLength + this.#sampleLabelSet.byteLength + this.#sampleTime.byteLength +
      this.#sampleWall.byteLength + this.#sampleCpu.byteLength +
      this.#heapStack.byteLength + this.#heapObjects.byteLength + this.#heapBytes.byteLength +
      this.#heapAllocatedObjects.byteLength + this.#heapAllocatedBytes.byteLength +
      // A short JavaScript string and its Map entry cost about 64 bytes beyond its characters, a span row about 300.
      this.#stringBytes + this.#strings.length * 64 + this.#spanId.length * 300
    );
  }

  build(header: ProfileHeader): Profile {
    let start = header.startTimeUnixNano;
    let end = start + header.durationNanos;
    if (this.#firstTime !== undefined && this.#firstTime < start) start = this.#firstTime;
    if (this.#lastTime !== undefined && this.#lastTime >= end) end = this.#lastTime + 1n;
    if (end <= start) end = start + 1n;

    const [name, filename, startLine] = this.#functions.columns() as [Int32Array, Int32Array, Int32Array];
    const [fn, line, column, frameType] = this.#locations.columns() as [Int32Array, Int32Array, Int32Array, Int32Array];
    const [parent, location] = this.#stacks.columns() as [Int32Array, Int32Array];
    return {
      startTimeUnixNano: start,
      durationNanos: end - start,
      resource: header.resource,
      scope: header.scope,
      thread: header.thread,
      linkScope: header.linkScope,
      types: header.types,
      samplingIntervalNanos: header.samplingIntervalNanos,
      heapIntervalBytes: header.heapIntervalBytes,
      strings: this.#strings.slice(),
      functions: { length: name.length, name, filename, startLine },
      locations: { length: fn.length, function: fn, line, column, frameType },
      stacks: { length: parent.length, parent, location },
      spans: {
        length: this.#spanId.length,
        traceId: this.#traceId.slice(),
        spanId: this.#spanId.slice(),
        localRootSpanId: this.#localRootSpanId.slice(),
        sampled: Uint8Array.from(this.#sampled),
        endpoint: Int32Array.from(this.#endpoint),
      },
      labelSets: this.#labelSets.slice(),
      samples: {
        length: this.#sampleStack.length,
        stack: this.#sampleStack.toArray(),
        span: this.#sampleSpan.toArray(),
        labelSet: this.#sampleLabelSet.toArray(),
        timeUnixNano: this.#sampleTime.toArray(),
        wallNanos: this.#sampleWall.toArray(),
        cpuNanos: this.#sampleCpu.toArray(),
      },
      heapSamples: {
        length: this.#heapStack.length,
        stack: this.#heapStack.toArray(),
        objects: this.#heapObjects.toArray(),
        bytes: this.#heapBytes.toArray(),
        allocatedObjects: this.#heapAllocatedObjects.toArray(),
        allocatedBytes: this.#heapAllocatedBytes.toArray(),
      },
      endpointCalls: new Map(this.#endpointCalls),
    };
  }
}
