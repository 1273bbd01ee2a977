import type { LocationIndex, ProfileBuilder, StackIndex, StringIndex } from '@flamespan/profile';
import { fileURLToPath } from 'node:url';
import type { RawNode } from './types.ts';

/** A location of the builder, by what V8 says of the function. */
interface KnownFrame {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly location: LocationIndex;
  /** Another one with the same key. */
  readonly next: KnownFrame | undefined;
}

/** Puts V8's call tree nodes into one builder's dictionary. */
export class FrameInterner {
  readonly builder: ProfileBuilder;
  readonly #filenames = new Map<string, StringIndex>();
  /** By script, then by place: most nodes of a call tree are functions that others of its nodes are, too. */
  readonly #known = new Map<string, Map<number | string, KnownFrame>>();

  constructor(builder: ProfileBuilder) {
    this.builder = builder;
  }

  /** The stack of `caller` with `node` on top. */
  stack(caller: StackIndex, node: RawNode): StackIndex {
    return this.builder.stack(caller, this.#location(node));
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

  #location(node: RawNode): LocationIndex {
    const { scriptName } = node;
    const name = node.name ?? '';
    const line = oneBased(node.lineNumber);
    const column = oneBased(node.columnNumber);
    let ofScript = this.#known.get(scriptName);
    if (ofScript === undefined) this.#known.set(scriptName, (ofScript = new Map()));
    // Builtins have no place.
    const key = line === 0 && column === 0 ? name : placeKey(line, column);
    const first = ofScript.get(key);
    for (let frame = first; frame !== undefined; frame = frame.next) {
      if (frame.name === name && frame.line === line && frame.column === column) return frame.location;
    }
    const location = this.#intern(name, scriptName, line, column);
    ofScript.set(key, { name, line, column, location, next: first });
    return location;
  }

  #intern(name: string, scriptName: string, line: number, column: number): LocationIndex {
    const { builder } = this;
    const fn = builder.function(builder.string(name === '' ? '(anonymous)' : name), this.#filename(scriptName), line);
    // V8 puts what is no JavaScript frame into parentheses. Builtins have no script either.
    const synthetic = scriptName === '' && name.startsWith('(');
    return builder.location(fn, line, column, synthetic ? 0 : builder.string('v8js'));
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

/** A small integer, so that a Map finds it without allocating. Bundles have their code in few lines, or in few columns. */
function placeKey(line: number, column: number): number {
  return (Math.imul(line, 8_191) + column) & 0x3fff_ffff;
}

function oneBased(position: number | undefined): number {
  return position !== undefined && position > 0 ? position : 0;
}
