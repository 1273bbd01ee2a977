import type { ExportResult, Profile, ProfileExporter } from '@flamespan/profile';
import type { Scheduler } from '@flamespan/profiler';
import { backoffMillis } from './backoff.ts';
import { endsWithin, pause } from './deadline.ts';
import { messageOf, nameOf, readResult } from './exporter-answer.ts';
import type { ReadResult } from './exporter-answer.ts';
import { logger } from './logger.ts';
import { profileByteLength } from './profile-size.ts';

/** Older profiles are of no use to a backend that was away: several refuse what is more than an hour old. */
const MAX_AGE_MILLIS = 30 * 60_000;
/** A process that wants to end does not wait longer than this for a server that is away. */
const SHUTDOWN_RETRY_MILLIS = 5_000;
const MEBIBYTE = 1024 * 1024;

export interface ExportQueueOptions {
  readonly exporter: ProfileExporter;
  /** Place among the exporters of the processor. */
  readonly position: number;
  readonly maxBytes: number;
  readonly exportTimeoutMillis: number;
  readonly scheduler: Scheduler;
  /** Told of the time that the exporter had the thread for encoding. */
  readonly onEncode: (millis: number, exporter: Pick<ExportQueueStats, 'exporter' | 'position'>) => void;
}

/** Why a profile was given up: the queue was full, it got too old, the server refused it, or the process ended. */
export type DropReason = 'queue full' | 'too old' | 'refused' | 'shut down';

export interface ExportQueueStats {
  /** Class of the exporter. */
  readonly exporter: string;
  /** Its place in the processor's `exporter` option. */
  readonly position: number;
  /** Profiles waiting or under way. */
  readonly length: number;
  readonly byteLength: number;
  readonly exported: number;
  /** Tries that failed and will be made again. */
  readonly retried: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
}

interface Entry {
  readonly profile: Profile;
  readonly byteLength: number;
  readonly expiresAtMillis: number;
  /** The last call that has outlasted its timeout and may still answer. */
  openCall: OpenCall | undefined;
  /** Such a call has delivered the profile when another had begun. */
  deliveredLate: boolean;
}

interface OpenCall {
  readonly answered: Promise<void>;
  /** Another call for the same profile does not begin earlier, so that it does not arrive twice. */
  readonly untilMillis: number;
}

type Outcome = 'delivered' | 'dropped' | 'kept';

/**
 * Keeps profiles until their exporter has delivered them: one export at a time, oldest first, bounded in bytes. What
 * failed but may be sent again is, with growing delays and never before the server's Retry-After.
 */
export class ExportQueue {
  readonly #exporter: ProfileExporter;
  readonly #name: string;
  readonly #position: number;
  readonly #maxBytes: number;
  readonly #exportTimeoutMillis: number;
  readonly #scheduler: Scheduler;
  readonly #onEncode: ExportQueueOptions['onEncode'];

  #waiting: Entry[] = [];
  #byteLength = 0;
  #underWay: Promise<Outcome> | undefined;
  #cancelTimer: (() => void) | undefined;
  #closed = false;

  #failuresInARow = 0;
  /** Own backoff, which a flush ignores. */
  #nextTryMillis = 0;
  /** The server's Retry-After, which nothing ignores. */
  #serverBusyUntilMillis = 0;

  #exported = 0;
  #retried = 0;
  readonly #dropped: Record<DropReason, number> = { 'queue full': 0, 'too old': 0, 'refused': 0, 'shut down': 0 };
  /** What has been said of the present trouble; cleared by a success. */
  readonly #said = new Set<string>();

  constructor(options: ExportQueueOptions) {
    this.#exporter = options.exporter;
    this.#name = nameOf(options.exporter);
    this.#position = options.position;
    this.#maxBytes = options.maxBytes;
    this.#exportTimeoutMillis = options.exportTimeoutMillis;
    this.#scheduler = options.scheduler;
    this.#onEncode = options.onEncode;
  }

