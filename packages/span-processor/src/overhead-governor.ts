export interface OverheadGovernorOptions {
  /** Fraction of one CPU that profiling may take of the thread. */
  readonly budget: number;
  /** Time between two samples at the full rate. */
  readonly samplingIntervalMicros: number;
  /** Monotonic. */
  readonly nowMillis: () => number;
  readonly warn: (message: string) => void;
  readonly info: (message: string) => void;
}

/**
 * Shortest time that is judged as a whole: with the default export interval two windows and what became of them. The
 * cold code of a first collection or of a first export does not weigh in it.
 */
const PERIOD_MILLIS = 100_000;
/** Steps by which the rate is lowered: 99, 50, 25 and 12 Hz. Each is a native profiler, which is kept for ever. */
const SLOWDOWNS = [1, 2, 4, 8] as const;
const MAX_INTERVAL_MICROS = 1_000_000;
/** The next higher rate costs up to twice as much, and should then still be within the budget. */
const CALM_SHARE = 0.4;
/** Periods in a row, about ten minutes, that have to be calm before the rate goes up by a step. */
const CALM_PERIODS = 5;
/** A rate that was too high again is tried after twice the time, up to about an hour and a half. */
const MAX_CALM_PERIODS = 40;

/**
 * Decides how often to sample so that profiling stays within a share of the thread's time. Pure: it is told what was
 * spent and asked for the interval.
 */
export class OverheadGovernor {
  readonly #options: OverheadGovernorOptions;
  readonly #intervalsMicros: readonly number[];
  #step = 0;
  #spentMillis = 0;
  #periodStartMillis: number;
  #lastUtilization: number | undefined;
  #calmPeriods = 0;
  #calmPeriodsNeeded = CALM_PERIODS;
  /** Undefined until the rate went up for the first time. */
  #periodsSinceRaise: number | undefined;
  /** Of the trouble that lasts. */
  #said = false;

  constructor(options: OverheadGovernorOptions) {
    this.#options = options;
    const { samplingIntervalMicros } = options;
    this.#intervalsMicros = SLOWDOWNS.map((slowdown) => samplingIntervalMicros * slowdown)
      .filter((micros, step) => step === 0 || micros <= MAX_INTERVAL_MICROS);
    this.#periodStartMillis = options.nowMillis();
  }

  /** Time between two samples that the budget allows. */
  get samplingIntervalMicros(): number {
    return this.#intervalsMicros[this.#step] as number;
  }

  /** Share of the thread's time in the last period; in the first period until now. */
  get utilization(): number {
    return this.#lastUtilization ?? this.#utilizationUntil(this.#options.nowMillis());
  }

  /** Sampling begins, perhaps after a time in which nothing could be spent. */
  begin(): void {
    this.#spentMillis = 0;
    this.#periodStartMillis = this.#options.nowMillis();
  }

  /** The thread was busy with profiling for so long. */
  spend(millis: number): void {
    if (millis > 0) this.#spentMillis += millis;
  }

  /** Ends the period if it has lasted long enough, and draws the conclusion. */
  review(): void {
    const nowMillis = this.#options.nowMillis();
    const periodMillis = nowMillis - this.#periodStartMillis;
    if (periodMillis < PERIOD_MILLIS) return;
    const utilization = this.#utilizationUntil(nowMillis);
    this.begin();
    this.#lastUtilization = utilization;
    if (this.#periodsSinceRaise !== undefined) this.#periodsSinceRaise += 1;

    const { budget } = this.#options;
    if (utilization > budget) this.#lower(utilization, periodMillis);
    else if (this.#step > 0 && utilization < budget * CALM_SHARE) this.#noteCalm(utilization);
    else this.#calmPeriods = 0;
    if (utilization <= budget && this.#step === 0) this.#noteFullRate();
  }

  #utilizationUntil(nowMillis: number): number {
    const millis = nowMillis - this.#periodStartMillis;
    return millis > 0 ? Math.min(this.#spentMillis / millis, 1) : 0;
  }

  #lower(utilization: number, periodMillis: number): void {
    const { budget, warn } = this.#options;
    this.#calmPeriods = 0;
    // What costs is proportional to the samples, so far too much can be answered with several steps at once.
    const steps = Math.max(1, Math.ceil(Math.log2(utilization / budget)));
    const before = this.#step;
    this.#step = Math.min(before + steps, this.#intervalsMicros.length - 1);
    if (this.#step > before && (this.#periodsSinceRaise ?? Infinity) <= this.#calmPeriodsNeeded) {
      this.#calmPeriodsNeeded = Math.min(this.#calmPeriodsNeeded * 2, MAX_CALM_PERIODS);
    }
    if (this.#said) return;
    this.#said = true;
    const consequence = this.#step > before
      ? `sampling at ${this.#rate()} instead of ${this.#rate(0)} until it takes less`
      : 'the sampling rate is low already and stays as it is';
    warn(
      `Profiling took ${percent(utilization)} of the thread's time in the last ${Math.round(periodMillis / 1_000)} s, more than ` +
      `overheadBudget (${percent(budget)}): ${consequence}. Deep and ever different call stacks cost most. Raise overheadBudget ` +
      'to keep the rate, or samplingIntervalMicros to choose a lower one yourself',
    );
  }

  #noteCalm(utilization: number): void {
    this.#calmPeriods += 1;
    if (this.#calmPeriods < this.#calmPeriodsNeeded) return;
    this.#calmPeriods = 0;
    this.#step -= 1;
    this.#periodsSinceRaise = 0;
    if (this.#step > 0) return;
    this.#options.info(
      `Sampling at ${this.#rate()} again: at the lower rate profiling took ${percent(utilization)} of the thread's time, well below ` +
      `overheadBudget (${percent(this.#options.budget)})`,
    );
  }

  #noteFullRate(): void {
    this.#said = false;
    // It has held for longer than it was waited for: what comes now is new trouble.
    if ((this.#periodsSinceRaise ?? 0) > this.#calmPeriodsNeeded) this.#calmPeriodsNeeded = CALM_PERIODS;
  }

  #rate(step: number = this.#step): string {
    return `${Number((1e6 / (this.#intervalsMicros[step] as number)).toPrecision(2))} Hz`;
  }
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(2))} %`;
}
