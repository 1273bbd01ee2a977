import type { Profile } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import type { Span } from '@flamespan/viewer';
import { describe, expect, it } from 'vitest';
import type { SampleSelection } from '../src/api/selection.ts';
import { callTreeAnswer } from '../src/queries/call-tree-answer.ts';
import { diffAnswer } from '../src/queries/diff-answer.ts';
import { differ, leastShare } from '../src/call-tree/significance.ts';
import { drawProfile, drawSpans, ORIGIN } from './drawing.ts';
import { INTERVAL, stacksOf, storeOf } from './stacks.ts';

const version = (name: string, text: string, calls = 0): Profile => profileFromStacks(text, {
  resource: { attributes: { 'service.name': 'shop', 'service.version': name } },
  endpointCalls: calls > 0 ? { 'GET /products': calls } : {},
});

const BEFORE = `
  main;handler;sort 50 GET /products
  main;handler;render 100 GET /products
  main;handler;query 3 GET /products
  main;timer 7
`;
/** Twice the traffic; sorting got four times as slow, rendering is as it was. */
const AFTER = `
  main;handler;sort 400 GET /products
  main;handler;render 200 GET /products
  main;handler;query 8 GET /products
  main;handler;cache 2 GET /products
  main;timer 7
`;

describe('the difference of two versions', () => {
  const store = storeOf(version('1', BEFORE, 100), version('2', AFTER, 200));
  const endpoint = ['GET /products'];
  const nameOf = ({ tree }: ReturnType<typeof diffAnswer>, frame: number): string => tree.frames.name[frame]!;

  it('finds the function that became slower per call, whatever the traffic', () => {
    const answer = diffAnswer(store, { version: '1', endpoint }, { version: '2', endpoint });
    expect(answer).toMatchObject({ normalisedBy: 'calls', base: { total: 153 * INTERVAL, samples: 153, calls: 100 }, other: { total: 610 * INTERVAL, samples: 610, calls: 200 } });
    expect(answer.functions.map((change) => [nameOf(answer, change.frame), change.baseSelf / INTERVAL, change.self / INTERVAL, change.baseSamples, change.samples, change.significant])).toEqual([
      ['sort', 0.5, 2, 50, 400, true],
      ['query', 0.03, 0.04, 3, 8, false],
      ['cache', 0, 0.01, 0, 2, false],
      ['main', 0, 0, 0, 0, false],
      ['handler', 0, 0, 0, 0, false],
      ['render', 1, 1, 100, 200, false],
    ]);
    expect(answer.functions.find((change) => nameOf(answer, change.frame) === 'handler')).toMatchObject({ baseTotal: 1.53 * INTERVAL, total: 3.05 * INTERVAL });
    expect(stacksOf(answer.tree)).toEqual(['main;handler;cache 0.01', 'main;handler;query 0.04', 'main;handler;render 1', 'main;handler;sort 2']);
    expect(stacksOf(answer.tree, answer.tree.baseSelf)).toEqual(['main;handler;query 0.03', 'main;handler;render 1', 'main;handler;sort 0.5']);
  });

  it('compares parts of the total where calls are not counted', () => {
    const answer = diffAnswer(store, { version: '1' }, { version: '2' });
    expect(answer.normalisedBy).toBe('total');
    const [first] = answer.functions;
    expect(nameOf(answer, first!.frame)).toBe('sort');
    expect([first!.baseSelf, first!.self, first!.significant]).toEqual([50 / 160, 400 / 617, true]);
    expect(answer.tree.self.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1);
  });

  it('finds nothing between equal sides, and takes empty ones', () => {
    expect(diffAnswer(store, { version: '1' }, { version: '1' }).functions.some(({ significant }) => significant)).toBe(false);
    const empty = diffAnswer(store, { version: 'none' }, { version: '2' });
    expect(empty.base).toEqual({ total: 0, samples: 0, calls: null });
    expect(empty.functions.some(({ significant }) => significant)).toBe(false);
    expect(diffAnswer(store, { version: 'none' }, { version: 'none' })).toMatchObject({ tree: { self: [0], baseSelf: [0] }, functions: [] });
  });

  it('takes the type for both sides', () => {
    const heap = storeOf(version('1', 'main;cache 4 objects 1000 bytes'), version('2', 'main;cache 8 objects 3000 bytes\nmain;list 1 objects 1000 bytes'));
    const answer = diffAnswer(heap, { version: '1' }, { version: '2', type: 'wall' }, 'inuse_space');
    expect([answer.tree.unit, answer.base.total, answer.other.total]).toEqual(['bytes', 1000, 4000]);
  });
});

