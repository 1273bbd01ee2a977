import type { LinkScope, ProfileExporter, ProfileType } from '@flamespan/profile';
import { inspect } from 'node:util';
import type { ResolveEndpoint } from './endpoint-namer.ts';
import { logger } from './logger.ts';

/** How to sample, and where to send what was sampled. */
export interface ProfilingSpanProcessorOptions {
  /** Where profiles go. Several exporters get the same profiles, each through a queue of its own. */
  readonly exporter: ProfileExporter | readonly ProfileExporter[];
  /**
   * Time between two exports, which is the length of the window that one profile covers.
   * @defaultValue 60 000
   */
  readonly exportIntervalMillis?: number;
  /**
   * Longest time that one export, or a whole `forceFlush()` or `shutdown()`, may take.
   * @defaultValue 30 000
   */
  readonly exportTimeoutMillis?: number;
  /**
   * Time between two samples of the call stack.
   * @defaultValue 10 101, which is 99 Hz
   */
  readonly samplingIntervalMicros?: number;
  /**
   * What to sample: `wall` is time on the JavaScript thread, `cpu` its CPU time, `heap` the objects alive.
   * @defaultValue all three
   */
  readonly profileTypes?: readonly ProfileType[];
  /**
   * Whether heap profiles also say what was allocated, dead or alive. Needs Node.js 26; elsewhere it is off and a warning
   * says so. Each window then ends with a pause for a full garbage collection, and what is alive is only said of objects
   * that were allocated in the window.
   * @defaultValue false
   */
  readonly heapAllocations?: boolean;
  /**
   * The span that a sample's Link names: the active one, or its local root.
   * @defaultValue 'span'
   */
  readonly linkScope?: LinkScope;
  /**
   * How long a window waits for requests that are still in flight, because the name of their endpoint is known only
   * when they end. `forceFlush()`, `stop()` and `shutdown()` do not wait.
   * @defaultValue 5 000
   */
  readonly endpointGraceMillis?: number;
  /**
   * Memory for profiles that an exporter has not delivered yet, for each exporter. The oldest are dropped first.
   * @defaultValue 33 554 432 (32 MiB)
   */
  readonly maxQueueBytes?: number;
  /**
   * Sets `pyroscope.profile.id` on the spans that Links name, by which Grafana goes from a trace to its profile.
   * @defaultValue true
   */
  readonly profileIdAttribute?: boolean;
  /**
   * Distinct endpoints in this process; further ones are called `__other__`.
   * @defaultValue 500
   */
  readonly maxEndpoints?: number;
  /**
   * Share of the thread's time that collecting samples and encoding profiles may take, as a fraction of one CPU. Where
   * they take more over some minutes, the sampling rate is lowered in steps, to an eighth at most, and raised again when
   * it allows; both are said. The garbage collections of {@link heapAllocations} are not in it. 1 = whatever it takes.
   * @defaultValue 0.01, which is 1 %
   */
  readonly overheadBudget?: number;
  /**
   * A rule of your own for naming endpoints. It gets what is known of the local root span and the name that the
   * built-in rules give; what it returns must be low in cardinality, `undefined` is no endpoint. Where it throws, the
   * built-in name stays.
   */
  readonly resolveEndpoint?: ResolveEndpoint;
}

export type ResolvedOptions = Required<Omit<ProfilingSpanProcessorOptions, 'exporter' | 'resolveEndpoint'>> & {
  readonly exporters: readonly ProfileExporter[];
  readonly resolveEndpoint: ResolveEndpoint | undefined;
  readonly heapIntervalBytes: number;
};

const DEFAULTS: Omit<ResolvedOptions, 'exporters' | 'heapIntervalBytes' | 'resolveEndpoint'> = Object.freeze({
  exportIntervalMillis: 60_000,
  exportTimeoutMillis: 30_000,
  samplingIntervalMicros: 10_101,
  profileTypes: Object.freeze(['wall', 'cpu', 'heap'] as const),
  heapAllocations: false,
  linkScope: 'span',
  endpointGraceMillis: 5_000,
  maxQueueBytes: 32 * 1024 * 1024,
  profileIdAttribute: true,
  maxEndpoints: 500,
  overheadBudget: 0.01,
});

