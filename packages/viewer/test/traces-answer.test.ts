import type { Span, Store } from '@flamespan/viewer';
import { createStore, slowestTrace } from '@flamespan/viewer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TraceFilter } from '../src/api/answers.ts';
import { stateAnswer } from '../src/queries/state-answer.ts';
import { traceAnswer } from '../src/queries/trace-answer.ts';
import { tracesAnswer } from '../src/queries/traces-answer.ts';
import { drawProfile, drawSpans, id, ORIGIN, TRACE } from './drawing.ts';

const MILLI = 1_000_000;
const MOMENT = Number(ORIGIN / 1_000n) / 1_000;
const traceId = (n: number): string => n.toString(16).padStart(32, '0');
const http = (route: string): { attributes: Record<string, string> } => ({ attributes: { 'http.route': route, 'http.request.method': 'GET' } });
const number = (trace: string): number => Number.parseInt(trace, 16);

function shop(): Store {
  const store = createStore();
  store.addSpans(drawSpans('1 - 0 100 GET\n2 1 10 20 SELECT', { traceId: traceId(1), ...http('/a') }));
  // Its child runs on in the background: the call took 50 ms.
  store.addSpans(drawSpans('1 - 10 60 GET\n2 1 20 5000! job', { traceId: traceId(2), ...http('/b') }));
  store.addSpans(drawSpans('1 - 20 100 GET', { traceId: traceId(3), ...http('/a') }));
  store.addSpans(drawSpans('2 1 30 430 GET', { traceId: traceId(3), service: 'stock', ...http('/c') }));
  store.addProfiles([
    drawProfile('15 10 9 2 GET_/a main', { traceId: traceId(1) }),
    drawProfile('35 10 3 2 GET_/c main\n45 10 4 1 GET_/a main', { traceId: traceId(3) }),
  ]);
  return store;
}

describe('the list of traces', () => {
  const store = shop();
  const found = (filter: TraceFilter): number[] => tracesAnswer(store, filter).traces.map((row) => number(row.traceId));

  it('names the longest call of each', () => {
    expect(tracesAnswer(store, {})).toMatchObject({ total: 3, matched: 3, offset: 0 });
    expect(tracesAnswer(store, {}).traces).toMatchObject([
      { traceId: traceId(3), service: 'stock', endpoint: 'GET /c', rootSpanId: id('2'), services: ['shop', 'stock'], durationNanos: 400 * MILLI, spans: 2, errors: 0, samples: 2, cpuNanos: 7 * MILLI },
      { traceId: traceId(2), service: 'shop', endpoint: 'GET /b', rootSpanId: id('1'), services: ['shop'], durationNanos: 50 * MILLI, spans: 2, errors: 1, samples: 0, cpuNanos: null },
      { traceId: traceId(1), endpoint: 'GET /a', durationNanos: 100 * MILLI, spans: 2, samples: 1, cpuNanos: 9 * MILLI },
    ]);
    expect(tracesAnswer(store, {}).traces.map(({ startMoment }) => Math.round(startMoment - MOMENT))).toEqual([20, 10, 0]);
  });

  it.each<[string, TraceFilter, number[]]>([
    ['newest first', {}, [3, 2, 1]],
    ['slowest first', { order: 'slowest' }, [3, 1, 2]],
    ['by CPU, those without samples last', { order: 'cpu' }, [1, 3, 2]],
    ['by spans, of equal ones the last first', { order: 'spans' }, [3, 2, 1]],
    ['a service, whichever part it has', { service: 'stock' }, [3]],
    ['an endpoint of any call in it', { endpoint: ['GET /a'] }, [3, 1]],
    ['several endpoints', { endpoint: ['GET /b', 'GET /c'] }, [3, 2]],
    ['an endpoint of another service', { endpoint: ['GET /c'], service: 'shop' }, []],
    ['errors', { status: 'error' }, [2]],
    ['no errors', { status: 'ok' }, [3, 1]],
    ['a duration', { minDurationNanos: 60 * MILLI, maxDurationNanos: 100 * MILLI }, [1]],
    ['a time', { from: MOMENT + 5, to: MOMENT + 15 }, [2]],
    ['a name', { search: 'select' }, [1]],
    ['a trace', { search: traceId(2) }, [2]],
    ['a trace by its beginning', { search: traceId(0).slice(0, 31) }, [3, 2, 1]],
    ['nothing', { search: 'no such span' }, []],
    ['a page', { offset: 1, limit: 1 }, [2]],
    ['a page beyond', { offset: 3 }, []],
    ['no page', { limit: 0 }, []],
    ['a limit that is none', { limit: Number.NaN, offset: -4 }, [3, 2, 1]],
  ])('%s', (_name, filter, expected) => {
    expect(found(filter)).toEqual(expected);
  });

  it('counts durations on a logarithmic scale, also those that the duration filter leaves out', () => {
    const { histogram: { edgesNanos, counts, errors }, matched } = tracesAnswer(store, { maxDurationNanos: 60 * MILLI });
    expect(matched).toBe(1);
    expect([counts[0], errors[0], counts.at(-1), errors.at(-1)]).toEqual([1, 1, 1, 0]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(edgesNanos).toHaveLength(counts.length + 1);
    expect(edgesNanos[0]).toBeLessThanOrEqual(50 * MILLI);
    expect(edgesNanos.at(-1)).toBeGreaterThan(400 * MILLI);
    expect(tracesAnswer(createStore(), {}).histogram).toEqual({ edgesNanos: [], counts: [], errors: [] });
  });

  it('puts every duration between the borders of its bucket', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.nat({ max: 3_000 }), fc.integer({ min: 0, max: 2 ** 40 }), fc.constantFrom(1_000, 10_000, 1_259, 1_000_000, 10 ** 9)), { minLength: 1, maxLength: 20 }), (durations) => {
      const store = createStore();
      durations.forEach((nanos, i) => store.addSpans(drawSpans('1 - 0 1 x', { traceId: traceId(i) }).map((span) => ({ ...span, durationNanos: nanos }))));
      const { histogram: { edgesNanos, counts } } = tracesAnswer(store, {});
      counts.forEach((count, i) => expect(count).toBe(durations.filter((nanos) => nanos >= edgesNanos[i]! && nanos < edgesNanos[i + 1]!).length));
      expect(edgesNanos).toEqual(edgesNanos.toSorted((a, b) => a - b));
    }));
  });

  it('gives with pages of any size the same as sorting everything', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 40 }), fc.nat({ max: 45 }), fc.nat({ max: 45 }), (lengths, offset, limit) => {
      const store = createStore();
      lengths.forEach((length, i) => store.addSpans(drawSpans(`1 - 0 ${length} x`, { traceId: traceId(i + 1) })));
      const expected = lengths.map((length, i) => ({ length, i: i + 1 })).sort((a, b) => b.length - a.length || b.i - a.i).slice(offset, offset + limit).map(({ i }) => i);
      expect(tracesAnswer(store, { order: 'slowest', offset, limit }).traces.map((row) => number(row.traceId))).toEqual(expected);
    }));
  });
});

