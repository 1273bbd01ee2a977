import type {
  ContextHolder, NativeTimeProfiler, ProfilerBinding, RawHeapNode, RawSample, RawTimeNode, RawTimeProfile, Scheduler,
} from '@flamespan/profiler';

/** Behaves as the native profiler: one active at a time, and errors where it is used wrongly. */
export class FakeTimeProfiler implements NativeTimeProfiler {
  readonly intervalMicros: number;
  readonly key: object | undefined;
  readonly calls: string[] = [];
  readonly state = new Uint32Array(1);
  context: object | undefined;
  readonly #binding: FakeBinding;

  constructor(binding: FakeBinding, options: { intervalMicros: number; key: object | undefined }) {
    this.#binding = binding;
    this.intervalMicros = options.intervalMicros;
    this.key = options.key;
  }

  start(): void {
    this.calls.push('start');
    const failure = this.#binding.startErrors.shift();
    if (failure !== undefined) throw failure;
    if (this.#binding.active === this) throw new Error('Start called on already started profiler, stop it first.');
    if (this.#binding.active !== undefined) throw new Error('Cannot start profiler: another profiler is already active.');
    this.#binding.active = this;
  }

  stop(restart: boolean): RawTimeProfile {
    this.calls.push(`stop(${restart})`);
    if (this.#binding.active !== this) throw new Error('Stop called on not started profiler.');
    this.#binding.events.push('time');
    const failure = this.#binding.stopErrors.shift();
    if (failure !== undefined) throw failure;
    if (!restart) this.#binding.active = undefined;
    return this.#binding.profiles.shift() ?? rawProfile({});
  }

  createContextHolder(record: object): ContextHolder {
    const failure = this.#binding.holderErrors.shift();
    if (failure !== undefined) throw failure;
    return { 0: record };
  }

  v8ProfilerStuckEventLoopDetected(): 0 | 1 | 2 {
    return this.#binding.stuck.shift() ?? 0;
  }
}

export class FakeBinding implements ProfilerBinding {
  timesUnsupported: string | undefined;
  labelsUnsupported: string | undefined;
  other: string | undefined;
  /** What the next calls give, in order. */
  readonly profiles: RawTimeProfile[] = [];
  readonly stuck: (0 | 1 | 2)[] = [];
  readonly startErrors: Error[] = [];
  readonly stopErrors: Error[] = [];
  readonly holderErrors: Error[] = [];
  readonly heapErrors: Error[] = [];

  readonly created: FakeTimeProfiler[] = [];
  active: FakeTimeProfiler | undefined;
  /** `time` and `heap`, as they were read. */
  readonly events: string[] = [];
  heapSampling = false;
  heapUsedByOthers = false;
  heapStarts: [intervalBytes: number, stackDepth: number, allocations: boolean][] = [];
  allocationsUnsupported: Error | undefined;
  heapRoot: RawHeapNode = heapNode('(root)');

  timedSamplingUnsupported(): string | undefined {
    return this.timesUnsupported;
  }

  contextLabelsUnsupported(): string | undefined {
    return this.labelsUnsupported;
  }

  otherProfiler(): string | undefined {
    return this.other;
  }

  createTimeProfiler(options: { intervalMicros: number; key: object | undefined }): FakeTimeProfiler {
    const profiler = new FakeTimeProfiler(this, options);
    this.created.push(profiler);
    return profiler;
  }

  readonly heap = {
    start: (intervalBytes: number, stackDepth: number, allocations: boolean): void => {
      if (allocations && this.allocationsUnsupported !== undefined) throw this.allocationsUnsupported;
      this.heapSampling = true;
      this.heapStarts.push([intervalBytes, stackDepth, allocations]);
    },
    stop: (): void => {
      this.heapSampling = false;
      this.events.push('heap stop');
    },
    usedByOthers: (): boolean => this.heapUsedByOthers,
    allocationProfile: (): RawHeapNode => {
      if (!this.heapSampling) throw new Error('Heap profiler is not enabled.');
      const failure = this.heapErrors.shift();
      if (failure !== undefined) throw failure;
      this.events.push('heap');
      return this.heapRoot;
    },
  };
}

/** A clock that is moved by hand; `tick` runs what is due. */
export class FakeScheduler implements Scheduler {
  millis = 1_000;
  unixNano = 1_700_000_000_000_000_000n;
  readonly timers: { at: number; delay: number; callback: () => void }[] = [];

  schedule(callback: () => void, delayMillis: number): () => void {
    const timer = { at: this.millis + delayMillis, delay: delayMillis, callback };
    this.timers.push(timer);
    return () => {
      const index = this.timers.indexOf(timer);
      if (index >= 0) this.timers.splice(index, 1);
    };
  }

  nowUnixNano(): bigint {
    return this.unixNano;
  }

  nowMillis(): number {
    return this.millis;
  }

  advance(millis: number): void {
    this.millis += millis;
    this.unixNano += BigInt(Math.round(millis * 1e6));
  }

  /** Moves the clock to the next timer and runs it. Returns its delay. */
  runNext(): number {
    const timer = this.timers.toSorted((a, b) => a.at - b.at)[0];
    if (timer === undefined) throw new Error('No timer is waiting');
    this.timers.splice(this.timers.indexOf(timer), 1);
    this.advance(Math.max(0, timer.at - this.millis));
    timer.callback();
    return timer.delay;
  }

  /** Runs what waits for nothing but a turn of its own. */
  runTurns(): void {
    while (this.timers.some(({ at }) => at <= this.millis)) this.runNext();
  }
}

export function sample(micros: number, cpuTime?: number, context?: object): RawSample {
  return {
    timestamp: 1_700_000_000_000_000n + BigInt(micros),
    ...(cpuTime === undefined ? {} : { cpuTime }),
    ...(context === undefined ? {} : { context }),
  };
}

export function timeNode(
  name: string,
  contexts: readonly RawSample[] = [],
  children: readonly RawTimeNode[] = [],
  place: { scriptName?: string; lineNumber?: number; columnNumber?: number } = {},
): RawTimeNode {
  return { name, scriptName: '', scriptId: 0, lineNumber: 0, columnNumber: 0, hitCount: contexts.length, ...place, contexts, children };
}

export function heapNode(
  name: string,
  allocations: RawHeapNode['allocations'] = [],
  children: readonly RawHeapNode[] = [],
): RawHeapNode {
  return { name, scriptName: name.startsWith('(') ? '' : '/app/heap.js', scriptId: 1, lineNumber: 3, columnNumber: 5, allocations, children };
}

export interface RawProfileInput {
  /** Samples by stack, outermost frame first: `'main;handler'`. Names in parentheses are V8's own. */
  readonly stacks?: Readonly<Record<string, readonly RawSample[]>>;
  /** Length, microseconds. */
  readonly elapsed?: number;
  readonly nonJSThreadsCpuTime?: number;
}

export function rawProfile(input: RawProfileInput): RawTimeProfile {
  const root = { children: [] as MutableNode[], name: '(root)', contexts: [] as RawSample[] };
  for (const [stack, samples] of Object.entries(input.stacks ?? {})) {
    let node: MutableNode = root;
    for (const name of stack.split(';')) {
      let child = node.children.find((child) => child.name === name);
      if (child === undefined) {
        child = { name, children: [], contexts: [] };
        node.children.push(child);
      }
      node = child;
    }
    node.contexts.push(...samples);
  }
  return rawProfileOf(toNode(root), input);
}

export function rawProfileOf(topDownRoot: RawTimeNode, input: Omit<RawProfileInput, 'stacks'> = {}): RawTimeProfile {
  return {
    startTime: 5_000_000,
    endTime: 5_000_000 + (input.elapsed ?? 0),
    hasCpuTime: true,
    ...(input.nonJSThreadsCpuTime === undefined ? {} : { nonJSThreadsCpuTime: input.nonJSThreadsCpuTime }),
    topDownRoot,
  };
}

interface MutableNode {
  readonly name: string;
  readonly children: MutableNode[];
  readonly contexts: RawSample[];
}

function toNode({ name, contexts, children }: MutableNode): RawTimeNode {
  const place = name.startsWith('(') ? {} : { scriptName: '/app/main.js', lineNumber: 10, columnNumber: 2 };
  return timeNode(name, contexts, children.map(toNode), place);
}
