import type { Profile } from '@flamespan/profile';
import { profileFromStacks, spanIdFor, traceIdFor } from '@flamespan/profile/testing';
import type { Span, Store } from '@flamespan/viewer';
import { createStore } from '@flamespan/viewer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SampleSelection, Scope, ValueType } from '../src/api/selection.ts';
import { callTreeAnswer } from '../src/queries/call-tree-answer.ts';
import { selectedProfiles } from '../src/queries/selected-profiles.ts';
import { spanAnswer } from '../src/queries/span-answer.ts';
import { traceAnswer } from '../src/queries/trace-answer.ts';
import { drawProfile, drawSpans, id, ORIGIN, TRACE } from './drawing.ts';
import { stacksOf, sum } from './stacks.ts';

const MILLI = 1_000_000;
const OTHER_TRACE = '00000000000000000000000000000abc';
const SCOPES: readonly Scope[] = ['span-and-children', 'span', 'span-period', 'full-profile'];
const MOMENT = Number(ORIGIN / 1_000n) / 1_000;

function storeOf(spans: readonly Span[], ...profiles: Profile[]): Store {
  const store = createStore();
  store.addSpans(spans);
  store.addProfiles(profiles);
  return store;
}

const stacks = (store: Store, selection: SampleSelection): string[] => stacksOf(callTreeAnswer(store, selection).tree, undefined, MILLI);

