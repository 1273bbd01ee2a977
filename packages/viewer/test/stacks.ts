import type { Profile } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import type { Store } from '@flamespan/viewer';
import { createStore } from '@flamespan/viewer';
import type { CallTree } from '../src/call-tree/call-tree.ts';
import { callTreeAnswer } from '../src/queries/call-tree-answer.ts';

/** What one sample of `profileFromStacks` is worth. */
export const INTERVAL = 10_101_000;

export function storeOf(...profiles: Profile[]): Store {
  const store = createStore();
  store.addProfiles(profiles);
  return store;
}

/** A call tree drawn as text, one line a stack, in the language of `profileFromStacks`. */
export function treeOf(text: string): CallTree {
  return callTreeAnswer(storeOf(profileFromStacks(text)), {}).tree;
}

/** A call tree as text, one line a stack that has a value, sorted: `main;handler;sort 3`; the root is `.`. */
export function stacksOf(tree: CallTree, values: readonly number[] = tree.self, worth = INTERVAL): string[] {
  return values.flatMap((value, i) => (value === 0 ? [] : [`${pathOf(tree, i)} ${value / worth}`])).sort();
}

export function pathOf({ frames, frame, parent }: CallTree, node: number): string {
  const path: string[] = [];
  for (let i = node; i > 0; i = parent[i]!) path.unshift(frames.name[frame[i]!]!);
  return path.join(';') || '.';
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
