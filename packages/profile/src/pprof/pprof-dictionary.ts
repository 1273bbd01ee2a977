/// <reference lib="es2024.string" />
import { Function, Line, Location, StringTable } from 'pprof-format';
import type { FunctionIndex, LocationIndex, Profile, StackIndex } from '../profile.ts';

/**
 * The strings, functions and locations of one pprof Profile, holding what its samples need. Ids count from 1 in the order
 * of first use: 0 is reserved.
 *
 * No message is ever empty here: pprof-format 2.3.2 measures an empty embedded message as 0 bytes and writes 2.
 */
export class PprofDictionary {
  readonly strings: StringTable = new StringTable();
  readonly functions: Function[] = [];
  readonly locations: Location[] = [];
  readonly #profile: Profile;
  readonly #functionIds: Int32Array;
  readonly #locationIds: Int32Array;
  readonly #stacks: (readonly number[] | undefined)[] = [[]];

  constructor(profile: Profile) {
    this.#profile = profile;
    this.#functionIds = new Int32Array(profile.functions.length);
    this.#locationIds = new Int32Array(profile.locations.length);
  }

  string(value: string): number {
    return this.strings.dedup(value.toWellFormed());
  }

  /** Location ids, the leaf first. */
  stack(index: StackIndex): readonly number[] {
    return (this.#stacks[index] ??= this.#createStack(index));
  }

  #createStack(index: StackIndex): readonly number[] {
    const { parent, location } = this.#profile.stacks;
    const ids: number[] = [];
    for (let row = index; row !== 0; row = parent[row] as number) ids.push(this.#location(location[row] as number));
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
      ? []
      // Readers refuse a line without a function, so that function 0 is written where it has a line.
      : [new Line({ functionId: this.#function(fn[index] as number), line: lineNumber, column: columnNumber })];
    const id = this.locations.length + 1;
    this.locations.push(new Location({ id, line: lines }));
    return (this.#locationIds[index] = id);
  }

  #function(index: FunctionIndex): number {
    const known = this.#functionIds[index] as number;
    if (known !== 0) return known;
    const { strings, functions } = this.#profile;
    const name = this.string(strings[functions.name[index] as number] as string);
    const filename = this.string(strings[functions.filename[index] as number] as string);
    const id = this.functions.length + 1;
    const startLine = Math.max(0, functions.startLine[index] as number);
    this.functions.push(new Function({ id, name, systemName: name, filename, startLine }));
    return (this.#functionIds[index] = id);
  }
}
