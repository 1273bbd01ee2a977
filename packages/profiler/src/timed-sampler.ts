import { CurrentRecord } from './current-record.ts';
import { endLease, moveLease, obtainTimeProfiler, startLeased, startRefusal } from './native-registry.ts';
import type { Lease } from './native-registry.ts';
import { ANOTHER_PROFILER } from './other-profilers.ts';
import type { ContextHolder, NativeTimeProfiler, ProfilerBinding, RawTimeProfile } from './types.ts';

export interface TimedSamplerOptions {
  readonly binding: ProfilerBinding;
  readonly reportError: (message: string, cause: unknown) => void;
  /** Another profiler is about to start on the thread: `stop` has to be called. */
  readonly giveWay: () => void;
}

const NOT_CHANGED = 'The sampling interval could not be changed';

/** Runs the thread's native profiler and keeps it running. None of its methods throws, except `start`. */
export class TimedSampler {
  readonly #options: TimedSamplerOptions;
  readonly #current = new CurrentRecord();
  #key: object | undefined;
  #findsRecords = false;
  #lease: Lease | undefined;
  /** The profiler that runs, or ran last: its holders are good for when it runs again. */
  #holderSource: NativeTimeProfiler | undefined;
  #stalled = false;
  #stuckBefore = false;
  #restarts = 0;

  constructor(options: TimedSamplerOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#lease !== undefined && !this.#lease.ended;
  }

  /** Restarts because V8's event processor was stuck. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Samples find their records under the key; otherwise what they note is a cell that holds the record. */
  get findsRecords(): boolean {
    return this.#findsRecords;
  }

  /** Returns why it cannot start, if so. Must not be running. Without a key the records have to be told. */
  start(key: object | undefined, intervalMicros: number): string | undefined {
    const refusal = startRefusal();
    if (refusal !== undefined) return refusal;
    const { binding, giveWay } = this.#options;
    try {
      this.#lease = startLeased(obtainTimeProfiler(binding, intervalMicros, key), giveWay);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (/another profiler is already active/i.test(message)) return ANOTHER_PROFILER;
      return `The native profiler did not start: ${message}`;
    }
    this.#key = key;
    this.#findsRecords = key !== undefined;
    this.#begun(this.#lease.profiler);
    return undefined;
  }

  setCurrentRecord(record: object | undefined): void {
    this.#current.set(record);
  }

  createContextHolder(record: object): ContextHolder | undefined {
    try {
      return this.#holderSource?.createContextHolder(record);
    } catch (error) {
      this.#options.reportError('A context holder could not be made', error);
      return undefined;
    }
  }

  /** The samples since the last collection. Sampling goes on, and is begun again where it had failed. */
  collect(): RawTimeProfile | undefined {
    const profiler = this.#running();
    if (profiler === undefined) return undefined;
    if (this.#stalled) {
      this.#restart(profiler);
      return undefined;
    }
    try {
      const raw = profiler.stop(true);
      this.#takeRecords(profiler);
      if (this.#isStuck(profiler)) {
        this.#restarts++;
        this.#restart(profiler);
      }
      return raw;
    } catch (error) {
      this.#options.reportError('The samples could not be collected', error);
      this.#restart(profiler);
      return undefined;
    }
  }

  /** The samples since the last collection. Sampling ends. */
  stop(): RawTimeProfile | undefined {
    const profiler = this.#running();
    const lease = this.#lease;
    this.#lease = undefined;
    this.#current.end();
    if (profiler === undefined || lease === undefined) return undefined;
    try {
      return this.#stalled ? undefined : profiler.stop(false);
    } catch (error) {
      this.#options.reportError('The last samples could not be collected', error);
      return undefined;
    } finally {
      endLease(lease);
    }
  }

  /**
   * The samples since the last collection; sampling goes on at another interval. Under the same key, so that holders
   * which are in the frames of running work stay good. Where that fails it goes on as it was, or is begun again later.
   */
  changeInterval(intervalMicros: number): { readonly raw: RawTimeProfile | undefined; readonly changed: boolean } {
    const before = this.#running();
    const lease = this.#lease;
    if (before === undefined || lease === undefined || this.#stalled) return { raw: this.collect(), changed: false };
    const { binding, reportError } = this.#options;
    let next: NativeTimeProfiler;
    try {
      next = obtainTimeProfiler(binding, intervalMicros, this.#key);
    } catch (error) {
      reportError(NOT_CHANGED, error);
      return { raw: this.collect(), changed: false };
    }
    let raw: RawTimeProfile | undefined;
    try {
      raw = before.stop(false);
      this.#lease = moveLease(lease, next);
      next.start();
      this.#begun(next);
      return { raw, changed: true };
    } catch (error) {
      reportError(NOT_CHANGED, error);
      if (this.#lease !== lease) this.#lease = moveLease(this.#lease ?? lease, before);
      this.#restart(before);
      return { raw, changed: false };
    }
  }

  #begun(profiler: NativeTimeProfiler): void {
    this.#stalled = false;
    this.#stuckBefore = false;
    this.#holderSource = profiler;
    this.#takeRecords(profiler);
  }

  #running(): NativeTimeProfiler | undefined {
    return this.running ? this.#lease?.profiler : undefined;
  }

  #takeRecords(profiler: NativeTimeProfiler): void {
    if (!this.#findsRecords) this.#current.begin(profiler);
  }

  /** V8's event processor can spin without taking samples. A single weak sign of it is often a false alarm. */
  #isStuck(profiler: NativeTimeProfiler): boolean {
    const sign = profiler.v8ProfilerStuckEventLoopDetected();
    const stuck = sign === 2 || (sign === 1 && this.#stuckBefore);
    this.#stuckBefore = sign === 1 && !stuck;
    return stuck;
  }

  #restart(profiler: NativeTimeProfiler): void {
    try {
      profiler.stop(false);
    } catch {
      // It had stopped already.
    }
    try {
      profiler.start();
      this.#stalled = false;
      this.#takeRecords(profiler);
    } catch (error) {
      if (!this.#stalled) this.#options.reportError('Sampling could not go on and is tried again later', error);
      this.#stalled = true;
    }
  }
}