describe('what is known of a trace beside its spans', () => {
  const drawn = [...drawSpans('1 - 0 100 a\n2 1 10 90 b\n3 2 20 30 c\n6 6 0 700 self\n7 8 0 800 p\n8 7 0 900 q'), ...drawSpans('4 2 40 60 d\n5 4 41 59 e', { service: 'stock' })];

  it('does not depend on the order in which spans come, nor on batches', () => {
    fc.assert(fc.property(fc.shuffledSubarray(drawn, { minLength: 1 }), fc.integer({ min: 1, max: 4 }), (spans, batch) => {
      const store = createStore();
      for (let i = 0; i < spans.length; i += batch) store.addSpans(spans.slice(i, i + batch));
      const held = new Map(spans.map((span) => [span.spanId, span]));
      const isRoot = (span: Span): boolean => held.get(span.parentSpanId)?.resource.attributes['service.name'] !== span.resource.attributes['service.name'];
      const roots = spans.filter(isRoot).sort((a, b) => b.durationNanos - a.durationNanos);
      const trace = store.trace(TRACE)!;
      const expected = roots.length > 0 ? roots : spans.slice(0, 1);
      expect(trace.localRoots.map(({ span }) => span.durationNanos)).toEqual(expected.map(({ durationNanos }) => durationNanos));
      expect(slowestTrace(store)?.localRoot.spanId).toBe(trace.localRoots[0]!.span.spanId);
      expect([...trace.names].map(({ text }) => text).sort()).toEqual(spans.map(({ name }) => name).sort());
      expect(tracesAnswer(store, {}).traces).toMatchObject([{ durationNanos: trace.localRoots[0]!.span.durationNanos, spans: spans.length }]);
    }), { numRuns: 200 });
  });

  it('takes twenty thousand spans without parents, one at a time', () => {
    const store = createStore();
    const [template] = drawSpans('1 - 0 1 orphan');
    for (let i = 0; i < 20_000; i++) store.addSpans([{ ...template!, spanId: id(String(i)), parentSpanId: id(`f${i}`), durationNanos: i }]);
    expect(store.trace(TRACE)!.localRoots).toHaveLength(20_000);
    expect(tracesAnswer(store, {}).traces).toMatchObject([{ durationNanos: 19_999 }]);
  });

  it('is found by an endpoint that its latest span brought', () => {
    const store = createStore();
    const [template] = drawSpans('1 - 0 1 orphan');
    const orphan = (i: number, name: string): Span => ({ ...template!, name, spanId: id(String(i)), parentSpanId: id(`f${i}`) });
    store.addSpans(Array.from({ length: 100 }, (_, i) => orphan(i, 'orphan')));
    // So few among so many do not have the local roots looked through again.
    store.addSpans([orphan(100, 'latest')]);
    expect(tracesAnswer(store, { endpoint: ['latest'] }).matched).toBe(1);
    expect(tracesAnswer(store, { endpoint: ['orphan'], service: 'shop' }).matched).toBe(1);
    expect(tracesAnswer(store, { endpoint: ['latest'], service: 'stock' }).matched).toBe(0);
  });

  it('goes with the trace', () => {
    const store = createStore({ maxBytes: 30_000 });
    for (let n = 1; n <= 100; n++) store.addSpans(drawSpans(`1 - 0 1 name${n}`, { traceId: traceId(n) }));
    const { traces, evictedTraces } = store.stats();
    expect(evictedTraces).toBe(100 - traces);
    const kept = Array.from({ length: traces }, (_, i) => `name${100 - traces + 1 + i}`);
    expect([...store.spanNames()].map(({ text }) => text)).toEqual(kept);
    expect(stateAnswer(store, { version: '1', endpoints: { http: 'x', grpc: null } }).services[0]).toMatchObject({ endpoints: kept.toSorted(), spans: traces });
    expect(tracesAnswer(store, { search: 'name1' }).matched).toBe(kept.filter((name) => name.includes('name1')).length);
  });
});