describe('the scopes of a span', () => {
  const store = storeOf(
    [
      ...drawSpans('1 - 0 200 GET\n2 1 10 150 call\n4 3 40 60 back'),
      ...drawSpans('3 2 20 140 GET', { service: 'stock' }),
      ...drawSpans('5 - 0 500 other', { traceId: OTHER_TRACE }),
    ],
    drawProfile(`
      10  10 9 1 GET_/a  main;handler
      30  10 8 2 GET_/a  main;handler;call
      50  10 7 4 GET_/b  main;back
      100 10 6 - -       main;timer
      200 10 5 1 GET_/a  main;handler
      310 10 4 1 GET_/a  main;later
      400 10 3 - -       main;timer
    `),
    drawProfile('60 10 9 5 GET_/c main;other\n250 10 9 5 GET_/c main;other', { traceId: OTHER_TRACE }),
    drawProfile('40 10 9 3 GET_/ main;remote', { service: 'stock' }),
    drawProfile('1100 10 9 - - main;timer', { window: [1_000, 2_000] }),
  );

  it.each<[Scope, string, string[]]>([
    ['span', '1', ['main;handler 20', 'main;later 10']],
    ['span', '2', ['main;handler;call 10']],
    ['span-and-children', '1', ['main;back 10', 'main;handler 20', 'main;handler;call 10', 'main;later 10']],
    ['span-and-children', '2', ['main;back 10', 'main;handler;call 10']],
    ['span-and-children', '3', ['main;remote 10']],
    ['span-period', '1', ['main;back 10', 'main;handler 20', 'main;handler;call 10', 'main;other 10', 'main;timer 10']],
    ['span-period', '2', ['main;back 10', 'main;handler;call 10', 'main;other 10', 'main;timer 10']],
    ['span-period', '3', ['main;remote 10']],
    ['full-profile', '2', ['main;back 10', 'main;handler 20', 'main;handler;call 10', 'main;later 10', 'main;other 20', 'main;timer 20']],
  ])('%s of span %s', (scope, span, expected) => {
    expect(stacks(store, { trace: TRACE, span: id(span), scope })).toEqual(expected);
  });

  it('are span and children by default, and all spans of the trace without a span', () => {
    expect(stacks(store, { trace: TRACE, span: id('2') })).toEqual(['main;back 10', 'main;handler;call 10']);
    expect(stacks(store, { trace: TRACE })).toEqual(['main;back 10', 'main;handler 20', 'main;handler;call 10', 'main;later 10', 'main;remote 10']);
  });

  it('say beforehand how many samples they have', () => {
    for (const span of ['1', '2', '3', '4']) {
      const { samplesByScope } = spanAnswer(store, TRACE, id(span))!;
      for (const scope of SCOPES) expect(samplesByScope[scope]).toBe(callTreeAnswer(store, { trace: TRACE, span: id(span), scope }).samples);
    }
  });

  it('take CPU as well as wall time, and heap only for whole profiles', () => {
    expect(stacks(store, { trace: TRACE, span: id('2'), type: 'cpu' })).toEqual(['main;back 7', 'main;handler;call 8']);
    const heap = storeOf(drawSpans('1 - 0 200 GET'), { ...profileFromStacks('main;cache 4 objects 2048 bytes'), startTimeUnixNano: ORIGIN, resource: drawProfile('').resource });
    for (const scope of SCOPES) {
      expect(callTreeAnswer(heap, { trace: TRACE, span: id('1'), scope, type: 'inuse_space' })).toMatchObject({ total: scope === 'full-profile' ? 2048 : 0, samplingIntervalNanos: null });
    }
  });

  it('know a span by its samples alone while it has not arrived', () => {
    const early = storeOf([], drawProfile('10 10 9 1 GET_/a main;handler\n20 10 9 - - main;timer'));
    expect(SCOPES.map((scope) => stacks(early, { trace: TRACE, span: id('1'), scope }).length)).toEqual([1, 1, 0, 2]);
  });

  it.each([{ trace: 'nothing' }, { trace: 'nothing', span: id('1') }, { trace: TRACE, span: 'nothing' }, { span: id('1') }])('are empty for %j', (selection) => {
    for (const scope of SCOPES) expect(callTreeAnswer(store, { ...selection, scope })).toMatchObject({ total: 0, samples: 0, profiles: 0, firstMoment: null, lastMoment: null, tree: { parent: [-1], self: [0] } });
  });

  it('put what is linked to local roots on these', () => {
    const [root, child] = ['root', 'child'].map(spanIdFor) as [string, string];
    const traceId = traceIdFor('root');
    const drawn = drawSpans('1 - 0 200 GET\n2 1 0 200 work', { traceId });
    const spans = drawn.map((span) => ({ ...span, spanId: span.spanId === id('1') ? root : child, parentSpanId: span.parentSpanId === '' ? '' : root }));
    const text = 'main;handler 2 @root\nmain;work 3 @child<root';
    const [byRoot, bySpan] = (['local-root', 'span'] as const).map((linkScope) => storeOf(spans, profileFromStacks(text, { linkScope })));
    expect(callTreeAnswer(byRoot!, { trace: traceId, span: root, scope: 'span' }).samples).toBe(5);
    expect(callTreeAnswer(byRoot!, { trace: traceId, span: child, scope: 'span' }).samples).toBe(0);
    expect(callTreeAnswer(bySpan!, { trace: traceId, span: root, scope: 'span' }).samples).toBe(2);
    expect(callTreeAnswer(bySpan!, { trace: traceId, span: child, scope: 'span' }).samples).toBe(3);
  });
});

