import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallTree } from '../src/call-tree/call-tree.ts';
import { callers } from '../src/call-tree/callers.ts';
import { totalsOf } from '../src/call-tree/columns.ts';
import { focus } from '../src/call-tree/focus.ts';
import { originOf } from '../src/call-tree/frame-origin.ts';
import { diffCallTrees, mergeCallTrees } from '../src/call-tree/merge.ts';
import { searchCallTree } from '../src/call-tree/search.ts';
import { speedscopeFromCallTree } from '../src/call-tree/speedscope.ts';
import { functionTotals, packageTotals } from '../src/call-tree/totals.ts';
import { withoutLibraries } from '../src/call-tree/without-libraries.ts';
import { INTERVAL, pathOf, stacksOf, sum, treeOf } from './stacks.ts';

const nodeOf = (tree: CallTree, path: string): number => tree.parent.findIndex((_, i) => pathOf(tree, i) === path);
const frameOf = (tree: CallTree, name: string): number => tree.frames.name.indexOf(name);

const SERVICE = `
  main;handler;sort 3
  main;handler;sort;compare 2
  main;handler;query 1
  main;timer;sort 4
  main 1
`;

describe('a call tree', () => {
  const tree = treeOf(SERVICE);

  it('has each stack once, with what its leaf took itself', () => {
    expect(stacksOf(tree)).toEqual(['main 1', 'main;handler;query 1', 'main;handler;sort 3', 'main;handler;sort;compare 2', 'main;timer;sort 4']);
    expect(tree.samples).toEqual(tree.self.map((value) => value / INTERVAL));
    expect(tree.parent.slice(1).every((parent, i) => parent <= i)).toBe(true);
    expect(sum(tree.self)).toBe(11 * INTERVAL);
  });

  it('sums up subtrees', () => {
    const totals = totalsOf(tree, tree.self);
    expect(totals[0]).toBe(11 * INTERVAL);
    expect(totals[nodeOf(tree, 'main;handler')]).toBe(6 * INTERVAL);
    expect(totals[nodeOf(tree, 'main;timer')]).toBe(4 * INTERVAL);
  });

  it('focuses on a subtree, its callers above it without their own time', () => {
    expect(stacksOf(focus(tree, nodeOf(tree, 'main;handler')))).toEqual(['main;handler;query 1', 'main;handler;sort 3', 'main;handler;sort;compare 2']);
    expect(stacksOf(focus(tree, nodeOf(tree, 'main;handler;sort')))).toEqual(['main;handler;sort 3', 'main;handler;sort;compare 2']);
    expect(stacksOf(focus(tree, 0))).toEqual(stacksOf(tree));
  });

  it('turns upside down: each function with its callers below it', () => {
    expect(stacksOf(callers(tree))).toEqual(['compare;sort;handler;main 2', 'main 1', 'query;handler;main 1', 'sort;handler;main 3', 'sort;timer;main 4']);
    const inverted = callers(tree);
    expect(totalsOf(inverted, inverted.self)[nodeOf(inverted, 'sort')]).toBe(7 * INTERVAL);
  });

  it('says who called one function, with all that ran below it', () => {
    expect(stacksOf(callers(tree, { frame: frameOf(tree, 'sort') }))).toEqual(['sort;handler;main 5', 'sort;timer;main 4']);
  });

  it('counts recursion once, for the outermost call', () => {
    const recursive = treeOf('main;walk;walk;walk 2\nmain;walk;visit;walk 1\nmain;visit 5');
    expect(stacksOf(callers(recursive, { frame: frameOf(recursive, 'walk') }))).toEqual(['walk;main 3']);
    const [visit, walk] = functionTotals(recursive);
    expect([recursive.frames.name[visit!.frame], visit!.self / INTERVAL, visit!.total / INTERVAL]).toEqual(['visit', 5, 6]);
    expect([recursive.frames.name[walk!.frame], walk!.self / INTERVAL, walk!.total / INTERVAL, walk!.selfSamples, walk!.totalSamples]).toEqual(['walk', 3, 3, 3, 3]);
  });

  it('does not follow callers of next to nothing, but keeps what they have', () => {
    const many = treeOf('main;a;hot 99\nmain;b;cold 1');
    expect(stacksOf(callers(many, { minShare: 0.02 }))).toEqual(['cold 1', 'hot;a;main 99']);
  });

  it('merges trees by function, whatever their numbers', () => {
    const other = treeOf('other;main 7\nmain;timer;sort 1\nmain;new 2');
    expect(stacksOf(mergeCallTrees([tree, other]))).toEqual(['main 1', 'main;handler;query 1', 'main;handler;sort 3', 'main;handler;sort;compare 2', 'main;new 2', 'main;timer;sort 5', 'other;main 7']);
    expect(stacksOf(mergeCallTrees([]))).toEqual([]);
  });

  it('lays two trees side by side', () => {
    const diff = diffCallTrees(tree, treeOf('main;handler;sort 8\nmain;new 2'));
    expect(stacksOf(diff)).toEqual(['main;handler;sort 8', 'main;new 2']);
    expect(stacksOf(diff, diff.baseSelf)).toEqual(stacksOf(tree));
    const inverted = callers(diff);
    expect([stacksOf(inverted), stacksOf(inverted, inverted.baseSelf)]).toEqual([['new;main 2', 'sort;handler;main 8'], stacksOf(callers(tree))]);
  });

  it('finds a text in functions, files and packages, each stack once', () => {
    const found = searchCallTree(tree, 'SORT');
    expect([found.total / INTERVAL, found.samples]).toEqual([9, 9]);
    expect([...found.matches].flatMap((match, i) => (match === 1 ? [pathOf(tree, i)] : []))).toEqual(['main;handler;sort', 'main;timer;sort']);
    expect(searchCallTree(tree, 'app.js').total).toBe(11 * INTERVAL);
    expect(searchCallTree(tree, '').total).toBe(0);
    expect(searchCallTree(tree, 'nothing like it').total).toBe(0);
  });

  it('becomes a speedscope file', () => {
    const { shared, profiles: [profile] } = speedscopeFromCallTree(treeOf('main;sort[sort.js:12:3] 3\nmain;query 1'), 'shop');
    expect(profile).toMatchObject({ unit: 'nanoseconds', endValue: 4 * INTERVAL });
    const drawn = profile.samples.map((stack, i) => `${stack.map((frame) => shared.frames[frame]!.name).join(';')} ${profile.weights[i]! / INTERVAL}`);
    expect(drawn.sort()).toEqual(['main;query 1', 'main;sort 3']);
    expect(shared.frames.find(({ name }) => name === 'sort')).toEqual({ name: 'sort', file: 'sort.js', line: 1 });
  });
});

