import type { SlicedWork, StackIndex } from '@flamespan/profile';

/** Instead of a stack. */
export const NO_STACK = -1;
const UNKNOWN = -2;

/** Nodes that one step goes through; some hundred microseconds' work. */
const NODES_PER_STEP = 256;

interface TreeNode<Node> {
  readonly children: readonly Node[];
}

export interface CallTreeVisitor<Node> {
  /** The stack of a node, whose caller is 0 below the root and below what has no stack. {@link NO_STACK} for none. */
  readonly stackOf: (caller: StackIndex, node: Node) => StackIndex;
  /** `stack` gives the node's stack, {@link NO_STACK} for the root. Only what is asked for gets into the dictionary. */
  readonly visit: (node: Node, stack: () => StackIndex) => void;
}

/**
 * Goes through a call tree, callers first. Depth first, so that what a stack is made of is at hand, and without recursion,
 * since trees are as deep as the application's stacks.
 */
export class CallTreeWalk<Node extends TreeNode<Node>> {
  readonly #visitor: CallTreeVisitor<Node>;
  readonly #waiting: Node[];
  readonly #waitingDepths: number[] = [0];
  /** From the root to the current node. */
  readonly #way: Node[] = [];
  readonly #stacks: StackIndex[] = [];
  #depth = 0;
  #visited = 0;
  readonly #currentStack = (): StackIndex => this.#stackAt(this.#depth);

  constructor(root: Node, visitor: CallTreeVisitor<Node>) {
    this.#waiting = [root];
    this.#visitor = visitor;
  }

  /** Nodes so far. */
  get visited(): number {
    return this.#visited;
  }

  *steps(): SlicedWork<void> {
    while (this.#goOn()) yield;
  }

  /** Returns whether there is more. A plain function, which V8 optimises sooner than a generator. */
  #goOn(): boolean {
    const waiting = this.#waiting;
    const depths = this.#waitingDepths;
    const way = this.#way;
    const stacks = this.#stacks;
    const { visit } = this.#visitor;
    for (let step = 0; step < NODES_PER_STEP && waiting.length > 0; step++) {
      const node = waiting.pop() as Node;
      const depth = depths.pop() as number;
      way[depth] = node;
      stacks[depth] = depth === 0 ? NO_STACK : UNKNOWN;
      this.#depth = depth;
      this.#visited++;
      visit(node, this.#currentStack);
      const { children } = node;
      // The last first, as they are taken from the end.
      for (let index = children.length - 1; index >= 0; index--) {
        waiting.push(children[index] as Node);
        depths.push(depth + 1);
      }
    }
    return waiting.length > 0;
  }

  #stackAt(depth: number): StackIndex {
    const stacks = this.#stacks;
    let known = depth;
    while (stacks[known] === UNKNOWN) known--;
    let stack = stacks[known] as StackIndex;
    while (known < depth) {
      known++;
      stack = this.#visitor.stackOf(stack === NO_STACK ? 0 : stack, this.#way[known] as Node);
      stacks[known] = stack;
    }
    return stack;
  }
}
