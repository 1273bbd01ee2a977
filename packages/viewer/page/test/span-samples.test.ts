import { describe, expect, it } from 'vitest';
import type { TimelineAnswer, TimelineLane } from '../../src/api/answers.ts';
import { colourKeys, coloursOf, laneName, lanesInOrder, sampleAt } from '../src/views/timeline/lane-samples.ts';
import { pointedSample } from '../src/views/timeline/pointed-sample.ts';
import { momentAt, panned, zoomed } from '../src/views/timeline/time-window.ts';
import { frameMoments, framesOfSpan, nodesWith } from '../src/views/trace/linked-samples.ts';
import type { WaitingSpan } from '../src/views/trace/waiting-text.ts';
import { waitGroups, waitGroupText, waitingSentence } from '../src/views/trace/waiting-text.ts';

const OWNERS = { S: 'span', C: 'descendant', O: 'other-span', '-': 'none' } as const;

/**
 * A timeline drawn as samples `start-end owner stack`, such as `0-10 S main;render`, and the spans of the owners: S, C
 * and O are spans of that name.
 */
function timeline(...samples: readonly string[]): TimelineAnswer {
  const names = ['root'];
  const parent = [0];
  const frame = [0];
  const nodes = new Map<string, number>([['', 0]]);
  const lane = { startNanos: [] as number[], durationNanos: [] as number[], cpuNanos: [] as number[], frame: [] as number[], stack: [] as number[], span: [] as number[], owner: [] as TimelineLane['owner'][number][] };
  const spanIds = ['S', 'C', 'O'];
  for (const text of samples) {
    const [, start, end, owner, stack] = /^(\d+)-(\d+) ([SCO-]) (.*)$/.exec(text)!;
    let path = '';
    for (const name of stack!.split(';')) {
      const inner = `${path};${name}`;
      if (!names.includes(name)) names.push(name);
      if (!nodes.has(inner)) {
        nodes.set(inner, parent.length);
        parent.push(nodes.get(path)!);
        frame.push(names.indexOf(name));
      }
      path = inner;
    }
    lane.startNanos.push(Number(start));
    lane.durationNanos.push(Number(end) - Number(start));
    lane.cpuNanos.push(0);
    lane.stack.push(nodes.get(path)!);
    lane.frame.push(frame[nodes.get(path)!]!);
    lane.span.push(spanIds.indexOf(owner!));
    lane.owner.push(OWNERS[owner as keyof typeof OWNERS]);
  }
  const rest = names.map(() => '');
  return {
    startNanos: 0, durationNanos: 1_000_000, waits: [], spanIds,
    frames: { name: names, filename: rest, line: names.map(() => 0), origin: names.map((name) => (name.startsWith('lib') ? 'library' : 'own')), packageName: names.map((name) => (name.startsWith('lib') ? 'pg' : '')) },
    stacks: { parent, frame },
    lanes: [{ threadId: 0, threadName: 'main', kind: 'thread', ...lane }],
  };
}

const key = (name: string): string => [name, '', '0'].join('\0');

describe('samples that a function and a span share', () => {
  const answer = timeline('0-10000 S main;render', '10000-20000 S main;render;sort', '30000-40000 C main;query', '50000-60000 - main;render', '70000-80000 S main');

  it('finds a function anywhere on the stack', () => {
    expect([...frameMoments(answer, key('render'))]).toEqual([['S', [0, 20_000]], ['', [50_000, 60_000]]]);
    expect([...frameMoments(answer, key('sort'))]).toEqual([['S', [10_000, 20_000]]]);
    expect([...frameMoments(answer, key('main')).keys()]).toEqual(['S', 'C', '']);
  });

  it('knows no moments of a function that did not run', () => {
    expect(frameMoments(answer, key('other')).size).toBe(0);
    expect(nodesWith(answer, key('other'))).toBeNull();
  });

  it('tells functions of one name apart', () => {
    expect(nodesWith(answer, ['render', 'elsewhere.ts', '7'].join('\0'))).toBeNull();
  });

  it('lists the functions of a span', () => {
    expect([...framesOfSpan(answer, 'S')].sort()).toEqual(['main', 'render', 'sort'].map(key));
    expect([...framesOfSpan(answer, 'C')].sort()).toEqual(['main', 'query'].map(key));
    expect(framesOfSpan(answer, 'O').size).toBe(0);
    expect(framesOfSpan(answer, 'unknown').size).toBe(0);
  });
});

