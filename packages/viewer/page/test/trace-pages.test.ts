import { describe, expect, it } from 'vitest';
import type { TraceFilter, TraceRow, TracesAnswer } from '../../src/api/answers.ts';
import { filterOf, filters } from '../src/views/traces/trace-filter.ts';
import { PAGE_ROWS, TracePages } from '../src/views/traces/trace-pages.ts';

const row = (number: number): TraceRow => ({
  traceId: `t${number}`, service: 'shop', endpoint: 'GET /', rootSpanId: 's', services: ['shop'], startMoment: number, durationNanos: number, spans: 1, errors: 0, samples: 0, cpuNanos: null,
});

/** A viewer that holds traces 1 to `held`, newest first, and answers when it is told to. */
class Viewer {
  held: number;
  readonly asked: TraceFilter[] = [];
  #waiting: (() => void)[] = [];
  failure: Error | undefined;

  constructor(held: number) {
    this.held = held;
  }

  readonly fetch = (filter: TraceFilter, signal: AbortSignal): Promise<TracesAnswer> => {
    this.asked.push(filter);
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      this.#waiting.push(() => {
        if (this.failure !== undefined) return reject(this.failure);
        const { offset = 0, limit = 200, to = Infinity } = filter;
        const all = Array.from({ length: this.held }, (_, i) => row(this.held - i)).filter(({ startMoment }) => startMoment < to);
        return resolve({ revision: 1, total: this.held, matched: all.length, offset, traces: all.slice(offset, offset + limit), histogram: { edgesNanos: [], counts: [], errors: [] } });
      });
    });
  };

  async answer(): Promise<void> {
    for (const answer of this.#waiting.splice(0)) answer();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function opened(held: number): { viewer: Viewer; pages: TracePages } {
  const viewer = new Viewer(held);
  const pages = new TracePages(viewer.fetch, () => {});
  pages.setFilter({});
  return { viewer, pages };
}

describe('pages of traces', () => {
  it('has the first page, and fetches others when they are needed', async () => {
    const { viewer, pages } = opened(1_000);
    await viewer.answer();
    expect([pages.matched, pages.rowAt(0)?.traceId, pages.rowAt(PAGE_ROWS)?.traceId]).toEqual([1_000, 't1000', undefined]);
    pages.need(190, 410);
    pages.need(190, 410);
    await viewer.answer();
    expect([pages.rowAt(PAGE_ROWS)?.traceId, pages.rowAt(409)?.traceId]).toEqual(['t800', 't591']);
    expect(viewer.asked.map(({ offset }) => offset)).toEqual([0, 200, 400]);
  });

  it('does not push rows from page to page when traces arrive meanwhile', async () => {
    const { viewer, pages } = opened(1_000);
    await viewer.answer();
    viewer.held = 1_012;
    pages.need(200, 210);
    await viewer.answer();
    expect(pages.rowAt(200)?.traceId).toBe('t800');
  });

  it('gives up pages that are out of sight', async () => {
    const { viewer, pages } = opened(10_000);
    await viewer.answer();
    pages.need(1_000, 1_030);
    pages.need(5_000, 5_030);
    await viewer.answer();
    expect([pages.rowAt(1_000), pages.rowAt(5_000)?.traceId]).toEqual([undefined, 't5000']);
  });

  it('counts what arrived and moves nothing until asked to', async () => {
    const { viewer, pages } = opened(300);
    await viewer.answer();
    viewer.held = 312;
    pages.check();
    await viewer.answer();
    expect([pages.arrivals, pages.matched, pages.rowAt(0)?.traceId]).toEqual([{ count: 12, isAtLeast: false }, 300, 't300']);
    pages.refresh();
    await viewer.answer();
    expect([pages.arrivals.count, pages.matched, pages.rowAt(0)?.traceId]).toEqual([0, 312, 't312']);
  });

  it('says so when more arrived than it can count', async () => {
    const { viewer, pages } = opened(10);
    await viewer.answer();
    viewer.held = 1_000;
    pages.check();
    await viewer.answer();
    expect(pages.arrivals).toEqual({ count: PAGE_ROWS, isAtLeast: true });
  });

  it('shows the first trace at once where there was none', async () => {
    const { viewer, pages } = opened(0);
    await viewer.answer();
    viewer.held = 1;
    pages.check();
    await viewer.answer();
    await viewer.answer();
    expect(pages.rowAt(0)?.traceId).toBe('t1');
  });

  it('asks for one first page at a time, and once more when it came', async () => {
    const { viewer, pages } = opened(5);
    pages.check();
    pages.refresh();
    pages.refresh();
    expect(viewer.asked).toHaveLength(1);
    await viewer.answer();
    expect(viewer.asked).toHaveLength(2);
  });

  it('drops the answer to an earlier filter', async () => {
    const { viewer, pages } = opened(5);
    pages.setFilter({ to: 3 });
    await viewer.answer();
    expect([pages.matched, pages.rowAt(0)?.traceId]).toEqual([2, 't2']);
  });

  it('keeps what it shows when the viewer fails, and goes on when it is back', async () => {
    const { viewer, pages } = opened(5);
    await viewer.answer();
    viewer.failure = new Error('gone');
    pages.refresh();
    await viewer.answer();
    expect([pages.error?.message, pages.rowAt(0)?.traceId]).toEqual(['gone', 't5']);
    viewer.failure = undefined;
    pages.retry();
    await viewer.answer();
    expect(pages.error).toBeUndefined();
  });
});

describe('filters in the address', () => {
  it('reads them, several endpoints and the one without a name too', () => {
    expect(filterOf(new URLSearchParams('service=shop&endpoint=GET+%2Fa&endpoint=&minDurationNanos=5&status=error&search=+x+&order=slowest'))).toEqual({
      service: 'shop', endpoint: ['GET /a', ''], minDurationNanos: 5, status: 'error', search: 'x', order: 'slowest',
    });
  });

  it('leaves out what means nothing', () => {
    const filter = filterOf(new URLSearchParams('service=&minDurationNanos=abc&maxDurationNanos=-1&from=&to=1e300&status=maybe&order=newest&search=+'));
    expect(filter).toEqual({});
    expect(filters(filter)).toBe(false);
  });

  it('does not count the order as a filter', () => {
    expect(filters({ order: 'slowest' })).toBe(false);
    expect(filters({ search: 'x' })).toBe(true);
  });
});
