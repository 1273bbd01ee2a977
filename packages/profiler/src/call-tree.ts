import type { StackIndex } from '@flamespan/profile';

/** Instead of a stack. */
export const NO_STACK = -1;

interface TreeNode<Node> {
  readonly children: readonly Node[];
}

/** A call tree, breadth first: a parent always comes before its children. `nodes[0]` is the root, its own parent. */
export interface FlatTree<Node> {
  readonly nodes: readonly Node[];
  readonly parents: readonly number[];
}

/** Without recursion, since trees are as deep as the application's stacks. */
export function flattenTree<Node extends TreeNode<Node>>(root: Node): FlatTree<Node> {
  const nodes: Node[] = [root];
  const parents: number[] = [0];
  for (let index = 0; index < nodes.length; index++) {
    for (const child of (nodes[index] as Node).children) {
      nodes.push(child);
      parents.push(index);
    }
  }
  return { nodes, parents };
}

/**
 * The stack of each node that leads to a sample, {@link NO_STACK} for the others: they would only fill the dictionary.
 * `stackOf` gives the stack of a node, whose caller is 0 below the root and below what has no stack.
 */
export function internStacks<Node>(
  { nodes, parents }: FlatTree<Node>,
  hasSamples: (node: Node) => boolean,
  stackOf: (caller: StackIndex, node: Node) => StackIndex,
): StackIndex[] {
  const needed = new Uint8Array(nodes.length);
  for (let index = nodes.length - 1; index > 0; index--) {
    if (needed[index] === 0 && !hasSamples(nodes[index] as Node)) continue;
    needed[index] = 1;
    needed[parents[index] as number] = 1;
  }
  const stacks: StackIndex[] = [NO_STACK];
  for (let index = 1; index < nodes.length; index++) {
    if (needed[index] === 0) {
      stacks.push(NO_STACK);
      continue;
    }
    const caller = stacks[parents[index] as number] as StackIndex;
    stacks.push(stackOf(Math.max(caller, 0), nodes[index] as Node));
  }
  return stacks;
}