describe('one trace', () => {
  it('is its waterfall in plain numbers', () => {
    const store = shop();
    const answer = traceAnswer(store, traceId(3))!;
    expect(answer).toMatchObject({ traceId: traceId(3), durationNanos: 410 * MILLI, samples: 2 });
    expect(Math.round(answer.startMoment - MOMENT)).toBe(20);
    expect(answer.spans).toMatchObject([
      { spanId: id('1'), parentSpanId: '', name: 'GET', kind: 'server', service: 'shop', depth: 0, subtreeEnd: 2, isLocalRoot: true, startNanos: 0, durationNanos: 80 * MILLI, error: false, samples: 1, wallNanos: 10 * MILLI, cpuNanos: 4 * MILLI, onThread: [15 * MILLI, 25 * MILLI], subtreeOnThreadNanos: 10 * MILLI, waitingNanos: 70 * MILLI },
      { spanId: id('2'), parentSpanId: id('1'), service: 'stock', depth: 1, isLocalRoot: true },
    ]);
    expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
    expect(traceAnswer(store, traceId(9))).toBeUndefined();
  });

  it('takes circles, missing parents, and kinds and times that cannot be', () => {
    const store = createStore();
    store.addSpans([
      ...drawSpans('1 2 0 10 a\n2 1 5 20 b\n3 3 0 1 self\n4 9 50 40! back'),
      { ...drawSpans('5 - 0 1 far')[0]!, kind: 99, startTimeUnixNano: 2n ** 64n - 1n, endTimeUnixNano: 0n },
      { ...drawSpans('6 - 0 1 early')[0]!, startTimeUnixNano: 0n, endTimeUnixNano: 2n ** 64n - 1n, durationNanos: 2 ** 64 },
    ]);
    const { spans } = traceAnswer(store, TRACE)!;
    expect(spans.map(({ name }) => name).sort()).toEqual(['a', 'b', 'back', 'early', 'far', 'self']);
    expect(spans.filter(({ isLocalRoot }) => isLocalRoot).map(({ name }) => name).sort()).toEqual(['a', 'back', 'early', 'far', 'self']);
    expect(spans.find(({ name }) => name === 'far')!.kind).toBe('unspecified');
    expect(spans.find(({ name }) => name === 'back')).toMatchObject({ error: true, durationNanos: 0 });
    for (const { startNanos, durationNanos } of spans) expect([Number.isFinite(startNanos), Number.isFinite(durationNanos)]).toEqual([true, true]);
    expect(tracesAnswer(store, {}).traces).toHaveLength(1);
  });
});