describe('code of others', () => {
  it.each([
    ['app', '/srv/app/routes.ts', 'own', ''],
    ['url', 'file:///srv/app/routes.ts', 'own', ''],
    ['similar', '/srv/my_node_modules/a.js', 'own', ''],
    ['express', '/srv/node_modules/express/lib/router.js', 'library', 'express'],
    ['scoped', 'C:\\srv\\node_modules\\@scope\\name\\index.js', 'library', '@scope/name'],
    ['pnpm', '/srv/node_modules/.pnpm/pg@8.1.0/node_modules/pg/lib/client.js', 'library', 'pg'],
    ['read', 'node:fs', 'runtime', 'node:fs'],
    ['read', 'node:fs/promises', 'runtime', 'node:fs'],
    ['hash', 'node:internal/crypto/hash', 'runtime', 'node:crypto'],
    ['serve', 'node:_http_server', 'runtime', 'node:http'],
    ['Node.js', '', 'runtime', ''],
    ['Garbage Collection', '', 'engine', ''],
  ] as const)('%s in %s is %s %s', (name, file, origin, packageName) => {
    expect(originOf(name, file)).toEqual({ origin, packageName });
  });

  const tree = treeOf(`
    listen[node:net:1:1];route[/app/node_modules/express/index.js:1:1];handler[/app/a.js:1:1];parse[/app/node_modules/qs/index.js:1:1];read[node:fs:1:1] 3
    listen[node:net:1:1];route[/app/node_modules/express/index.js:1:1];handler[/app/a.js:1:1];map[/app/node_modules/lodash/map.js:1:1];each[/app/a.js:9:1] 2
    listen[node:net:1:1];route[/app/node_modules/express/index.js:1:1] 1
    handler[/app/a.js:1:1] 4
  `);

  it('counts for the own function that called it, or for the root', () => {
    expect(stacksOf(withoutLibraries(tree))).toEqual(['. 1', 'handler 7', 'handler;each 2']);
  });

  it('adds up by package, each once a stack', () => {
    expect(packageTotals(tree).map(({ origin, packageName, self, total, totalSamples }) => [origin, packageName, self / INTERVAL, total / INTERVAL, totalSamples])).toEqual([
      ['own', '', 6, 9, 9],
      ['runtime', 'node:fs', 3, 3, 3],
      ['library', 'express', 1, 6, 6],
      ['runtime', 'node:net', 0, 6, 6],
      ['library', 'qs', 0, 3, 3],
      ['library', 'lodash', 0, 2, 2],
    ]);
  });
});

