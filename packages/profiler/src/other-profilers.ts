import { createRequire } from 'node:module';

/** Looks for other profilers of the thread. It reads what others have loaded, and neither loads nor changes anything. */
export interface OtherProfilers {
  /**
   * Who profiles the thread, or is set to, and how to switch it off; undefined = nobody. What was loaded a moment ago is
   * certain to be seen only `afresh`.
   */
  find(afresh: boolean): string | undefined;
  /** Whether a copy of @datadog/pprof reads the heap sampler, of which a thread has only one. */
  sampleHeap(): boolean;
}

type Loaded = Readonly<Record<string, unknown>>;

/** Looking through thousands of modules takes a millisecond: at most this share of the thread's time. */
const MAX_SHARE = 1 / 1_000;
/** A look that a busy machine made slow must not put the next one off for long. */
const MAX_GAP_MILLIS = 10_000;

const PPROF_MODULE = /[\\/]out[\\/]src[\\/](time|heap)-profiler\.js$/;
const DD_TRACE_MODULE = /[\\/]dd-trace[\\/]src[\\/]profiler\.js$/;
const PYROSCOPE_MODULE = /[\\/]@pyroscope[\\/]nodejs[\\/]/;

const SWITCHED_OFF_BY = Object.freeze({
  'dd-trace': 'DD_PROFILING_ENABLED=false, or profiling: false in tracer.init()',
  newrelic: 'NEW_RELIC_PROFILING_ENABLED=false, or profiling: { enabled: false } in newrelic.js',
  '@pyroscope/nodejs': 'remove the call of its start()',
});

function reasonFor(product: keyof typeof SWITCHED_OFF_BY): string {
  return (
    `${product} profiles this thread, and two profilers disturb each other. ` +
    `To use this one, switch that of ${product} off: ${SWITCHED_OFF_BY[product]}.`
  );
}

/** For where it cannot be told who it is. */
export const ANOTHER_PROFILER: string =
  'Another profiler that uses @datadog/pprof is active on this thread, such as dd-trace (DD_PROFILING_ENABLED), newrelic ' +
  '(NEW_RELIC_PROFILING_ENABLED) or @pyroscope/nodejs. Switch its profiling off to use this one.';

export function createOtherProfilers(): OtherProfilers {
  // All CommonJS modules of the thread, also those that an ES module imported.
  const cache = createRequire(import.meta.url).cache as Loaded;
  let timeProfilers: unknown[] = [];
  let heapProfilers: unknown[] = [];
  let ddTrace: unknown;
  let pyroscope = false;
  let nextLookMillis = 0;

  const look = (): void => {
    const startMillis = performance.now();
    timeProfilers = [];
    heapProfilers = [];
    for (const path of Object.keys(cache)) {
      const [, kind] = PPROF_MODULE.exec(path) ?? [];
      if (kind === 'time') timeProfilers.push(cache[path]);
      if (kind === 'heap') heapProfilers.push(cache[path]);
      if (DD_TRACE_MODULE.test(path)) ddTrace = cache[path];
      pyroscope ||= PYROSCOPE_MODULE.test(path);
    }
    const endMillis = performance.now();
    nextLookMillis = endMillis + Math.min((endMillis - startMillis) / MAX_SHARE, MAX_GAP_MILLIS);
  };

  return {
    find: (afresh) => {
      if (afresh || performance.now() >= nextLookMillis) look();
      const isStarted = (module: unknown): boolean => tolerant(() => call(module, 'isStarted') === true);
      if (isStarted(ddTrace) || tolerant(ddTraceProfiles)) return reasonFor('dd-trace');
      if (tolerant(() => newRelicProfiles(cache))) return reasonFor('newrelic');
      if (!timeProfilers.some(isStarted)) return undefined;
      return pyroscope ? reasonFor('@pyroscope/nodejs') : ANOTHER_PROFILER;
    },
    sampleHeap: () => {
      look();
      // A snapshot is the only thing that tells: it throws for whoever has not started the sampler.
      return heapProfilers.some((module) => tolerant(() => call(module, 'v8Profile') !== undefined));
    },
  };
}

/** Set to profile, or `auto`, which starts by itself later. */
function ddTraceProfiles(): boolean {
  const tracer = (globalThis as Loaded)['_ddtrace'];
  if (tracer === undefined) return false;
  const profiling = property(property(property(tracer, '_tracer'), '_config'), 'profiling');
  // Until init() only the environment says what will be; `enabled` is what release 5 has.
  const setting = property(profiling, 'DD_PROFILING_ENABLED') ?? property(profiling, 'enabled') ?? process.env['DD_PROFILING_ENABLED'];
  return setting === true || (typeof setting === 'string' && /^(true|1|auto)$/i.test(setting));
}

/** It starts its profiler seconds after it was loaded. */
function newRelicProfiles(cache: Loaded): boolean {
  // What newrelic itself goes by to be loaded only once.
  const agent = property(cache['__NR_cache'], 'agent');
  return property(property(property(agent, 'config'), 'profiling'), 'enabled') === true;
}

function property(of: unknown, name: string): unknown {
  return (of as Loaded | null | undefined)?.[name];
}

function call(module: unknown, name: string): unknown {
  const { exports } = module as { exports: Record<string, (() => unknown) | undefined> };
  return exports[name]?.();
}

/** What belongs to others may throw, or be of another shape than it was. */
function tolerant(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return false;
  }
}
