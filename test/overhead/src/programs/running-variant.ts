import type { ProcessSettings } from '../child-protocol.ts';

/** What a measured program can ask of the variant that was started in its process. */
export interface RunningVariant {
  /** What our processor says of itself. */
  readonly stats?: () => ProfilingFigures;
  /** Exports what we have sampled until now. */
  readonly flush?: () => Promise<void>;
  /** Runs work in the span of a request, through the variant's own API; undefined = OpenTelemetry's. */
  readonly inServerSpan?: (route: string, work: () => void) => void;
}

/** The part of our processor's statistics that is reported. */
export interface ProfilingFigures {
  readonly collections: number;
  readonly pauseMillisTotal: number;
  readonly pauseMillisMax: number;
  readonly samples: number;
  /** Due while others were collected. */
  readonly samplesLost: number;
  /** Greater than at first where profiling took more than its budget. */
  readonly samplingIntervalMicros: number;
  readonly errors: number;
}

export type StartVariant = (settings: ProcessSettings) => RunningVariant | Promise<RunningVariant>;

const KEY = Symbol.for('flamespan.test-overhead.variant');

export function publishVariant(variant: RunningVariant): void {
  Object.assign(globalThis, { [KEY]: variant });
}

export function runningVariant(): RunningVariant {
  return (globalThis as unknown as Record<symbol, RunningVariant>)[KEY] ?? {};
}
