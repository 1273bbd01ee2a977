import type { Profile } from '@flamespan/profile';
import type { Span, Store } from '@flamespan/viewer';
import { createStore } from '@flamespan/viewer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimelineLane } from '../src/api/answers.ts';
import { spanAnswer } from '../src/queries/span-answer.ts';
import { timelineAnswer } from '../src/queries/timeline-answer.ts';
import { drawProfile, drawSpans, id, ORIGIN, TRACE } from './drawing.ts';
import { pathOf } from './stacks.ts';

const MILLI = 1_000_000;

function storeOf(spans: readonly Span[], ...profiles: Profile[]): Store {
  const store = createStore();
  store.addSpans(spans);
  store.addProfiles(profiles);
  return store;
}

/** `from-to name`, in milliseconds, longest first. */
const waits = (store: Store, span: string): string[] => spanAnswer(store, TRACE, id(span))!.waits
  .map(({ startNanos, durationNanos, name }) => `${startNanos / MILLI}-${(startNanos + durationNanos) / MILLI} ${name ?? '-'}`);

describe('where a span waited', () => {
  it('names the deepest span that was open, in whichever process, or none', () => {
    const store = storeOf([
      ...drawSpans(`
        1 - 0 500 GET
        2 1 100 300 call
        4 1 350 380 cache
        5 1 360 430 db
      `),
      ...drawSpans('3 2 120 280 remote', { service: 'stock' }),
    ], drawProfile(`
      50  50 50 1 GET_/ main;handler
      450 20 20 1 GET_/ main;handler
    `));
    expect(waits(store, '1')).toEqual(['120-280 remote', '360-430 db', '50-100 -', '300-350 -', '450-500 -', '100-120 call', '280-300 call', '350-360 cache']);
    expect(spanAnswer(store, TRACE, id('1'))!.waits[0]).toEqual({ startNanos: 120 * MILLI, durationNanos: 160 * MILLI, spanId: id('3'), name: 'remote' });
    expect(waits(store, '2')).toEqual(['120-280 remote', '100-120 -', '280-300 -']);
  });

  it('leaves out gaps shorter than the sampling interval, and time that nobody sampled', () => {
    const spans = drawSpans('1 - 0 200 GET');
    expect(waits(storeOf(spans, drawProfile('50 50 1 1 GET_/ main\n68 10 1 1 GET_/ main\n200 100 1 1 GET_/ main')), '1')).toEqual(['68-100 -']);
    expect(waits(storeOf(spans, drawProfile('50 50 1 1 GET_/ main', { window: [0, 100] })), '1')).toEqual(['50-100 -']);
    expect(waits(storeOf(spans), '1')).toEqual([]);
    expect(waits(storeOf(spans, drawProfile('', { window: [500, 600] })), '1')).toEqual([]);
  });

  it('adds up to the waiting time, gaps cut by spans or not', () => {
    const interval = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 200 }));
    fc.assert(fc.property(fc.array(fc.tuple(interval, fc.nat()), { maxLength: 12 }), fc.array(interval, { maxLength: 8 }), (children, samples) => {
      const spans = drawSpans(['1 - 0 600 GET', ...children.map(([[start, length], parent], i) => `${i + 2} ${1 + (parent % (i + 1))} ${start} ${start + length} s${i}`)].join('\n'));
      const profile = { ...drawProfile(samples.map(([start, length]) => `${start + length} ${length} 1 1 GET_/ main`).join('\n')), samplingIntervalNanos: 0n };
      const { waits: list, span } = spanAnswer(storeOf(spans, profile), TRACE, id('1'))!;
      const drawn = list.map(({ startNanos, durationNanos }) => [startNanos, startNanos + durationNanos] as const).sort(([a], [b]) => a - b);
      expect(drawn.reduce((sum, [from, to]) => sum + to - from, 0)).toBe(span.waitingNanos);
      drawn.forEach(([from], i) => expect(from).toBeGreaterThanOrEqual(drawn[i - 1]?.[1] ?? 0));
      for (const wait of list) {
        const middle = wait.startNanos + wait.durationNanos / 2;
        const depthOf = new Map<string, number>([[id('1'), 0]]);
        for (const { spanId, parentSpanId } of spans.slice(1)) depthOf.set(spanId, depthOf.get(parentSpanId)! + 1);
        const open = spans.slice(1).filter(({ startTimeUnixNano, endTimeUnixNano }) => Number(startTimeUnixNano - ORIGIN) <= middle && middle < Number(endTimeUnixNano - ORIGIN));
        const deepest = open.reduce((most, { spanId }) => Math.max(most, depthOf.get(spanId)!), 0);
        expect(wait.spanId === null ? 0 : depthOf.get(wait.spanId)).toBe(deepest);
      }
    }), { numRuns: 200 });
  });
});