describe('other selections', () => {
  const store = storeOf([], drawProfile(`
    10 10 9 1 GET_/a  main;a
    20 10 9 2 GET_/b  main;b
    30 10 9 - POST_/c main;c
    40 10 9 - -       main;timer
  `, { calls: { 'GET /a': 4, 'GET /b': 6 } }), drawProfile('10 10 9 3 GET_/a main;d', { service: 'stock' }));

  it.each<[string, SampleSelection, string[]]>([
    ['everything', {}, ['main;a 10', 'main;b 10', 'main;c 10', 'main;d 10', 'main;timer 10']],
    ['a service', { service: 'stock' }, ['main;d 10']],
    ['an endpoint', { endpoint: ['GET /a'] }, ['main;a 10', 'main;d 10']],
    ['several endpoints', { endpoint: ['GET /b', 'POST /c'], service: 'shop' }, ['main;b 10', 'main;c 10']],
    ['work for no endpoint', { endpoint: [''] }, ['main;timer 10']],
    ['no endpoint at all', { endpoint: [] }, []],
    ['a time, its end excluded', { from: MOMENT + 15, to: MOMENT + 30 }, ['main;b 10']],
    ['a profile', { profile: 1 }, ['main;d 10']],
    ['another thread', { thread: 1 }, []],
    ['another version', { version: '2' }, []],
    ['another host', { host: 'far' }, []],
    ['another process', { process: 'x' }, []],
    ['an impossible time', { from: Infinity, to: -Infinity }, []],
    ['no time', { from: Number.NaN, to: Number.NaN, service: 'stock' }, ['main;d 10']],
    ['a time of a span', { trace: TRACE, span: id('1'), scope: 'span', from: MOMENT + 11 }, []],
  ])('%s', (_name, selection, expected) => {
    expect(stacks(store, selection)).toEqual(expected);
  });

  it('say what they cover, and on what they rest', () => {
    const whole = callTreeAnswer(store, { service: 'shop' });
    expect(whole).toMatchObject({ samples: 4, total: 40 * MILLI, profiles: 1, samplingIntervalNanos: 10_101_000, calls: null });
    expect([whole.firstMoment! - MOMENT, whole.lastMoment! - MOMENT].map(Math.round)).toEqual([0, 1_000]);
    const span = callTreeAnswer(store, { trace: TRACE, span: id('2') });
    expect([span.firstMoment! - MOMENT, span.lastMoment! - MOMENT].map(Math.round)).toEqual([10, 20]);
  });

  it('count the calls of chosen endpoints, not of a part of a window whose traces are not held', () => {
    expect(callTreeAnswer(store, { endpoint: ['GET /a', 'GET /b', 'GET /a'] }).calls).toBe(10);
    expect(callTreeAnswer(store, { endpoint: ['GET /a'], from: MOMENT, to: MOMENT + 500 }).calls).toBeNull();
    expect(callTreeAnswer(store, { endpoint: ['GET /a'], from: MOMENT - 1, to: MOMENT + 950 }).calls).toBeNull();
    expect(callTreeAnswer(store, { endpoint: ['GET /a'], from: MOMENT - 1, to: MOMENT + 1_001 }).calls).toBe(4);
    expect(callTreeAnswer(store, { endpoint: ['POST /c'] }).calls).toBeNull();
    expect(callTreeAnswer(store, { endpoint: ['GET /a'], trace: TRACE }).calls).toBeNull();
  });

  it('take of what is alive the last window of each thread, and all that was allocated', () => {
    const window = (n: number, text: string, thread = 0): Profile => profileFromStacks(text, { startTimeUnixNano: ORIGIN + BigInt(n) * 60_000_000_000n, thread: { id: thread, name: '' } });
    const heap = storeOf([],
      window(0, 'main;cache 10 objects 1000 bytes 40 allocated 4000 allocated-bytes'),
      window(1, 'main;cache 20 objects 2000 bytes 30 allocated 3000 allocated-bytes'),
      window(1, 'main;cache 5 objects 500 bytes 6 allocated 600 allocated-bytes', 1),
    );
    const totals = (selection: SampleSelection): unknown[] => (['inuse_space', 'inuse_objects', 'alloc_space', 'alloc_objects'] as const).map((type) => callTreeAnswer(heap, { ...selection, type }).total);
    expect(totals({})).toEqual([2500, 25, 7600, 76]);
    expect(totals({ thread: 0 })).toEqual([2000, 20, 7000, 70]);
    expect(totals({ to: MOMENT + 60_000 })).toEqual([1000, 10, 4000, 40]);
    expect(totals({ endpoint: [''] })).toEqual([0, 0, 0, 0]);
    expect(callTreeAnswer(heap, { type: 'inuse_space' }).tree.unit).toBe('bytes');
    expect(callTreeAnswer(heap, { type: 'alloc_objects' }).tree.unit).toBe('count');
  });

  it('can be taken away as profiles', () => {
    const mine = selectedProfiles(store, { endpoint: ['GET /b'], service: 'shop' });
    expect(mine.map(({ samples, endpointCalls }) => [samples.length, endpointCalls.size])).toEqual([[1, 0]]);
    expect(stacks(storeOf([], ...mine), {})).toEqual(['main;b 10']);
    expect(selectedProfiles(store, { service: 'shop' })[0]!.endpointCalls.size).toBe(2);
    expect(selectedProfiles(store, { service: 'nobody' })).toEqual([]);
  });
});

