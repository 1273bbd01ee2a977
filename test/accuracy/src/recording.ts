import type { Span, Tracer } from '@opentelemetry/api';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { Profile, ProfileExporter } from '@flamespan/profile';
import type { ProfilingSpanProcessor, ProfilingSpanProcessorOptions } from '@flamespan/span-processor';
import { BurnLog } from './burns.ts';
import type { Continuation, Run, Surroundings } from './continuation.ts';
import type { Report, TotalScore } from './report.ts';
import { totalOf } from './report.ts';
import { contradictingEndpoints, scoreProfiles } from './score.ts';
import { SpanTruth } from './truth.ts';

const BURN_MILLIS = 3;

/** Ends the names of kinds that ran in a span which was active before sampling began. */
export const EARLY = 'BeforeStart';

/** Samples with the span that they were taken in, of which a run must show more. */
export const LEAST_RIGHT = 50;

export interface RunOptions {
  readonly kind: string;
  readonly continuation: Continuation;
  readonly id: number;
  readonly tracer: Tracer;
  readonly surroundings: Surroundings;
  /** Of the local root. */
  readonly endpoint: string;
}

/** Everything that one thread says of itself: its profiles, and what they ought to say. */
export class Recording {
  readonly truth = new SpanTruth();
  readonly #log = new BurnLog();
  readonly #profiles: Profile[] = [];
  readonly #complaints: string[] = [];
  readonly #failures = new Set<string>();
  readonly #active = new Set<{ kind: string }>();
  #runs = 0;

  constructor() {
    const complain = (namespace: string, ...rest: unknown[]): void => {
      if (namespace.startsWith('@flamespan')) this.#complaints.push([namespace, ...rest].join(' '));
    };
    const ignore = (): void => undefined;
    diag.setLogger({ error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
  }

  get processorOptions(): ProfilingSpanProcessorOptions {
    const exporter: ProfileExporter = {
      export: (profile, resultCallback) => {
        this.#profiles.push(profile);
        resultCallback({ code: 0 });
      },
      shutdown: () => Promise.resolve(),
    };
    return {
      exporter, profileTypes: ['wall', 'cpu'], exportIntervalMillis: 250, profileIdAttribute: false,
      samplingIntervalMicros: Number(process.env.SAMPLING_INTERVAL_MICROS ?? 1_000),
    };
  }

  /** Runs a kind in an active span of its own. */
  async run(options: RunOptions): Promise<void> {
    const { kind, tracer, continuation } = options;
    const named = { kind };
    this.#active.add(named);
    this.#runs++;
    await tracer.startActiveSpan(kind, async (span) => {
      try {
        await continuation(this.#runOf(options, span, named));
      } catch (error) {
        this.#failures.add(`${kind}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      } finally {
        span.end();
        this.#active.delete(named);
      }
    });
  }

  /** From now on what runs already is scored apart: sampling is about to begin. */
  markActiveRuns(): void {
    for (const named of this.#active) {
      if (!named.kind.endsWith(EARLY)) named.kind += EARLY;
    }
  }

  /** Of the profiles that are there by now. */
  get soFar(): TotalScore {
    return totalOf(scoreProfiles(this.#profiles, this.#log, this.truth));
  }

  /** Call it when everything has ended and every processor is shut down. */
  report(processors: readonly ProfilingSpanProcessor[]): Report {
    return {
      scores: scoreProfiles(this.#profiles, this.#log, this.truth),
      contradictions: [...this.#log.contradictions, ...contradictingEndpoints(this.#log, this.truth)],
      complaints: this.#complaints,
      errors: processors.reduce((sum, { stats }) => sum + stats.errors, 0),
      failures: [...this.#failures],
      runs: this.#runs,
    };
  }

  #runOf({ id, tracer, surroundings, endpoint }: RunOptions, span: Span, named: { readonly kind: string }): Run {
    const log = this.#log;
    return {
      tracer, span, id, surroundings,
      burn: (expected = span) => log.burn(named.kind, BURN_MILLIS, expected, endpoint),
      burnOutside: () => log.burn(named.kind, BURN_MILLIS, undefined, undefined),
      burnAsReported: () => log.burn(named.kind, BURN_MILLIS, 'reported', undefined),
    };
  }
}
