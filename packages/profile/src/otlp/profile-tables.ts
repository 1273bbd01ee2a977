import type { Profile, StackIndex, StringIndex } from '../profile.ts';
import type { DictionaryBuilder } from './dictionary-builder.ts';

/** Carries the strings, frames and stacks of one Profile over into a dictionary, each at most once. */
export class ProfileTables {
  readonly #profile: Profile;
  readonly #dictionary: DictionaryBuilder;
  // Index in the dictionary + 1; 0 = not yet there.
  readonly #functions: Int32Array;
  readonly #locations: Int32Array;
  readonly #identities: Int32Array;
  readonly #stacks: Int32Array;

  constructor(profile: Profile, dictionary: DictionaryBuilder) {
    this.#profile = profile;
    this.#dictionary = dictionary;
    this.#functions = new Int32Array(profile.functions.length);
    this.#locations = new Int32Array(profile.locations.length);
    this.#identities = new Int32Array(profile.stacks.length);
    this.#stacks = new Int32Array(profile.stacks.length);
  }

  /** Index in the stack table. */
  stack(stack: StackIndex): number {
    const known = this.#stacks[stack] as number;
    if (known !== 0) return known - 1;
    const index = this.#dictionary.stack(this.#identity(stack));
    this.#stacks[stack] = index + 1;
    return index;
  }

  /** Callers come first in the table, so walking up until a known one and then down needs no recursion. */
  #identity(stack: StackIndex): number {
    const { parent, location } = this.#profile.stacks;
    const pending: number[] = [];
    let at = stack;
    while (at !== 0 && this.#identities[at] === 0) {
      pending.push(at);
      at = parent[at] as number;
    }
    let identity = at === 0 ? 0 : (this.#identities[at] as number) - 1;
    for (let i = pending.length - 1; i >= 0; i--) {
      at = pending[i] as number;
      identity = this.#dictionary.stackIdentity(identity, this.#location(location[at] as number));
      this.#identities[at] = identity + 1;
    }
    return identity;
  }

  #location(location: number): number {
    const known = this.#locations[location] as number;
    if (known !== 0) return known - 1;
    const { function: fn, line, column, frameType } = this.#profile.locations;
    const index = this.#dictionary.location(
      this.#function(fn[location] as number),
      Math.max(0, line[location] as number),
      Math.max(0, column[location] as number),
      this.#text(frameType[location] as number),
    );
    this.#locations[location] = index + 1;
    return index;
  }

  #function(fn: number): number {
    const known = this.#functions[fn] as number;
    if (known !== 0) return known - 1;
    const { name, filename, startLine } = this.#profile.functions;
    const index = this.#dictionary.function(
      this.#dictionary.string(this.#text(name[fn] as number)),
      this.#dictionary.string(this.#text(filename[fn] as number)),
      Math.max(0, startLine[fn] as number),
    );
    this.#functions[fn] = index + 1;
    return index;
  }

  #text(index: StringIndex): string {
    return this.#profile.strings[index] as string;
  }
}
