/// <reference lib="es2024.string" />
import { EMPTY_LIST } from '../otlp/message-schema.ts';
import type { FunctionIndex, LocationIndex, Profile, StackIndex } from '../profile.ts';
import type { PprofFunction, PprofLine, PprofLocation } from './messages.ts';

/**
 * The strings, functions and locations of one pprof Profile, holding what its samples need. Ids count from 1 in the order
 * of first use: 0 is reserved.
 */
export class PprofDictionary {
  readonly strings: string[] = [''];
  readonly functions: PprofFunction[] = [];
  readonly locations: PprofLocation[] = [];
  readonly #profile: Profile;
  readonly #stringIndices = new Map<string, bigint>([['', 0n]]);
  readonly #functionIds: BigUint64Array;
  readonly #locationIds: BigUint64Array;
  readonly #stacks: (readonly bigint[] | undefined)[] = [EMPTY_LIST];

  constructor(profile: Profile) {
    this.#profile = profile;
    this.#functionIds = new BigUint64Array(profile.functions.length);
    this.#locationIds = new BigUint64Array(profile.locations.length);
  }

  string(value: string): bigint {
    const text = value.toWellFormed();
    let index = this.#stringIndices.get(text);
    if (index === undefined) this.#stringIndices.set(text, (index = BigInt(this.strings.push(text) - 1)));
    return index;
  }

  /** Location ids, the leaf first. */
  stack(index: StackIndex): readonly bigint[] {
    return (this.#stacks[index] ??= this.#createStack(index));
  }

  #createStack(index: StackIndex): readonly bigint[] {
    const { parent, location } = this.#profile.stacks;
    const ids: bigint[] = [];
    for (let row = index; row !== 0; row = parent[row] as number) ids.push(this.#location(location[row] as number));
    return ids;
  }

  #location(index: LocationIndex): bigint {
    const known = this.#locationIds[index] as bigint;
    if (known !== 0n) return known;
    const { function: fn, line, column } = this.#profile.locations;
    const lineNumber = Math.max(0, line[index] as number);
    const columnNumber = Math.max(0, column[index] as number);
    const unknown = fn[index] === 0 && lineNumber === 0 && columnNumber === 0;
    const lines: readonly PprofLine[] = unknown
      ? EMPTY_LIST
      // Readers refuse a line without a function, so that function 0 is written where it has a line.
      : [{ functionId: this.#function(fn[index] as number), line: BigInt(lineNumber), column: BigInt(columnNumber) }];
    const id = BigInt(this.locations.length + 1);
    this.locations.push({ id, mappingId: 0n, address: 0n, line: lines, isFolded: false });
    return (this.#locationIds[index] = id);
  }

  #function(index: FunctionIndex): bigint {
    const known = this.#functionIds[index] as bigint;
    if (known !== 0n) return known;
    const { strings, functions } = this.#profile;
    const name = this.string(strings[functions.name[index] as number] as string);
    const filename = this.string(strings[functions.filename[index] as number] as string);
    const id = BigInt(this.functions.length + 1);
    const startLine = BigInt(Math.max(0, functions.startLine[index] as number));
    this.functions.push({ id, name, systemName: name, filename, startLine });
    return (this.#functionIds[index] = id);
  }
}
