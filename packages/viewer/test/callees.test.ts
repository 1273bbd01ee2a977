import { describe, expect, it } from 'vitest';
import { callees } from '../src/call-tree/callees.ts';
import { functionTotals } from '../src/call-tree/totals.ts';
import { INTERVAL, stacksOf, sum, treeOf } from './stacks.ts';

const tree = treeOf(`
  main;handler;sort 3
  main;handler;sort;compare 2
  main;timer;sort;compare;sort 4
  main;timer 5
  main 1
`);
const frameOf = (name: string): number => tree.frames.name.indexOf(name);

describe('the callees of a function', () => {
  it('are one subtree, wherever it was called from', () => {
    expect(stacksOf(callees(tree, frameOf('sort')))).toEqual(['sort 3', 'sort;compare 2', 'sort;compare;sort 4']);
    expect(stacksOf(callees(tree, frameOf('compare')))).toEqual(['compare 2', 'compare;sort 4']);
  });

  it('have the total that the function has, recursion counted once', () => {
    for (const { frame, total } of functionTotals(tree)) expect(sum(callees(tree, frame).self)).toBe(total);
    expect(sum(callees(tree, frameOf('sort')).self)).toBe(9 * INTERVAL);
  });
});