/** Mean distance of allocation samples; V8's own default, at which no cost was measurable. */
const HEAP_INTERVAL_BYTES = 512 * 1024;

/** The window that is open is in memory: ten minutes of samples are some 10 MB. */
const MAX_EXPORT_INTERVAL_MILLIS = 600_000;

/** Fills in defaults. A value that cannot be used is named in a warning and replaced by its default: start-up goes on. */
export function resolveOptions(options: ProfilingSpanProcessorOptions): ResolvedOptions {
  try {
    return resolve(options ?? {});
  } catch (error) {
    logger.warn(`The options cannot be read, profiles go nowhere: ${shown(error)}`);
    return { ...DEFAULTS, exporters: [], resolveEndpoint: undefined, heapIntervalBytes: HEAP_INTERVAL_BYTES };
  }
}

function resolve(given: Partial<ProfilingSpanProcessorOptions>): ResolvedOptions {
  const within = (name: keyof typeof DEFAULTS & NumericOption, min: number, max: number): number => {
    const value = given[name];
    if (value === undefined) return DEFAULTS[name];
    if (typeof value === 'number' && value >= min && value <= max) return value;
    logger.warn(`${name} must be a number from ${min} to ${max}, not ${shown(value)}: using ${DEFAULTS[name]}`);
    return DEFAULTS[name];
  };
  return {
    exporters: exportersOf(given.exporter),
    heapIntervalBytes: HEAP_INTERVAL_BYTES,
    exportIntervalMillis: within('exportIntervalMillis', 100, MAX_EXPORT_INTERVAL_MILLIS),
    exportTimeoutMillis: within('exportTimeoutMillis', 1, MAX_EXPORT_INTERVAL_MILLIS),
    samplingIntervalMicros: Math.round(within('samplingIntervalMicros', 500, 1_000_000)),
    endpointGraceMillis: within('endpointGraceMillis', 0, 60_000),
    maxQueueBytes: within('maxQueueBytes', 0, Number.MAX_SAFE_INTEGER),
    profileTypes: profileTypesOf(given.profileTypes),
    heapAllocations: given.heapAllocations === true,
    linkScope: linkScopeOf(given.linkScope),
    profileIdAttribute: given.profileIdAttribute !== false,
    maxEndpoints: within('maxEndpoints', 0, 100_000),
    overheadBudget: within('overheadBudget', 0.0001, 1),
    resolveEndpoint: typeof given.resolveEndpoint === 'function' ? given.resolveEndpoint : undefined,
  };
}

type NumericOption =
  | 'exportIntervalMillis' | 'exportTimeoutMillis' | 'samplingIntervalMicros' | 'endpointGraceMillis' | 'maxQueueBytes'
  | 'maxEndpoints' | 'overheadBudget';

function exportersOf(given: unknown): readonly ProfileExporter[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const exporters = list.filter((item): item is ProfileExporter => typeof (item as ProfileExporter)?.export === 'function');
  if (exporters.length < list.length || exporters.length === 0) {
    logger.warn('exporter must be a ProfileExporter or a list of them, such as new OTLPProfileExporter(): what is not one is left out');
  }
  return exporters;
}

function profileTypesOf(given: readonly ProfileType[] | undefined): readonly ProfileType[] {
  if (given === undefined) return DEFAULTS.profileTypes;
  const known = DEFAULTS.profileTypes.filter((type) => Array.isArray(given) && given.includes(type));
  if (known.length === 0 || known.length < given.length) {
    logger.warn(`profileTypes takes 'wall', 'cpu' and 'heap', not ${shown(given)}: using ${JSON.stringify(known.length === 0 ? DEFAULTS.profileTypes : known)}`);
  }
  return known.length === 0 ? DEFAULTS.profileTypes : known;
}

function linkScopeOf(given: LinkScope | undefined): LinkScope {
  if (given === undefined || given === 'span' || given === 'local-root') return given ?? DEFAULTS.linkScope;
  logger.warn(`linkScope must be 'span' or 'local-root', not ${shown(given)}: using '${DEFAULTS.linkScope}'`);
  return DEFAULTS.linkScope;
}

function shown(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 100 });
}