describe('a span', () => {
  it('comes with what it carries, as text', () => {
    const [drawn] = drawSpans('1 - 0 200! GET', { attributes: { 'http.route': '/a', count: 3, big: 2n ** 62n, list: ['a', 1, 2n], bytes: new Uint8Array([1, 2]), map: { deep: [null, true] }, none: undefined, odd: Number.NaN } });
    const span: Span = { ...drawn!, status: { code: 2, message: 'broken' }, scope: { name: 'http', version: '1.2' }, events: [{ name: 'exception', timeUnixNano: ORIGIN, attributes: { 'exception.message': '<b>no</b>' } }] };
    const answer = spanAnswer(storeOf([span], drawProfile('')), TRACE, id('1'))!;
    expect(answer).toMatchObject({ statusMessage: 'broken', scope: 'http 1.2', samplingIntervalNanos: 10_101_000, span: { spanId: id('1'), error: true } });
    expect(Object.fromEntries(answer.attributes.map(({ key, value }) => [key, value]))).toEqual({
      'http.route': '/a', count: '3', big: '"4611686018427387904"', list: '["a",1,"2"]', bytes: '"AQI="', map: '{"deep":[null,true]}', none: '', odd: '"NaN"',
    });
    expect(answer.resource).toContainEqual({ key: 'service.name', value: 'shop' });
    expect(answer.events).toMatchObject([{ name: 'exception', attributes: [{ key: 'exception.message', value: '<b>no</b>' }] }]);
    expect(spanAnswer(storeOf([span]), TRACE, id('1'))).toMatchObject({ samplingIntervalNanos: null, waits: [], samplesByScope: { span: 0, 'full-profile': 0 } });
  });

  it('is undefined when it is not held', () => {
    const store = storeOf(drawSpans('1 - 0 1 x'));
    for (const answer of [spanAnswer, timelineAnswer]) expect([answer(store, TRACE, id('2')), answer(store, 'none', id('1'))]).toEqual([undefined, undefined]);
  });
});

