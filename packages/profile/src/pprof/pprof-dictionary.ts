/// <reference lib="es2024.string" />
import { EMPTY_LIST } from '../otlp/message-schema.ts';
import type { FunctionIndex, LocationIndex, Profile, StackIndex } from '../profile.ts';
import type { Encodable, PprofFunction, PprofLocation } from './messages.ts';

/**
 * The strings, functions and locations of one pprof Profile, holding what its samples need. Ids count from 1 in the order
 * of first use: 0 is reserved.
 */
export class PprofDictionary {
  readonly strings: string[] = [''];
  readonly functions: Encodable<PprofFunction>[] = [];
  readonly locations: Encodable<PprofLocation>[] = [];
  readonly #profile: Profile;
  readonly #stringIndices = new Map<string, number>([['', 0]]);
  readonly #functionIds: Int32Array;
  readonly #locationIds: Int32Array;
  readonly #stack: number[] = [];

  constructor(profile: Profile) {
    this.#profile = profile;
    this.#functionIds = new Int32Array(profile.functions.length);
    this.#locationIds = new Int32Array(profile.locations.length);
  }

  string(value: string): number {
    const known = this.#stringIndices.get(value);
    if (known !== undefined) return known;
    const text = value.toWellFormed();
    let index = this.#stringIndices.get(text);
    if (index === undefined) this.#stringIndices.set(text, (index = this.strings.push(text) - 1));
    return index;
  }

  /** Location ids, the leaf first, until the next stack is asked for. */
  stack(index: StackIndex): readonly number[] {
    const { parent, location } = this.#profile.stacks;
    const ids = this.#stack;
    let depth = 0;
    for (let row = index; row !== 0; row = parent[row] as number) ids[depth++] = this.#location(location[row] as number);
    ids.length = depth;
    return ids;
  }

  #location(index: LocationIndex): number {
    const known = this.#locationIds[index] as number;
    if (known !== 0) return known;
    const { function: fn, line, column } = this.#profile.locations;
    const lineNumber = Math.max(0, line[index] as number);
    const columnNumber = Math.max(0, column[index] as number);
    const unknown = fn[index] === 0 && lineNumber === 0 && columnNumber === 0;
    const lines = unknown
      ? EMPTY_LIST
      // Readers refuse a line without a function, so that function 0 is written where it has a line.
      : [{ functionId: this.#function(fn[index] as number), line: lineNumber, column: columnNumber }];
    const id = this.locations.length + 1;
    this.locations.push({ id, mappingId: 0, address: 0, line: lines, isFolded: false });
    return (this.#locationIds[index] = id);
  }

  #function(index: FunctionIndex): number {
    const known = this.#functionIds[index] as number;
    if (known !== 0) return known;
    const { strings, functions } = this.#profile;
    const name = this.string(strings[functions.name[index] as number] as string);
    const filename = this.string(strings[functions.filename[index] as number] as string);
    const id = this.functions.length + 1;
    this.functions.push({ id, name, systemName: name, filename, startLine: Math.max(0, functions.startLine[index] as number) });
    return (this.#functionIds[index] = id);
  }
}