describe('lanes', () => {
  it('finds the sample that runs at a moment, and none in a gap', () => {
    const lane = { startNanos: [0, 10, 30], durationNanos: [10, 10, 5] };
    expect([-1, 0, 9, 10, 19, 20, 29, 30, 34, 35].map((moment) => sampleAt(lane, moment))).toEqual([-1, 0, 0, 1, 1, -1, -1, 2, 2, -1]);
    expect(sampleAt({ startNanos: [], durationNanos: [] }, 5)).toBe(-1);
  });

  it('has under a resting pointer what is there now, and nothing where another timeline has no more', () => {
    const lanesOf = (...samples: readonly string[]) => timeline(...samples).lanes.map((lane) => ({ lane }));
    const place = { number: 0, moment: 25, x: 7 };
    const before = lanesOf('0-10 S main;a', '10-20 S main;b', '20-30 S main;c');
    expect(pointedSample(before, place)).toEqual({ number: 0, lane: before[0]!.lane, sample: 2, x: 7 });
    expect(pointedSample(lanesOf('20-30 S main;c'), place)?.sample).toBe(0);
    expect(pointedSample(lanesOf('0-10 S main;a'), place)).toBeNull();
    expect(pointedSample([], place)).toBeNull();
    // The waits.
    expect(pointedSample([{ lane: null }], place)).toBeNull();
    expect(pointedSample(before, null)).toBeNull();
  });

  it('gives the first colours to what took the time of the span itself', () => {
    const keys = colourKeys(timeline('0-100 O main;other', '100-110 S main;render', '110-140 C main;query'), 'function');
    expect(keys.map(({ name, wallNanos, samples, colour }) => [name, wallNanos, samples, colour])).toEqual([['query', 30, 1, 0], ['render', 10, 1, 1], ['other', 100, 1, 2]]);
  });

  it('colours by package, own code as one', () => {
    const answer = timeline('0-10 S main;render', '10-15 S main;sort', '15-30 S main;lib1', '30-35 S main;lib2');
    const keys = colourKeys(answer, 'package');
    expect(keys.map(({ name, wallNanos }) => [name, wallNanos])).toEqual([['pg', 20], ['own code', 15]]);
    const colours = coloursOf(keys, answer.frames.name.length);
    expect(answer.frames.name.map((name, frame) => `${name} ${colours[frame]!}`)).toEqual(['root 7', 'main 7', 'render 1', 'sort 1', 'lib1 0', 'lib2 0']);
  });

  it('shares one colour among all functions past the palette', () => {
    const keys = colourKeys(timeline(...Array.from({ length: 12 }, (_, i) => `${i * 10}-${i * 10 + 10 - (i % 3)} S f${i}`)), 'function');
    expect(keys).toHaveLength(12);
    expect(keys.slice(7).every(({ colour }) => colour === 7)).toBe(true);
  });

  it('puts garbage collection on top', () => {
    const [lane] = timeline('0-1 S a').lanes;
    const gc = { ...lane!, kind: 'garbage-collection' as const };
    expect(lanesInOrder([lane!, gc]).map(laneName)).toEqual(['Garbage collection, main', 'Main']);
    expect(laneName({ ...lane!, threadId: 3, threadName: '' })).toBe('Thread 3');
  });
});

describe('zoom and pan', () => {
  const whole = { start: 100e6, end: 200e6 };

  it('keeps the moment under the pointer', () => {
    const view = zoomed(whole, whole, 0.5, 125e6);
    expect(view.end - view.start).toBeCloseTo(50e6);
    expect(momentAt(view, 0.25)).toBeCloseTo(125e6);
  });

  it('never leaves the span', () => {
    expect(zoomed({ start: 110e6, end: 120e6 }, whole, 100)).toEqual(whole);
    expect(panned({ start: 110e6, end: 120e6 }, whole, -50e6)).toEqual({ start: 100e6, end: 110e6 });
    expect(panned({ start: 110e6, end: 120e6 }, whole, 500e6)).toEqual({ start: 190e6, end: 200e6 });
    expect(panned(whole, whole, 5e6)).toEqual(whole);
  });

  it('ends where samples are single', () => {
    let view = whole;
    for (let i = 0; i < 50; i++) view = zoomed(view, whole, 0.5);
    expect(view.end - view.start).toBeCloseTo(100_000);
    expect(zoomed({ start: 5, end: 10 }, { start: 5, end: 10 }, 0.5)).toEqual({ start: 5, end: 10 });
  });
});

describe('what a span waited for', () => {
  const span = (over: Partial<WaitingSpan>): WaitingSpan => ({ durationNanos: 200e6, waitingNanos: 180e6, profiledNanos: 200e6, samples: 2, subtreeOnThreadNanos: 20e6, ...over });

  it('says how much of it was waiting', () => {
    expect(waitingSentence(span({}), 10e6)).toBe('This span waited 180 ms of 200 ms');
    expect(waitingSentence(span({ waitingNanos: 0 }), 10e6)).toBe('This span did not wait: it was on the thread for all of its 200 ms.');
  });

  it('says when nobody knows, or only in part', () => {
    expect(waitingSentence(span({ waitingNanos: null }), 10e6)).toContain('is not known');
    expect(waitingSentence(span({ profiledNanos: 150e6 }), 10e6)).toBe('This span waited at most 180 ms of 200 ms, as profiles cover only 150 ms of it');
  });

  it('does not call a span that is too short for samples a waiting one', () => {
    const short = span({ durationNanos: 3e6, waitingNanos: 3e6, profiledNanos: 3e6, subtreeOnThreadNanos: 0, samples: 0 });
    expect(waitingSentence(short, 10e6)).toBe('This span took 3.00 ms: with one sample every 10.0 ms, whether it ran or waited is not known.');
    expect(waitingSentence(short, 1e6)).toBe('This span waited 3.00 ms of 3.00 ms');
    expect(waitingSentence({ ...short, subtreeOnThreadNanos: 1e6, waitingNanos: 2e6 }, 10e6)).toBe('This span waited 2.00 ms of 3.00 ms');
  });

  it('adds up spans of one name, longest first', () => {
    const groups = waitGroups([
      { startNanos: 0, durationNanos: 30e6, spanId: 'a', name: 'SELECT' },
      { startNanos: 40e6, durationNanos: 50e6, spanId: 'b', name: 'SELECT' },
      { startNanos: 95e6, durationNanos: 5e6, spanId: 'b', name: 'SELECT' },
      { startNanos: 100e6, durationNanos: 95e6, spanId: null, name: null },
      { startNanos: 196e6, durationNanos: 1e6, spanId: 'c', name: '' },
    ]);
    expect(groups.map(waitGroupText)).toEqual(['95.0 ms in no span', '85.0 ms in 2 spans SELECT', '1.00 ms in (no name)']);
    expect(groups.map(({ spanId }) => spanId)).toEqual([null, 'b', 'c']);
  });
});
