import type { ProfilerBinding } from '@flamespan/profiler';
import { AsyncLocalStorage } from 'node:async_hooks';

interface FakeSample {
  readonly stack: readonly string[];
  readonly record: object | undefined;
  readonly cpuNanos: number;
}

interface FakeNode {
  name: string;
  scriptName: string;
  scriptId: number;
  lineNumber: number;
  columnNumber: number;
  hitCount: number;
  contexts: { context?: object; timestamp: bigint; cpuTime: number }[];
  children: FakeNode[];
}

export interface FakeBinding extends ProfilerBinding {
  /** Takes a sample now: the stack is `main;handler;leaf`, the record is what the native sampler would find. */
  sample(stack: string, cpuMillis?: number): void;
  readonly running: boolean;
  labelsUnsupported: string | undefined;
  samplingUnsupported: string | undefined;
  /** Thrown by the next `stop`. */
  failure: Error | undefined;
}

/**
 * Does in JavaScript what the native sampler does in its signal handler: looks, under its key, into the frame that is
 * current, and notes the record of the holder it finds there. Anything else in the frame is no record. Without a key it
 * notes what it was told.
 */
export function createFakeBinding(): FakeBinding {
  let samples: FakeSample[] = [];
  let key: object | undefined;
  let running = false;
  let heapRunning = false;
  const holders = new WeakSet<object>();
  const state = new Uint32Array(1);
  let told: object | undefined;

  const currentRecord = (): object | undefined => {
    if (key === undefined) {
      state[0] = (state[0] ?? 0) + 1;
      return told;
    }
    if (!(key instanceof AsyncLocalStorage)) return undefined;
    const stored: unknown = AsyncLocalStorage.prototype.getStore.call(key);
    return typeof stored === 'object' && stored !== null && holders.has(stored) ? (stored as { 0: object })[0] : undefined;
  };

  const binding: FakeBinding = {
    labelsUnsupported: undefined,
    samplingUnsupported: undefined,
    failure: undefined,
    get running() {
      return running;
    },
    contextLabelsUnsupported: () => binding.labelsUnsupported,
    timedSamplingUnsupported: () => binding.samplingUnsupported,
    sample(stack, cpuMillis = 10) {
      if (running) samples.push({ stack: stack.split(';'), record: currentRecord(), cpuNanos: cpuMillis * 1e6 });
    },
    createTimeProfiler(options) {
      return {
        state,
        get context() {
          return told;
        },
        set context(context) {
          told = context;
        },
        start() {
          key = options.key;
          state[0] = 0;
          running = true;
          samples = [];
        },
        stop(restart) {
          const { failure } = binding;
          binding.failure = undefined;
          if (failure !== undefined) throw failure;
          running = restart;
          const taken = samples;
          samples = [];
          state[0] = 0;
          return {
            startTime: 0, endTime: taken.length * options.intervalMicros, hasCpuTime: true,
            totalHitCount: taken.length, topDownRoot: treeOf(taken),
          };
        },
        createContextHolder(record) {
          const holder = { 0: record };
          holders.add(holder);
          return holder;
        },
        v8ProfilerStuckEventLoopDetected: () => 0,
      };
    },
    heap: {
      start() {
        heapRunning = true;
      },
      stop() {
        heapRunning = false;
      },
      allocationProfile() {
        if (!heapRunning) throw new Error('Heap profiler is not enabled.');
        return { ...node('(root)'), allocations: [], children: [] };
      },
    },
  };
  return binding;
}

function treeOf(samples: readonly FakeSample[]): FakeNode {
  const root = node('(root)');
  for (const { stack, record, cpuNanos } of samples) {
    let at = root;
    for (const name of stack) {
      let child = at.children.find((candidate) => candidate.name === name);
      if (child === undefined) at.children.push((child = node(name)));
      at = child;
    }
    at.hitCount += 1;
    const timestamp = BigInt(Math.trunc(Date.now())) * 1_000n;
    at.contexts.push(record === undefined ? { timestamp, cpuTime: cpuNanos } : { context: record, timestamp, cpuTime: cpuNanos });
  }
  return root;
}

function node(name: string): FakeNode {
  return {
    name, scriptName: name.startsWith('(') ? '' : 'app.js', scriptId: 1, lineNumber: 1, columnNumber: 1,
    hitCount: 0, contexts: [], children: [],
  };
}