  get stats(): ExportQueueStats {
    return {
      exporter: this.#name,
      position: this.#position,
      length: this.#waiting.length + (this.#underWay === undefined ? 0 : 1),
      byteLength: this.#byteLength,
      exported: this.#exported,
      retried: this.#retried,
      dropped: { ...this.#dropped },
    };
  }

  push(profile: Profile): void {
    const byteLength = profileByteLength(profile);
    const expiresAtMillis = this.#scheduler.nowMillis() + MAX_AGE_MILLIS;
    const entry: Entry = { profile, byteLength, expiresAtMillis, openCall: undefined, deliveredLate: false };
    this.#byteLength += byteLength;
    if (this.#closed) {
      this.#drop(entry, 'shut down');
      return;
    }
    this.#waiting.push(entry);
    while (this.#byteLength > this.#maxBytes) {
      const oldest = this.#waiting.shift();
      if (oldest === undefined) break;
      this.#drop(oldest, 'queue full');
    }
    this.#pump();
  }

  /** Tries to deliver what is there, without waiting for own delays. Ends when a try fails, or after the timeout. */
  async flush(timeoutMillis: number): Promise<void> {
    await this.#drain(this.#scheduler.nowMillis() + timeoutMillis, 0);
  }

  /** As {@link flush}, with a few seconds of further tries; then gives up what is left and shuts the exporter down. */
  async shutdown(timeoutMillis: number): Promise<void> {
    const deadlineMillis = this.#scheduler.nowMillis() + timeoutMillis;
    await this.#drain(deadlineMillis, SHUTDOWN_RETRY_MILLIS);
    this.#closed = true;
    this.#cancelTimer?.();
    for (const entry of this.#waiting.splice(0)) this.#drop(entry, 'shut down');
    let ended: Promise<unknown>;
    try {
      ended = Promise.resolve(this.#exporter.shutdown());
    } catch (error) {
      ended = Promise.reject(error);
    }
    ended.catch((error: unknown) => this.#sayOnce('shutdown', `${this.#name} did not shut down cleanly: ${messageOf(error)}`));
    await endsWithin(ended, Math.max(deadlineMillis - this.#scheduler.nowMillis(), 1_000));
  }

  async #drain(deadlineMillis: number, retryMillis: number): Promise<void> {
    const nowMillis = (): number => this.#scheduler.nowMillis();
    const retryUntilMillis = Math.min(deadlineMillis, nowMillis() + retryMillis);
    for (;;) {
      const attempt = this.#underWay ?? this.#tryNext();
      if (attempt !== undefined) {
        if (!(await endsWithin(attempt, deadlineMillis - nowMillis()))) return;
        if ((await attempt) !== 'kept') continue;
      }
      const next = this.#waiting[0];
      const dueMillis = (): number => (attempt === undefined ? this.#serverBusyUntilMillis : this.#nextTryMillis);
      if (next === undefined || retryMillis === 0 || dueMillis() > retryUntilMillis) return;
      if (next.openCall !== undefined) {
        const { answered, untilMillis } = next.openCall;
        await endsWithin(answered, Math.min(untilMillis, retryUntilMillis) - nowMillis());
        // At the end rather twice than not at all.
        next.openCall = undefined;
      }
      // Timers fire up to a millisecond early, and a try before the server's time is no try.
      while (dueMillis() > nowMillis()) await pause(Math.ceil(dueMillis() - nowMillis()));
    }
  }

  /** Goes on with the next profile now, or sets the timer for when it is due. */
  #pump(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#closed || this.#underWay !== undefined || this.#waiting.length === 0) return;
    const delayMillis = Math.max(this.#nextTryMillis, this.#blockedUntilMillis()) - this.#scheduler.nowMillis();
    if (delayMillis > 0) this.#cancelTimer = this.#scheduler.schedule(() => this.#pump(), delayMillis);
    else void this.#tryNext();
  }

  #blockedUntilMillis(): number {
    return Math.max(this.#serverBusyUntilMillis, this.#waiting[0]?.openCall?.untilMillis ?? 0);
  }

  /** undefined = nothing to send, or it has to wait: for the server's time, or a call that may still answer. Never rejects. */
  #tryNext(): Promise<Outcome> | undefined {
    const nowMillis = this.#scheduler.nowMillis();
    while ((this.#waiting[0]?.expiresAtMillis ?? Infinity) < nowMillis) this.#drop(this.#waiting.shift() as Entry, 'too old');
    if (this.#blockedUntilMillis() > nowMillis) return undefined;
    const entry = this.#waiting.shift();
    if (entry === undefined) return undefined;
    this.#underWay = this.#call(entry).then((result) => {
      this.#underWay = undefined;
      const outcome = this.#settle(entry, result);
      this.#pump();
      return outcome;
    });
    return this.#underWay;
  }

  #call(entry: Entry): Promise<ExportResult> {
    return new Promise((resolve) => {
      const timeoutMillis = this.#exportTimeoutMillis;
      let takeAnswer: (result: ExportResult) => void = resolve;
      const cancel = this.#scheduler.schedule(() => {
        takeAnswer = this.#leaveOpen(entry);
        resolve({ code: 1, retryable: true, error: new Error(`no answer within exportTimeoutMillis (${timeoutMillis} ms)`) });
      }, timeoutMillis);
      const settle = (result: ExportResult): void => {
        cancel();
        const take = takeAnswer;
        takeAnswer = () => {};
        take(result);
      };
      const fail = (error: unknown): void => settle({ code: 1, error: new Error(messageOf(error)) });
      try {
        // An async function satisfies the contract's type too, and rejects where it should call back.
        const returned: unknown = this.#exporter.export(entry.profile, settle);
        Promise.resolve(returned).catch(fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  /** Takes the answer of a call that has outlasted its timeout, should it come after all. */
  #leaveOpen(entry: Entry): (given: ExportResult | undefined) => void {
    let close = (): void => {};
    const openCall: OpenCall = {
      answered: new Promise((resolve) => {
        close = resolve;
      }),
      untilMillis: this.#scheduler.nowMillis() + this.#exportTimeoutMillis,
    };
    entry.openCall = openCall;
    return (given) => {
      const result = this.#read(given);
      const position = this.#waiting.indexOf(entry);
      if (result.code !== 0) {
        this.#serverBusyUntilMillis = Math.max(this.#serverBusyUntilMillis, this.#scheduler.nowMillis() + result.retryAfterMillis);
      } else if (position === -1) {
        entry.deliveredLate = true;
      } else {
        this.#waiting.splice(position, 1);
        this.#countDelivered(entry);
      }
      if (entry.openCall === openCall) entry.openCall = undefined;
      close();
      this.#pump();
    };
  }

  #read(given: ExportResult | undefined): ReadResult {
    const result = readResult(given);
    if (result.encodeMillis > 0) this.#onEncode(result.encodeMillis, { exporter: this.#name, position: this.#position });
    return result;
  }

  #countDelivered(entry: Entry): void {
    this.#byteLength -= entry.byteLength;
    this.#exported += 1;
    this.#recover();
  }

  #settle(entry: Entry, given: ExportResult | undefined): Outcome {
    const result = this.#read(given);
    if (result.code === 0 || entry.deliveredLate) {
      this.#countDelivered(entry);
      return 'delivered';
    }
    const { message, retryAfterMillis } = result;
    if (!result.retryable) {
      this.#sayOnce('refused', `${this.#name} could not export a profile, which is lost: ${message}`);
      this.#drop(entry, 'refused');
      return 'dropped';
    }
    this.#failuresInARow += 1;
    this.#retried += 1;
    const nowMillis = this.#scheduler.nowMillis();
    this.#serverBusyUntilMillis = nowMillis + retryAfterMillis;
    this.#nextTryMillis = nowMillis + Math.max(backoffMillis(this.#failuresInARow), retryAfterMillis);
    const kept = `profiles are kept, up to ${Math.round(this.#maxBytes / MEBIBYTE)} MiB, and sent again`;
    this.#sayOnce('failure', `${this.#name} could not export a profile; ${kept}: ${message}`);
    if (this.#closed || this.#byteLength > this.#maxBytes) {
      this.#drop(entry, this.#closed ? 'shut down' : 'queue full');
      return 'dropped';
    }
    this.#waiting.unshift(entry);
    return 'kept';
  }

  #drop(entry: Entry, reason: DropReason): void {
    this.#byteLength -= entry.byteLength;
    this.#dropped[reason] += 1;
    if (reason === 'refused') return;
    this.#sayOnce(reason, `${this.#name}: a profile was dropped undelivered (${reason}); more may follow`);
  }

  #recover(): void {
    this.#failuresInARow = 0;
    this.#nextTryMillis = 0;
    this.#serverBusyUntilMillis = 0;
    if (this.#said.size === 0) return;
    this.#said.clear();
    const lost = Object.values(this.#dropped).reduce((sum, count) => sum + count, 0);
    logger.info(`${this.#name} exports profiles again; lost since the start: ${lost}`);
  }

  #sayOnce(topic: string, message: string): void {
    if (this.#said.has(topic)) return;
    this.#said.add(topic);
    logger.warn(message);
  }
}
