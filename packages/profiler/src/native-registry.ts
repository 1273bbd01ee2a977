import { createDatadogPprofBinding } from './datadog-pprof-binding.ts';
import type { NativeTimeProfiler, ProfilerBinding } from './types.ts';

/** The right to run a native profiler on this thread. */
export interface Lease {
  readonly profiler: NativeTimeProfiler;
  /** The process is exiting: the profiler was stopped and must not run again. */
  ended: boolean;
  /** Another profiler is about to start on the thread. Stops this one and ends the lease. */
  readonly giveWay: () => void;
}

interface KeptProfiler {
  readonly binding: ProfilerBinding;
  readonly intervalMicros: number;
  readonly key: object | undefined;
  readonly profiler: NativeTimeProfiler;
}

/**
 * What all copies of this package on a thread share.
 *
 * `kept` only grows: context holders outlive the profiler that made them and hold a pointer into it, so that
 * collecting a profiler that ever ran corrupts the heap. It has one entry for each key and interval in use.
 */
interface NativeRegistry {
  readonly kept: KeptProfiler[];
  active: Lease | undefined;
  /** The first copy's: holders must not be read by another build of the native code. */
  binding: ProfilerBinding | undefined;
  exitHandlerInstalled: boolean;
  exiting: boolean;
}

/** The number is the version of {@link NativeRegistry}'s shape. */
const REGISTRY = Symbol.for('flamespan.profiler.native-registry.v1');

function nativeRegistry(): NativeRegistry {
  const global = globalThis as { [REGISTRY]?: NativeRegistry };
  const known = global[REGISTRY];
  if (known !== undefined) return known;
  const registry: NativeRegistry = {
    kept: [],
    active: undefined,
    binding: undefined,
    exitHandlerInstalled: false,
    exiting: false,
  };
  Object.defineProperty(global, REGISTRY, { value: registry, configurable: true });
  return registry;
}

/** The thread's `@datadog/pprof`, shared by all copies of this package. */
export function defaultBinding(): ProfilerBinding {
  const registry = nativeRegistry();
  registry.binding ??= createDatadogPprofBinding((starting) => {
    if (registry.active?.profiler !== starting) registry.active?.giveWay();
  });
  return registry.binding;
}

/** The profiler for this key and interval: the one that ran before, or a new one. */
export function obtainTimeProfiler(
  binding: ProfilerBinding,
  intervalMicros: number,
  key: object | undefined,
): NativeTimeProfiler {
  const { kept } = nativeRegistry();
  const known = kept.find(
    (entry) => entry.binding === binding && entry.intervalMicros === intervalMicros && entry.key === key,
  );
  if (known !== undefined) return known.profiler;
  const profiler = binding.createTimeProfiler({ intervalMicros, key });
  kept.push({ binding, intervalMicros, key, profiler });
  return profiler;
}

/** Why no profiler can start on the thread now, if so. */
export function startRefusal(): string | undefined {
  const { active, exiting } = nativeRegistry();
  if (exiting) return 'The process is exiting.';
  if (active === undefined) return undefined;
  return (
    'Another Flamespan profiler is running on this thread, and there can be only one. ' +
    'Use one ProfilingSpanProcessor, or stop the other first.'
  );
}

/** Starts the profiler and marks the thread as sampled. Throws what the native start throws. */
export function startLeased(profiler: NativeTimeProfiler, giveWay: () => void): Lease {
  const registry = nativeRegistry();
  profiler.start();
  const lease: Lease = { profiler, ended: false, giveWay };
  registry.active = lease;
  if (!registry.exitHandlerInstalled) {
    registry.exitHandlerInstalled = true;
    // A sampling signal during the teardown of the process can crash it.
    process.once('exit', () => {
      registry.exiting = true;
      const { active } = registry;
      if (active === undefined) return;
      active.ended = true;
      registry.active = undefined;
      try {
        active.profiler.stop(false);
      } catch {
        // Not sampling is all that was wanted.
      }
    });
  }
  return lease;
}

/** The same right, for another profiler. The one before must have been stopped; the other may then be started. */
export function moveLease(lease: Lease, profiler: NativeTimeProfiler): Lease {
  const moved: Lease = { profiler, ended: lease.ended, giveWay: lease.giveWay };
  lease.ended = true;
  const registry = nativeRegistry();
  if (registry.active === lease) registry.active = moved;
  return moved;
}

/** Marks the thread as free. The profiler must have been stopped. */
export function endLease(lease: Lease): void {
  lease.ended = true;
  const registry = nativeRegistry();
  if (registry.active === lease) registry.active = undefined;
}