describe('any tree', () => {
  const frame = fc.constantFrom('a', 'b', 'c', 'x[/app/node_modules/x/x.js:1:1]', 'y[node:fs:2:2]');
  const stacks = fc.array(fc.tuple(fc.array(frame, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 9 })), { maxLength: 30 })
    .map((list) => list.map(([frames, count]) => `${frames.join(';')} ${count}`).join('\n'));

  it('keeps its sum in every view, and agrees with counting stacks by hand', () => {
    fc.assert(fc.property(stacks, fc.nat(), (text, pick) => {
      const tree = treeOf(text);
      const total = sum(tree.self);
      for (const view of [callers(tree), withoutLibraries(tree), mergeCallTrees([tree]), focus(tree, 0), diffCallTrees(tree, tree)]) {
        expect(sum(view.self)).toBe(total);
        expect(sum(view.samples) * INTERVAL).toBe(total);
        expect(view.parent.every((parent, i) => parent < i)).toBe(true);
        expect(new Set(view.parent.map((parent, i) => `${parent}/${view.frame[i]!}`)).size).toBe(view.parent.length);
      }
      expect(stacksOf(callers(callers(tree, { minShare: 0 }), { minShare: 0 }))).toEqual(stacksOf(tree));
      const chosen = 1 + (pick % Math.max(1, tree.frames.name.length - 1));
      if (chosen >= tree.frames.name.length) return;
      const withIt = sum(tree.self.filter((_, i) => ancestry(tree, i).includes(chosen)));
      expect(functionTotals(tree).find((totals) => totals.frame === chosen)?.total ?? 0).toBe(withIt);
      expect(sum(callers(tree, { frame: chosen }).self)).toBe(withIt);
    }), { numRuns: 200 });
  });

  function ancestry({ parent, frame: frames }: CallTree, node: number): number[] {
    const path: number[] = [];
    for (let i = node; i > 0; i = parent[i]!) path.push(frames[i]!);
    return path;
  }

  it('may be wide, with few functions in many places', () => {
    const length = 30_000;
    const column = (value: (i: number) => number): number[] => Array.from({ length }, (_, i) => value(i));
    const wide: CallTree = {
      unit: 'count', frames: treeOf('a;b;c;d;e;f;g 1').frames,
      parent: column((i) => (i === 0 ? -1 : Math.floor((i - 1) / 7))), frame: column((i) => (i === 0 ? 0 : 1 + ((i - 1) % 7))), self: column((i) => i), samples: column(() => 1),
    };
    const merged = mergeCallTrees([wide, wide]);
    expect([merged.parent, merged.frame]).toEqual([wide.parent, wide.frame]);
    expect(merged.self).toEqual(wide.self.map((value) => value * 2));
    expect(stacksOf(callers(callers(wide, { minShare: 0 }), { minShare: 0 }), undefined, 1)).toEqual(stacksOf(wide, undefined, 1));
  });

  it('may be a single deep stack', () => {
    const length = 50_000;
    const deep: CallTree = {
      unit: 'count', frames: { name: ['all', 'f', 'g'], filename: ['', '', ''], line: [0, 0, 0], origin: ['engine', 'own', 'library'], packageName: ['', '', 'p'] },
      parent: Array.from({ length }, (_, i) => i - 1), frame: Array.from({ length }, (_, i) => (i === 0 ? 0 : 1 + (i % 2))), self: Array.from({ length }, (_, i) => Number(i === length - 1)), samples: Array.from({ length }, (_, i) => Number(i === length - 1)),
    };
    expect(callers(deep).parent).toHaveLength(length);
    expect(functionTotals(deep)).toMatchObject([{ total: 1 }, { total: 1 }]);
    expect(packageTotals(deep)).toHaveLength(2);
    expect(sum(withoutLibraries(deep).self)).toBe(1);
    expect(focus(deep, length - 1).parent).toHaveLength(length);
    expect(mergeCallTrees([deep, deep]).self.at(-1)).toBe(2);
  });
});
