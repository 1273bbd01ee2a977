import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { createOtherProfilers } from './other-profilers.ts';
import type { NativeTimeProfiler, ProfilerBinding, RawHeapNode } from './types.ts';

/**
 * Sizes the native sample buffer, beyond which samples are dropped without a word. Collections are much closer
 * together, but a blocked event loop delays them.
 */
const SAMPLE_BUFFER_MILLIS = 60_000;

interface TimeProfilerOptions {
  readonly durationMillis: number;
  readonly intervalMicros: number;
  readonly lineNumbers: boolean;
  readonly withContexts: boolean;
  readonly useCPED: boolean;
  readonly collectCpuTime: boolean;
  readonly collectAsyncId: boolean;
  readonly workaroundV8Bug: boolean;
  readonly isMainThread: boolean;
  readonly CPEDKey: object | undefined;
}

interface TimeProfilerClass {
  readonly prototype: NativeTimeProfiler;
  new (options: TimeProfilerOptions): NativeTimeProfiler;
}

/** What is used of the package's inner modules, which come without usable types. */
interface DatadogPprof {
  readonly time: { readonly TimeProfiler: TimeProfilerClass };
  readonly heap: {
    startSamplingHeapProfiler(intervalBytes: number, stackDepth: number, allocations: boolean): void;
    stopSamplingHeapProfiler(): void;
    getAllocationProfile(): RawHeapNode;
  };
  readonly asyncContextFrame: { isAsyncContextFrameActive(): boolean; asyncContextFrameHint(): string };
}

/**
 * The inner modules instead of the package's index: half the memory, a tenth of the load time, and the choice of the
 * key under which the sampler finds the records.
 */
function loadDatadogPprof(): DatadogPprof {
  const require = createRequire(import.meta.url);
  return {
    time: require('@datadog/pprof/out/src/time-profiler-bindings.js'),
    heap: require('@datadog/pprof/out/src/heap-profiler-bindings.js'),
    asyncContextFrame: require('@datadog/pprof/out/src/async-context-frame.js'),
  };
}

/**
 * Calls `beforeStart` with each profiler of this native build that is about to start, others' included: package managers
 * make one copy of the same release. While ours runs such a start would throw, and so would @datadog/pprof's own exit
 * handler after it.
 */
function announceStarts(prototype: NativeTimeProfiler, beforeStart: (profiler: NativeTimeProfiler) => void): void {
  const start = Reflect.get(prototype, 'start');
  const startAnnounced = function startAnnounced(this: NativeTimeProfiler, ...args: []): void {
    try {
      beforeStart(this);
    } catch {
      // The start then throws as it would have without us.
    }
    Reflect.apply(start, this, args);
  };
  Reflect.set(prototype, 'start', startAnnounced);
}

/**
 * The native code also assigns the record to element 0 of a holder, for readers that we have not. For its first element
 * an object gets room for seventeen, two thirds of what an activation allocates. Under a read-only element 0 of the
 * prototype, which this profiler's holders have to themselves, the assignment does nothing.
 */
function slimHolders(profiler: NativeTimeProfiler): void {
  const prototype = Reflect.getPrototypeOf(profiler.createContextHolder({}));
  if (prototype !== null && prototype !== Object.prototype) Reflect.defineProperty(prototype, '0', { value: undefined });
}

/**
 * The native part on `@datadog/pprof`, which is loaded at the first call. `beforeStart` is told of every profiler that is
 * about to start, also those of others that use the same copy.
 */
export function createDatadogPprofBinding(beforeStart: (profiler: NativeTimeProfiler) => void): ProfilerBinding {
  const others = createOtherProfilers();
  let loaded: DatadogPprof | undefined;
  let failure: string | undefined;

  const loadFailure = (): string | undefined => {
    if (loaded !== undefined || failure !== undefined) return failure;
    try {
      loaded = loadDatadogPprof();
      announceStarts(loaded.time.TimeProfiler.prototype, beforeStart);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      failure =
        `The native profiler @datadog/pprof could not be loaded on ${process.platform}-${process.arch}, Node.js ` +
        `${process.version}. If the application is bundled, keep @datadog/pprof external and ship its "prebuilds" ` +
        `folder. (${message})`;
    }
    return failure;
  };
  const pprof = (): DatadogPprof => {
    const reason = loadFailure();
    if (loaded === undefined) throw new Error(reason);
    return loaded;
  };

  return {
    timedSamplingUnsupported: () => {
      if (process.platform === 'win32') return 'Wall and CPU time cannot be sampled on Windows.';
      return loadFailure();
    },
    contextLabelsUnsupported: () => {
      const { asyncContextFrame } = pprof();
      if (asyncContextFrame.isAsyncContextFrameActive()) return undefined;
      return `Samples cannot be linked to spans without AsyncContextFrame. ${asyncContextFrame.asyncContextFrameHint()}.`;
    },
    otherProfiler: (afresh) => others.find(afresh),
    createTimeProfiler: ({ intervalMicros, key }) => {
      const { TimeProfiler } = pprof().time;
      const profiler = new TimeProfiler({
        durationMillis: SAMPLE_BUFFER_MILLIS,
        intervalMicros,
        lineNumbers: false,
        // Without contexts samples would have neither a time nor CPU.
        withContexts: true,
        useCPED: key !== undefined,
        collectCpuTime: true,
        // Reading the async id in the signal handler has crashed processes.
        collectAsyncId: false,
        // Waits up to two sampling periods in each collection. The condition it avoids is detected afterwards instead.
        workaroundV8Bug: false,
        isMainThread,
        CPEDKey: key,
      });
      if (key !== undefined) slimHolders(profiler);
      return profiler;
    },
    heap: {
      start: (intervalBytes, stackDepth, allocations) =>
        pprof().heap.startSamplingHeapProfiler(intervalBytes, stackDepth, allocations),
      stop: () => pprof().heap.stopSamplingHeapProfiler(),
      allocationProfile: () => pprof().heap.getAllocationProfile(),
      usedByOthers: () => others.sampleHeap(),
    },
  };
}
