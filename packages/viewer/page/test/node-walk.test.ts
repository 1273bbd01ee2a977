import { describe, expect, it } from 'vitest';
import { layoutFlames } from '../src/flame-graph/flame-layout.ts';
import { findFrame, findFrameText, findNode, frameKey, frameText, nodeKeys } from '../src/flame-graph/node-keys.ts';
import { walk } from '../src/flame-graph/node-walk.ts';
import type { Step } from '../src/flame-graph/node-walk.ts';
import { nodeOf, pathOf, treeOf } from './draw-tree.ts';

const tree = treeOf(`
  main;handler;sort 3
  main;handler;query 1
  main;handler;log 2
  main;timer;sort 10
  main;idle 0
`);
const layout = layoutFlames(tree);

function walked(from: string, steps: readonly Step[], zoom = '.'): string {
  let node = nodeOf(tree, from);
  for (const step of steps) node = walk(layout, nodeOf(tree, zoom), node, step);
  return pathOf(tree, node);
}

describe('the keyboard in a flame graph', () => {
  it('goes down to the widest, and up again', () => {
    expect(walked('.', ['child', 'child'])).toBe('main;timer');
    expect(walked('main;handler', ['child'])).toBe('main;handler;sort');
    expect(walked('main;handler;sort', ['parent', 'parent'])).toBe('main');
    expect(walked('.', ['parent'])).toBe('.');
    expect(walked('main;timer;sort', ['child'])).toBe('main;timer;sort');
  });

  it('goes along siblings in the order they are drawn, and stays among them', () => {
    expect(walked('main;handler;sort', ['next'])).toBe('main;handler;log');
    expect(walked('main;handler;sort', ['next', 'next', 'next'])).toBe('main;handler;query');
    expect(walked('main;handler;query', ['first'])).toBe('main;handler;sort');
    expect(walked('main;handler;sort', ['last'])).toBe('main;handler;query');
    expect(walked('main;handler;sort', ['previous'])).toBe('main;handler;sort');
    expect(walked('main;timer', ['next', 'next'])).toBe('main;handler');
  });

  it('keeps to what is on the screen while zoomed', () => {
    expect(walked('main;handler', ['next'], 'main;handler')).toBe('main;handler');
    expect(walked('main;handler', ['previous'], 'main;handler')).toBe('main;handler');
    expect(walked('main', ['child'], 'main;handler;log')).toBe('main;handler');
    expect(walked('.', ['child', 'child', 'child'], 'main;handler;log')).toBe('main;handler;log');
  });

  it('leaves a node that is not drawn', () => {
    expect(walked('main;idle', ['next'])).toBe('.');
  });
});

describe('names of nodes and functions', () => {
  it('find their node in a tree with other indices', () => {
    const later = treeOf('extra;main;handler 1\nmain;extra 5\nmain;timer;sort 10\nmain;handler;query 2');
    for (const path of ['.', 'main', 'main;handler;query', 'main;timer;sort']) {
      expect(pathOf(later, findNode(later, nodeKeys(tree)(nodeOf(tree, path))))).toBe(path);
    }
    expect(findNode(later, nodeKeys(tree)(nodeOf(tree, 'main;handler;log')))).toBe(-1);
    expect(findNode(tree, 'nonsense')).toBe(-1);
  });

  it('differ for all nodes', () => {
    const keyOf = nodeKeys(tree);
    const keys = tree.parent.map((_, node) => keyOf(node));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.every((key) => /^[0-9a-z]{14}$/.test(key))).toBe(true);
  });

  it('tell functions of one name by their place', () => {
    const { frames } = treeOf('get@src/a.ts:1;get@src/b.ts:1;get@src/a.ts:9;get 1');
    for (let frame = 1; frame < frames.name.length; frame++) {
      expect(findFrame(frames, frameKey(frames, frame))).toBe(frame);
      expect(findFrameText(frames, frameText(frames, frame))).toBe(frame);
    }
    expect(frameText(frames, 3)).toBe('get src/a.ts:9');
    expect(findFrame(frames, 'all\u0000\u00000')).toBe(-1);
  });
});