describe('the difference of two halves of one window', () => {
  // One second: 60 calls in its first half and 540 in its second, each 10 ms after the other and 1 ms on the thread.
  const endOf = (call: number): number => (call < 60 ? (call + 1) * 8 : 500 + (call - 59) * 0.9);
  const calls = Array.from({ length: 600 }, (_, call) => call);
  const profile = drawProfile(calls.map((call) => `${endOf(call) - 0.1} 1 1 - GET_/a main;work`).join('\n'), { calls: { 'GET /a': 600 } });
  const spansOf = (of: readonly number[], service = 'shop'): Span[] => of.flatMap((call) => drawSpans(`1 - ${endOf(call) - 5} ${endOf(call)} GET`, {
    service, traceId: (call + 1).toString(16).padStart(32, '0'), attributes: { 'http.route': '/a', 'http.request.method': 'GET' },
  }));
  const moment = Number(ORIGIN / 1_000n) / 1_000;
  const diffOf = (spans: readonly Span[]): ReturnType<typeof diffAnswer> => {
    const held = storeOf(profile);
    held.addSpans(spans);
    const side = (from: number, to: number): SampleSelection => ({ endpoint: ['GET /a'], from: moment + from, to: moment + to });
    return diffAnswer(held, side(0, 500), side(500, 1_000));
  };

  it('counts the calls of each by their traces, and finds nothing where each call is as it was', () => {
    const answer = diffOf(spansOf(calls));
    expect(answer).toMatchObject({ normalisedBy: 'calls', base: { samples: 60, calls: 60 }, other: { samples: 540, calls: 540 } });
    expect(answer.functions.filter(({ significant }) => significant)).toEqual([]);
  });

  it.each<[string, Span[]]>([
    ['no traces are held', []],
    ['those of the first half were dropped', spansOf(calls.slice(60))],
    ['only one of ten is sampled', spansOf(calls.filter((call) => call % 10 === 0))],
    ['they are of another process', spansOf(calls, 'stock')],
    ['another thread served as many', [...spansOf(calls), ...spansOf(calls.map((call) => 599 - call)).map((span) => ({ ...span, traceId: `f${span.traceId.slice(1)}` }))]],
  ])('knows no calls where %s', (_what, spans) => {
    const answer = diffOf(spans);
    // Half of the calls for each half would make the second one nine times slower.
    expect(answer).toMatchObject({ normalisedBy: 'total', base: { samples: 60, calls: null }, other: { samples: 540 } });
    expect(answer.functions.filter(({ significant }) => significant)).toEqual([]);
  });

  it('takes whole windows for counted, with little of another', () => {
    const held = storeOf(profile, ...[1, 2].map((n) => drawProfile(`${n * 1_000 + 10} 1 1 - GET_/a main;work`, { calls: { 'GET /a': 100 }, window: [n * 1_000, (n + 1) * 1_000] })));
    const callsIn = (from: number, to: number): number | null => callTreeAnswer(held, { endpoint: ['GET /a'], from: moment + from, to: moment + to }).calls;
    expect([callsIn(0, 2_001), callsIn(0, 2_500), callsIn(1_001, 2_500), callsIn(1_001, 1_999)]).toEqual([700, 750, null, null]);
  });
});

describe('chance', () => {
  it.each([
    [{ count: 100, trials: 1_000 }, { count: 100, trials: 1_000 }, false],
    [{ count: 100, trials: 1_000 }, { count: 130, trials: 1_000 }, false],
    [{ count: 100, trials: 1_000 }, { count: 200, trials: 1_000 }, true],
    [{ count: 200, trials: 1_000 }, { count: 100, trials: 1_000 }, true],
    [{ count: 100, trials: 1_000 }, { count: 200, trials: 2_000 }, false],
    [{ count: 0, trials: 1_000 }, { count: 9, trials: 10 }, false],
    [{ count: 0, trials: 1_000 }, { count: 40, trials: 1_000 }, true],
    [{ count: 50, trials: 0 }, { count: 50, trials: 1_000 }, false],
  ])('%j against %j: %s', (a, b, expected) => {
    expect(differ(a, b)).toBe(expected);
  });

  it('leaves of a share what few samples allow for', () => {
    expect(leastShare(10, 10)).toBeCloseTo(0.72, 2);
    expect(leastShare(1_000, 1_000)).toBeGreaterThan(0.99);
    expect(leastShare(50, 100)).toBeCloseTo(0.404, 3);
    expect(leastShare(0, 10)).toBe(0);
    expect(leastShare(0, 0)).toBe(0);
  });
});
