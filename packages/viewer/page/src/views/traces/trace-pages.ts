import type { DurationHistogram, TraceFilter, TraceRow, TracesAnswer } from '../../../../src/api/answers.ts';
import type { Arrivals } from './new-traces.ts';
import { arrivals } from './new-traces.ts';

export const PAGE_ROWS = 200;
/** Moments are floats of milliseconds: less than the shortest step would be lost. */
const JUST_AFTER_MILLIS = 0.01;

export type FetchTraces = (filter: TraceFilter, signal: AbortSignal) => Promise<TracesAnswer>;

const NONE: Arrivals = { count: 0, isAtLeast: false };

/**
 * The traces of one filter, in pages that are fetched as rows come into sight. What is shown stands still until
 * {@link refresh}: in the order of arrival every page asks for no more than what had begun when the first page came, so
 * that later traces do not push rows from one page to the next.
 */
export class TracePages {
  readonly #fetch: FetchTraces;
  readonly #changed: () => void;
  #filter: TraceFilter = {};
  #pages = new Map<number, readonly TraceRow[]>();
  readonly #under = new Map<number, AbortController>();
  #pin: number | undefined;
  #head: AbortController | undefined;
  #headAgain: (() => void) | undefined;

  matched = 0;
  total = 0;
  histogram: DurationHistogram | undefined;
  error: Error | undefined;
  arrivals: Arrivals = NONE;
  /** Whether the first answer of the current filter is there. */
  isKnown = false;

  constructor(fetch: FetchTraces, changed: () => void) {
    this.#fetch = fetch;
    this.#changed = changed;
  }

  rowAt(row: number): TraceRow | undefined {
    return this.#pages.get(Math.floor(row / PAGE_ROWS))?.[row % PAGE_ROWS];
  }

  setFilter(filter: TraceFilter): void {
    this.#filter = filter;
    this.#head?.abort();
    this.#head = undefined;
    this.#headAgain = undefined;
    this.isKnown = false;
    this.refresh();
  }

  /** Shows the newest. */
  refresh(): void {
    this.#fetchHead((answer) => {
      for (const abort of this.#under.values()) abort.abort();
      this.#under.clear();
      this.#pages = new Map([[0, answer.traces]]);
      this.matched = answer.matched;
      const first = answer.traces[0];
      this.#pin = isByArrival(this.#filter) && first !== undefined ? first.startMoment + JUST_AFTER_MILLIS : undefined;
      this.arrivals = NONE;
      this.isKnown = true;
    }, () => this.refresh());
  }

  /** Looks what has arrived, and leaves the rows as they are. */
  check(): void {
    if (!this.isKnown) return this.refresh();
    return this.#fetchHead((answer) => {
      const known = new Set([...this.#pages.values()].flatMap((rows) => rows.map(({ traceId }) => traceId)));
      this.arrivals = arrivals(known, this.matched, answer.traces, answer.matched, this.#filter.order ?? 'newest');
      // Nothing to lose sight of.
      if (this.matched === 0 && answer.matched > 0) this.refresh();
    }, () => this.check());
  }

  /** Fetches the pages of these rows, and gives up those under way that are out of sight. */
  need(first: number, end: number): void {
    if (!this.isKnown) return;
    const from = Math.floor(first / PAGE_ROWS);
    const to = Math.floor(Math.max(first, Math.min(end, this.matched) - 1) / PAGE_ROWS);
    for (const [page, abort] of this.#under) {
      if (page >= from && page <= to) continue;
      abort.abort();
      this.#under.delete(page);
    }
    for (let page = from; page <= to; page++) {
      if (!this.#pages.has(page) && !this.#under.has(page) && page * PAGE_ROWS < this.matched) this.#fetchPage(page);
    }
  }

  retry(): void {
    this.error = undefined;
    this.refresh();
    this.#changed();
  }

  dispose(): void {
    this.#head?.abort();
    for (const abort of this.#under.values()) abort.abort();
  }

  #fetchPage(page: number): void {
    const abort = new AbortController();
    this.#under.set(page, abort);
    const { to = this.#pin } = this.#filter;
    this.#fetch({ ...this.#filter, ...(to !== undefined && { to }), offset: page * PAGE_ROWS, limit: PAGE_ROWS }, abort.signal).then(
      ({ traces }) => {
        if (abort.signal.aborted) return;
        this.#under.delete(page);
        this.#pages.set(page, traces);
        this.error = undefined;
        this.#changed();
      },
      (error: unknown) => this.#failed(error, abort, () => this.#under.delete(page)),
    );
  }

  /** One at a time: revisions come faster than a slow answer. */
  #fetchHead(take: (answer: TracesAnswer) => void, again: () => void): void {
    if (this.#head !== undefined) {
      this.#headAgain = again;
      return;
    }
    const abort = new AbortController();
    this.#head = abort;
    this.#fetch({ ...this.#filter, offset: 0, limit: PAGE_ROWS }, abort.signal).then(
      (answer) => {
        if (abort.signal.aborted) return;
        this.#head = undefined;
        this.total = answer.total;
        this.histogram = answer.histogram;
        this.error = undefined;
        take(answer);
        this.#changed();
        const next = this.#headAgain;
        this.#headAgain = undefined;
        next?.();
      },
      (error: unknown) => this.#failed(error, abort, () => {
        this.#head = undefined;
        this.#headAgain = undefined;
      }),
    );
  }

  #failed(error: unknown, abort: AbortController, forget: () => void): void {
    if (abort.signal.aborted) return;
    forget();
    this.error = error as Error;
    this.#changed();
  }
}

function isByArrival({ order = 'newest' }: TraceFilter): boolean {
  return order === 'newest';
}