describe('any store', () => {
  const sample = fc.record({ time: fc.integer({ min: 0, max: 900 }), wall: fc.integer({ min: 0, max: 20 }), cpu: fc.integer({ min: 0, max: 20 }), span: fc.integer({ min: 0, max: 8 }), frames: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 5 }) });
  const span = fc.record({ parent: fc.integer({ min: 0, max: 8 }), start: fc.integer({ min: -50, max: 900 }), length: fc.integer({ min: -20, max: 500 }), service: fc.constantFrom('shop', 'stock') });

  it('gives for every scope the sums that the samples have', () => {
    fc.assert(fc.property(fc.array(span, { minLength: 8, maxLength: 8 }), fc.array(sample, { maxLength: 40 }), fc.array(sample, { maxLength: 40 }), (drawn, shop, stock) => {
      const number = (n: number): string => (n === 0 ? '-' : String(n));
      const spans = drawn.flatMap(({ parent, start, length, service }, i) => drawSpans(`${i + 1} ${number(parent)} ${start} ${start + length} s${i + 1}`, { service }));
      const profile = (samples: typeof shop, service: string): Profile => drawProfile(samples.map(({ time, wall, cpu, span: row, frames }) => `${time} ${wall} ${cpu} ${number(row)} ${row === 0 ? '-' : 'GET_/'} ${frames.join(';')}`).join('\n'), { service });
      const store = storeOf(spans, profile(shop, 'shop'), profile(stock, 'stock'));
      const all = [...shop.map((item) => ({ ...item, service: 'shop' })), ...stock.map((item) => ({ ...item, service: 'stock' }))];
      const check = (type: ValueType, selection: SampleSelection, expected: typeof all): void => {
        const { total, samples, tree } = callTreeAnswer(store, { ...selection, type });
        expect([total / MILLI, samples]).toEqual([sum(expected.map((item) => (type === 'wall' ? item.wall : item.cpu))), expected.length]);
        expect([sum(tree.self), sum(tree.samples)]).toEqual([total, samples]);
      };
      const tree = traceAnswer(store, TRACE)!.spans;
      for (const type of ['wall', 'cpu'] as const) {
        check(type, {}, all);
        check(type, { trace: TRACE }, all.filter((item) => item.span !== 0));
        drawn.forEach(({ start, length, service }, i) => {
          const selection = { trace: TRACE, span: id(String(i + 1)) };
          check(type, { ...selection, scope: 'span' }, all.filter((item) => item.span === i + 1));
          // The shop's samples may name spans of stock: then its profiles count for these.
          const own = new Set([service, ...all.filter((item) => item.span === i + 1).map((item) => item.service)]);
          check(type, { ...selection, scope: 'span-period' }, all.filter((item) => own.has(item.service) && item.time > start && item.time <= start + length));
          check(type, { ...selection, scope: 'full-profile' }, all.filter((item) => own.has(item.service) && Math.max(start, start + length) >= 0));
          const at = tree.findIndex(({ spanId }) => spanId === selection.span);
          const below = tree.slice(at, tree[at]!.subtreeEnd).filter(({ process }) => process === tree[at]!.process).map(({ spanId }) => spanId);
          check(type, { ...selection, scope: 'span-and-children' }, all.filter((item) => below.includes(id(String(item.span)))));
        });
      }
      const { samples, linkedSamples } = store.stats();
      expect([samples, linkedSamples]).toEqual([all.length, all.filter((item) => item.span !== 0).length]);
    }), { numRuns: 100 });
  });
});
