import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutFlames } from '../src/flame-graph/flame-layout.ts';
import type { FlameLayout } from '../src/flame-graph/flame-layout.ts';
import { nodeAt, placeOf, visibleRange, visibleRows } from '../src/flame-graph/flame-viewport.ts';
import { diffOf, nodeOf, pathOf, treeOf } from './draw-tree.ts';

const tree = treeOf(`
  main;handler;sort 3
  main;handler;sort;compare 2
  main;handler;query 1
  main;timer 10
  main 4
`);
const layout = layoutFlames(tree);
const at = (path: string): number => nodeOf(tree, path);

/** Each row as text: names with where they begin and end. */
function drawn({ rows, tree: { frames, frame }, start, extent }: FlameLayout): string[] {
  return rows.map((row) => [...row].map((node) => `${frames.name[frame[node]!]!} ${start[node]}-${start[node]! + extent[node]!}`).join(' | '));
}

describe('the layout of a flame graph', () => {
  it('has a row for each depth, the widest sibling first, children within their parent', () => {
    expect(drawn(layout)).toEqual([
      'all 0-20',
      'main 0-20',
      'timer 0-10 | handler 10-16',
      'sort 10-15 | query 15-16',
      'compare 10-12',
    ]);
  });

  it('leaves out what has no value, and has no rows where nothing has', () => {
    expect(drawn(layoutFlames(treeOf('main;idle 0/3\nmain;busy 2')))).toEqual(['all 0-2', 'main 0-2', 'busy 0-2']);
    expect(layoutFlames(treeOf('main;idle 0')).rows).toEqual([]);
  });

  it('draws two sides as wide as their mean, so that code which is gone stays visible', () => {
    const both = layoutFlames(diffOf('main;gone 4\nmain;same 2', 'main;same 2\nmain;new 8'));
    expect(drawn(both)).toEqual(['all 0-8', 'main 0-8', 'new 0-4 | gone 4-6 | same 6-8']);
    const gone = nodeOf(both.tree, 'main;gone');
    expect([both.baseTotal![gone], both.total[gone]]).toEqual([4, 0]);
  });

  it('keeps siblings apart and inside, whatever the tree', () => {
    const stacks = fc.array(fc.tuple(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 30 });
    fc.assert(fc.property(stacks, (lines) => {
      const some = layoutFlames(treeOf(lines.map(([path, value]) => `${path.join(';')} ${value}`).join('\n')));
      for (const row of some.rows) {
        for (let i = 1; i < row.length; i++) expect(some.start[row[i]!]).toBeGreaterThanOrEqual(some.start[row[i - 1]!]! + some.extent[row[i - 1]!]!);
        for (const node of row) {
          if (node === 0) continue;
          const parent = some.tree.parent[node]!;
          expect(some.start[node]).toBeGreaterThanOrEqual(some.start[parent]!);
          expect(some.start[node]! + some.extent[node]!).toBeLessThanOrEqual(some.start[parent]! + some.extent[parent]!);
        }
      }
    }));
  });
});

describe('what of a flame graph is on the screen', () => {
  const all = { layout, zoom: 0, width: 200 };
  const zoomed = { layout, zoom: at('main;handler'), width: 600 };
  const names = (viewport: typeof all, row: number): string[] => {
    const { from, to } = visibleRange(viewport, row);
    return Array.from(layout.rows[row]!.subarray(from, to), (node) => pathOf(tree, node));
  };

  it('is all of it at first', () => {
    expect(names(all, 2)).toEqual(['main;timer', 'main;handler']);
    expect(visibleRows(all)).toBe(5);
    expect(placeOf(all, at('main;handler'))).toEqual({ x: 100, width: 60 });
  });

  it('is one subtree as wide as the canvas, with its callers above it', () => {
    expect(placeOf(zoomed, at('main;handler'))).toEqual({ x: 0, width: 600 });
    expect(placeOf(zoomed, at('main'))).toEqual({ x: 0, width: 600 });
    expect(placeOf(zoomed, at('main;handler;query'))).toEqual({ x: 500, width: 100 });
    expect(placeOf(zoomed, at('main;timer'))).toBeNull();
    expect(names(zoomed, 3)).toEqual(['main;handler;sort', 'main;handler;query']);
    expect(visibleRows({ layout, zoom: at('main;timer'), width: 600 })).toBe(3);
  });

  it('finds the node at a place', () => {
    const found = (viewport: typeof all, x: number, row: number): string => {
      const node = nodeAt(viewport, x, row);
      return node < 0 ? '' : pathOf(tree, node);
    };
    expect(found(all, 0, 0)).toBe('.');
    expect(found(all, 99.9, 2)).toBe('main;timer');
    expect(found(all, 100, 2)).toBe('main;handler');
    expect(found(all, 160, 2)).toBe('');
    expect(found(all, 199.9, 1)).toBe('main');
    expect(found(all, 200, 1)).toBe('');
    expect(found(all, 10, 9)).toBe('');
    expect(found(zoomed, 599, 1)).toBe('main');
    expect(found(zoomed, 499, 3)).toBe('main;handler;sort');
    expect(found(zoomed, 501, 3)).toBe('main;handler;query');
  });

  it('does not find what is too narrow to be drawn, until it is zoomed', () => {
    const narrow = layoutFlames(treeOf('main;wide 999\nmain;narrow;leaf 1'));
    expect(nodeAt({ layout: narrow, zoom: 0, width: 500 }, 499.8, 2)).toBe(-1);
    expect(nodeAt({ layout: narrow, zoom: 0, width: 1_000 }, 999.5, 2)).toBe(nodeOf(narrow.tree, 'main;narrow'));
    expect(nodeAt({ layout: narrow, zoom: nodeOf(narrow.tree, 'main;narrow'), width: 500 }, 250, 3)).toBe(nodeOf(narrow.tree, 'main;narrow;leaf'));
  });

  it('finds in the middle of each node that very node, whatever is zoomed', () => {
    const nodes = [...tree.parent.keys()];
    const missed = nodes.flatMap((zoom) => nodes.filter((node) => {
      const viewport = { layout, zoom, width: 640 };
      const place = placeOf(viewport, node);
      return place !== null && nodeAt(viewport, place.x + place.width / 2, layout.depth[node]!) !== node;
    }));
    expect(missed).toEqual([]);
  });
});
