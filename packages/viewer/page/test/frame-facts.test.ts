import { describe, expect, it } from 'vitest';
import { layoutFlames } from '../src/flame-graph/flame-layout.ts';
import { announcement, frameFacts } from '../src/flame-graph/frame-facts.ts';
import { frameKinds } from '../src/flame-graph/frame-kinds.ts';
import { shownTree } from '../src/flame-graph/shown-tree.ts';
import { frameKey } from '../src/flame-graph/node-keys.ts';
import { findingHref } from '../src/views/findings/finding-href.ts';
import { trendText } from '../src/views/endpoints/trend-text.ts';
import { diffOf, nodeOf, pathOf, treeOf } from './draw-tree.ts';

const NOTHING = { trials: null, isTimePerCall: false };

describe('what is said of a function', () => {
  const tree = treeOf(`
    main@src/app.ts:1;send@node_modules/express/lib/send.js:7;sort@src/sort.ts:9 3000000/3
    main@src/app.ts:1 1000000/1
  `);
  const layout = layoutFlames(tree);

  it('has its place, its package, its share of all and of what is zoomed', () => {
    const facts = frameFacts(layout, nodeOf(tree, 'main;send'), { zoom: nodeOf(tree, 'main'), comparison: NOTHING });
    expect(facts).toMatchObject({ name: 'send', place: 'node_modules/express/lib/send.js:7', kind: 'library', origin: 'express (library)' });
    expect(announcement(facts)).toBe('send, node_modules/express/lib/send.js:7, express (library), total 3.00 ms, self 0 ms, of all 75.0%, of main 75.0%, samples 3 samples, 0 in itself');
  });

  it('says both sides and the change in words where two are compared', () => {
    const both = layoutFlames(diffOf('main;price 100', 'main;price 300'));
    const lines = frameFacts(both, nodeOf(both.tree, 'main;price'), { zoom: 0, comparison: { trials: { base: 1_000, other: 1_000 }, isTimePerCall: true }, format: (value) => `${value}/call` }).lines;
    expect(lines.map(({ label, value }) => `${label} ${value}`)).toEqual(['before 100/call, 100 samples', 'after 300/call, 300 samples', 'change slower (3.0 times)', 'self 100/call → 300/call']);
  });

  it('tells garbage collection from other work of the engine', () => {
    const { frames } = treeOf('Node.js;Garbage Collection 1\n(garbage collector) 1\nrun 1\nGarbage Collection@src/gc.ts:1 1\nread@node:fs:1 1');
    expect(frameKinds(frames).slice(1)).toEqual(['runtime', 'garbage-collection', 'garbage-collection', 'engine', 'own', 'runtime']);
  });
});

describe('the tree that is shown', () => {
  const tree = treeOf('main@a.ts;sort@a.ts;get@node_modules/x/i.js 2\nmain@a.ts;timer@a.ts;sort@a.ts 3');
  const paths = (options: { inverted?: boolean; hideLibraries?: boolean; onlyFrame?: string | null }): string[] => {
    const shown = shownTree(tree, { inverted: false, hideLibraries: false, onlyFrame: null, ...options });
    return shown.self.flatMap((value, node) => (value > 0 ? [`${pathOf(shown, node)} ${value}`] : [])).sort();
  };
  const sort = frameKey(tree.frames, tree.frames.name.indexOf('sort'));

  it('is turned around, reduced to own code or to one function', () => {
    expect(paths({})).toEqual(['main;sort;get 2', 'main;timer;sort 3']);
    expect(paths({ hideLibraries: true })).toEqual(['main;sort 2', 'main;timer;sort 3']);
    expect(paths({ onlyFrame: sort })).toEqual(['sort 3', 'sort;get 2']);
    expect(paths({ onlyFrame: sort, inverted: true })).toEqual(['sort;main 2', 'sort;timer;main 3']);
    expect(paths({ onlyFrame: sort, inverted: true, hideLibraries: true })).toEqual(['sort;main 2', 'sort;timer;main 3']);
  });

  it('is everything where the function is not in it', () => {
    expect(paths({ onlyFrame: 'other\u0000\u00000' })).toEqual(paths({}));
  });
});

describe('where a finding leads', () => {
  const finding = { trace: null, span: null, scope: null, frame: null };

  it('keeps the view and finds the function where it is no trace', () => {
    expect(findingHref({ ...finding, frame: 'scryptSync' }, '/endpoints', new URLSearchParams('endpoint=GET+/a&zoom=x'))).toBe('/endpoints?endpoint=GET+%2Fa&find=scryptSync');
    expect(findingHref(finding, '/endpoints', new URLSearchParams())).toBeNull();
  });

  it('opens the span of a trace, without what was chosen elsewhere', () => {
    const found = { ...finding, trace: 'ab', span: '12', scope: 'span' as const, frame: 'sort' };
    expect(findingHref(found, '/endpoints', new URLSearchParams('endpoint=GET+/a'))).toBe('/trace/ab?span=12&scope=span&find=sort');
    expect(findingHref(found, '/trace/ab', new URLSearchParams('type=cpu&span=9&zoom=x'))).toBe('/trace/ab?type=cpu&span=12&scope=span&find=sort');
  });
});

describe('a trend in words', () => {
  it('says where it goes and what was the most', () => {
    expect(trendText([0, 1e6, 4e6, 9e6], 1e9)).toBe('rising, highest 9.00 ms in 1.00 s, 0 ms before the end');
    expect(trendText([9e6, 4e6, 1e6, 0], 1e9)).toBe('falling, highest 9.00 ms in 1.00 s, 3.00 s before the end');
    expect(trendText([5e6, 5e6, 1e6, 5e6, 5e6], 1e9)).toBe('steady, highest 5.00 ms in 1.00 s, 4.00 s before the end');
    expect(trendText([0, 0], 1e9)).toBe('no samples');
    expect(trendText([], 1e9)).toBe('no samples');
  });
});
