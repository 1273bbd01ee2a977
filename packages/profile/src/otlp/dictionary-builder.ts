/// <reference lib="es2024.string" />
import type { Profile, StringIndex } from '../profile.ts';
import { RowInterner } from '../row-interner.ts';
import { anyValueOf } from './attribute-value.ts';
import { bytesOfHex } from './byte-text.ts';
import { ATTR_FRAME_TYPE } from './conventions.ts';
import { EMPTY_LIST } from './message-schema.ts';
import type {
  OtlpAnyValue, OtlpFunction, OtlpKeyValueAndUnit, OtlpLine, OtlpLink, OtlpLocation, OtlpMapping, OtlpStack,
  OtlpValueType, ProfilesDictionary,
} from './messages.ts';

const NO_BYTES = new Uint8Array(0);

/**
 * `link_table[0]`. The proto comment prefers 16 + 8 zero bytes here, but the conformance tool of the OpenTelemetry
 * profiling group refuses those and Collectors re-emit the empty form.
 */
export const ZERO_LINK: OtlpLink = { traceId: NO_BYTES, spanId: NO_BYTES };
const ZERO_MAPPING: OtlpMapping = {
  memoryStart: 0n, memoryLimit: 0n, fileOffset: 0n, filenameStrindex: 0, attributeIndices: EMPTY_LIST,
};

/**
 * The tables of one message. Whatever is asked for exists once, and only what is asked for exists, so that nothing in
 * the tables is without a reference as long as callers use the indices they get.
 */
export class DictionaryBuilder {
  readonly #strings: string[] = [''];
  readonly #stringIndex = new Map<string, number>([['', 0]]);
  readonly #functionRows = new RowInterner(3);
  readonly #functions: OtlpFunction[] = [
    { nameStrindex: 0, systemNameStrindex: 0, filenameStrindex: 0, startLine: 0n },
  ];
  readonly #locationRows = new RowInterner(4);
  readonly #locations: OtlpLocation[] = [
    { mappingIndex: 0, address: 0n, lines: EMPTY_LIST, attributeIndices: EMPTY_LIST },
  ];
  /** All callers too; only those that a sample has are in the stack table. */
  readonly #stackRows = new RowInterner(2);
  readonly #stackIndex = new Map<number, number>([[0, 0]]);
  readonly #stacks: OtlpStack[] = [{ locationIndices: EMPTY_LIST }];
  readonly #links: OtlpLink[] = [ZERO_LINK];
  readonly #linkIndex = new Map<string, number>();
  readonly #attributes: OtlpKeyValueAndUnit[] = [{ keyStrindex: 0, unitStrindex: 0 }];
  readonly #attributeIndex = new Map<string, number>();

  string(value: string): number {
    // Strings that differ only in lone surrogates are the same on the wire.
    const text = value.toWellFormed();
    const known = this.#stringIndex.get(text);
    if (known !== undefined) return known;
    const index = this.#strings.push(text) - 1;
    this.#stringIndex.set(text, index);
    return index;
  }

  valueType(type: string, unit: string): OtlpValueType {
    return { typeStrindex: this.string(type), unitStrindex: this.string(unit) };
  }

  /** `identity` tells values apart that belong to the same key; it is the value itself where that is a string. */
  attribute(key: string, value: OtlpAnyValue, identity: string): number {
    const known = this.#attributeIndex.get(`${key}\0${identity}`);
    if (known !== undefined) return known;
    const index = this.#attributes.push({ keyStrindex: this.string(key), value, unitStrindex: 0 }) - 1;
    this.#attributeIndex.set(`${key}\0${identity}`, index);
    return index;
  }

  stringAttribute(key: string, value: string): number {
    const text = value.toWellFormed();
    return this.attribute(key, anyValueOf(text), text);
  }

  /** Ids in hex, of the right length. */
  link(traceId: string, spanId: string): number {
    const key = traceId + spanId;
    const known = this.#linkIndex.get(key);
    if (known !== undefined) return known;
    const link = { traceId: bytesOfHex(traceId) ?? NO_BYTES, spanId: bytesOfHex(spanId) ?? NO_BYTES };
    const index = this.#links.push(link) - 1;
    this.#linkIndex.set(key, index);
    return index;
  }

  /** A function without any name is not allowed in OTLP: it is "no function". */
  function(name: number, filename: number, startLine: number): number {
    if (name === 0 && filename === 0) return 0;
    const index = this.#functionRows.intern(name, filename, startLine);
    if (index === this.#functions.length) {
      this.#functions.push({
        nameStrindex: name, systemNameStrindex: 0, filenameStrindex: filename, startLine: BigInt(startLine),
      });
    }
    return index;
  }

  location(fn: number, line: number, column: number, frameType: string): number {
    const attribute = frameType === '' ? 0 : this.stringAttribute(ATTR_FRAME_TYPE, frameType);
    const index = this.#locationRows.intern(fn, line, column, attribute);
    if (index === this.#locations.length) {
      const named = fn !== 0 || line !== 0 || column !== 0;
      const lines: readonly OtlpLine[] = named
        ? [{ functionIndex: fn, line: BigInt(line), column: BigInt(column) }]
        : EMPTY_LIST;
      const attributeIndices = attribute === 0 ? EMPTY_LIST : [attribute];
      this.#locations.push({ mappingIndex: 0, address: 0n, lines, attributeIndices });
    }
    return index;
  }

  /** Identifies a stack by its caller's identity and its leaf. 0 is the empty stack. */
  stackIdentity(caller: number, location: number): number {
    return this.#stackRows.intern(caller, location);
  }

  /** `leafFirst` is called where the stack is new. */
  stack(identity: number, leafFirst: () => readonly number[]): number {
    const known = this.#stackIndex.get(identity);
    if (known !== undefined) return known;
    const index = this.#stacks.push({ locationIndices: leafFirst() }) - 1;
    this.#stackIndex.set(identity, index);
    return index;
  }

  build(): ProfilesDictionary {
    return {
      mappingTable: [ZERO_MAPPING],
      locationTable: this.#locations,
      functionTable: this.#functions,
      linkTable: this.#links,
      stringTable: this.#strings,
      attributeTable: this.#attributes,
      stackTable: this.#stacks,
    };
  }
}

/** Carries the strings, frames and stacks of one Profile over into a dictionary, each at most once. */
export class ProfileTables {
  readonly #profile: Profile;
  readonly #dictionary: DictionaryBuilder;
  // Index in the dictionary + 1; 0 = not yet there.
  readonly #functions: Int32Array;
  readonly #locations: Int32Array;
  readonly #identities: Int32Array;

  constructor(profile: Profile, dictionary: DictionaryBuilder) {
    this.#profile = profile;
    this.#dictionary = dictionary;
    this.#functions = new Int32Array(profile.functions.length);
    this.#locations = new Int32Array(profile.locations.length);
    this.#identities = new Int32Array(profile.stacks.length);
  }

  /** Index in the stack table. */
  stack(stack: number): number {
    return this.#dictionary.stack(this.#identity(stack), () => this.#leafFirst(stack));
  }

  /** Callers come first in the table, so walking up until a known one and then down needs no recursion. */
  #identity(stack: number): number {
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

  #leafFirst(stack: number): readonly number[] {
    const { parent, location } = this.#profile.stacks;
    const indices: number[] = [];
    // Identity 0 is the empty stack, and so is everything below it.
    for (let at = stack; at !== 0 && this.#identities[at] !== 1; at = parent[at] as number) {
      indices.push(this.#location(location[at] as number));
    }
    return indices;
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