describe('a timeline', () => {
  const drawLane = ({ startNanos, durationNanos, owner, cpuNanos }: TimelineLane, i: number): string => `${startNanos[i]! / MILLI}-${(startNanos[i]! + durationNanos[i]!) / MILLI} ${owner[i]!} ${cpuNanos[i]! / MILLI}`;
  const onThread = (profile: Profile, thread: number, name: string): Profile => ({ ...profile, thread: { id: thread, name } });

  it('shows what every thread did, whose it was, and garbage collection apart', () => {
    const other = '00000000000000000000000000000abc';
    const store = storeOf(drawSpans('9 - 0 300 caller\n1 9 100 200 GET\n2 1 120 180 work'), drawProfile(`
      105 10 9 1 GET_/ main;handler@/app/a.ts:3;parse@node:url:1
      115 10 8 - -     Node.js;Garbage Collection
      135 10 7 2 GET_/ main;work@/app/b.ts:4
      150 0  6 - -     Node.js;Non JS threads activity
      160 10 5 - GET_/unsampled main;other
      170 10 4 - -     main;timer
      190 10 3 9 GET_/ main;caller
      205 10 2 1 GET_/ main;handler@/app/a.ts:3
      300 10 1 1 GET_/ main;handler@/app/a.ts:3
    `), drawProfile('145 20 20 5 GET_/x main;x', { traceId: other }), onThread(drawProfile('150 100 99 - - worker'), 3, 'pool'), drawProfile('150 10 9 - - stranger', { service: 'stock' }));
    const answer = timelineAnswer(store, TRACE, id('1'))!;
    expect(answer).toMatchObject({ startNanos: 100 * MILLI, durationNanos: 100 * MILLI });
    expect(answer.lanes.map(({ threadId, threadName, kind }) => [threadId, threadName, kind])).toEqual([[0, 'main', 'garbage-collection'], [0, 'main', 'thread'], [3, 'pool', 'thread']]);
    expect(answer.lanes.map((lane) => lane.startNanos.map((_, i) => drawLane(lane, i)))).toEqual([
      ['105-115 none 8'],
      ['100-105 span 9', '125-135 descendant 7', '135-145 other-span 20', '150-160 other-span 5', '160-170 none 4', '180-190 other-span 3', '195-200 span 2'],
      ['100-150 none 99'],
    ]);
    const [gc, main] = answer.lanes as [TimelineLane, TimelineLane];
    expect([...gc.frame, ...main.frame].map((frame) => answer.frames.name[frame])).toEqual(['Garbage Collection', 'handler', 'work', 'x', 'other', 'timer', 'caller', 'handler']);
    const tree = { ...answer.stacks, frames: answer.frames, unit: 'nanoseconds' as const, self: [], samples: [] };
    expect([...gc.stack, ...main.stack].map((node) => pathOf(tree, node))).toEqual(['Node.js;Garbage Collection', 'main;handler;parse', 'main;work', 'main;x', 'main;other', 'main;timer', 'main;caller', 'main;handler']);
    expect(main.span.map((span) => (span === -1 ? '-' : answer.spanIds[span]))).toEqual([id('1'), id('2'), id('5'), '-', '-', id('9'), id('1')]);
    expect(answer.waits.length).toBeGreaterThan(0);
  });

  it('clips what overlaps, so that a lane never has two at a time', () => {
    const samples = (wall: fc.Arbitrary<number>): fc.Arbitrary<[number, number, number][]> => fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), wall, fc.integer({ min: 0, max: 2 })), { maxLength: 30 });
    fc.assert(fc.property(fc.oneof(samples(fc.integer({ min: 0, max: 100 })), fc.integer({ min: 0, max: 40 }).chain((wall) => samples(fc.constant(wall)))), (samples) => {
      const store = storeOf(drawSpans('1 - 100 300 GET'), drawProfile(samples.map(([time, wall, span]) => `${time} ${wall} 1 ${span === 0 ? '-' : span} ${span === 0 ? '-' : 'GET_/'} main`).join('\n')));
      for (const { startNanos, durationNanos } of timelineAnswer(store, TRACE, id('1'))!.lanes) {
        startNanos.forEach((start, i) => {
          expect(durationNanos[i]).toBeGreaterThan(0);
          expect(start).toBeGreaterThanOrEqual(i === 0 ? 0 : startNanos[i - 1]! + durationNanos[i - 1]!);
          expect(start + durationNanos[i]!).toBeLessThanOrEqual(200 * MILLI);
        });
        const covered = new Set(samples.flatMap(([time, wall]) => Array.from({ length: wall }, (_, n) => time - wall + n)).filter((ms) => ms >= 100 && ms < 300)).size;
        const shown = durationNanos.reduce((sum, nanos) => sum + nanos, 0) / MILLI;
        const equallyLong = new Set(samples.map(([, wall]) => wall)).size <= 1;
        expect(shown).toBeLessThanOrEqual(covered);
        expect(shown).toBeGreaterThanOrEqual(equallyLong ? covered : 0);
      }
    }), { numRuns: 200 });
  });
});
