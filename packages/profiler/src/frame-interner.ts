import type { ProfileBuilder, StackIndex, StringIndex } from '@flamespan/profile';
import { fileURLToPath } from 'node:url';
import type { RawNode } from './types.ts';

/** Puts V8's call tree nodes into one builder's dictionary. */
export class FrameInterner {
  readonly builder: ProfileBuilder;
  readonly #filenames = new Map<string, StringIndex>();

  constructor(builder: ProfileBuilder) {
    this.builder = builder;
  }

  /** The stack of `caller` with `node` on top. */
  stack(caller: StackIndex, node: RawNode): StackIndex {
    const { builder } = this;
    const name = node.name ?? '';
    const line = oneBased(node.lineNumber);
    const fn = builder.function(builder.string(name === '' ? '(anonymous)' : name), this.#filename(node.scriptName), line);
    // V8 puts what is no JavaScript frame into parentheses. Builtins have no script either.
    const synthetic = node.scriptName === '' && name.startsWith('(');
    return builder.stack(
      caller,
      builder.location(fn, line, oneBased(node.columnNumber), synthetic ? 0 : builder.string('v8js')),
    );
  }

  /** A stack of names that stand for work of the runtime, outermost first. */
  runtimeStack(...names: readonly string[]): StackIndex {
    const { builder } = this;
    let stack: StackIndex = 0;
    for (const name of names) {
      stack = builder.stack(stack, builder.location(builder.function(builder.string(name), 0, 0), 0, 0, 0));
    }
    return stack;
  }

  #filename(scriptName: string): StringIndex {
    const known = this.#filenames.get(scriptName);
    if (known !== undefined) return known;
    const index = this.builder.string(scriptName.startsWith('file://') ? pathOf(scriptName) : scriptName);
    this.#filenames.set(scriptName, index);
    return index;
  }
}

/** ES modules are named by URL, CommonJS modules by path: both become the path. */
function pathOf(fileUrl: string): string {
  try {
    return fileURLToPath(fileUrl);
  } catch {
    return fileUrl.slice('file://'.length);
  }
}

function oneBased(position: number | undefined): number {
  return position !== undefined && position > 0 ? position : 0;
}
