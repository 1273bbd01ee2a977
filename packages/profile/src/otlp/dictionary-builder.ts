/// <reference lib="es2024.string" />
import { RowInterner } from '../row-interner.ts';
import { anyValueOf } from './attribute-value.ts';
import { ATTR_FRAME_TYPE } from './conventions.ts';
import { EMPTY_LIST } from './message-schema.ts';
import type {
  OtlpAnyValue, OtlpFunction, OtlpKeyValueAndUnit, OtlpLink, OtlpLocation, OtlpMapping, OtlpValueType,
} from './messages.ts';

const NO_BYTES = new Uint8Array(0);
const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/**
 * `link_table[0]`. The proto comment prefers 16 + 8 zero bytes here, but the conformance tool of the OpenTelemetry
 * profiling group refuses those and Collectors re-emit the empty form.
 */
export const ZERO_LINK: OtlpLink = { traceId: NO_BYTES, spanId: NO_BYTES };
const ZERO_MAPPING: OtlpMapping = {
  memoryStart: 0n, memoryLimit: 0n, fileOffset: 0n, filenameStrindex: 0, attributeIndices: EMPTY_LIST,
};

/**
 * A dictionary whose entries are made while its tables are read, when nothing more is asked of its builder. An entry is
 * valid until the next one is asked for.
 */
export interface DictionarySource {
  readonly mappingTable: Iterable<OtlpMapping>;
  readonly locationTable: Iterable<OtlpLocation>;
  readonly functionTable: Iterable<OtlpFunction>;
  readonly linkTable: Iterable<OtlpLink>;
  readonly stringTable: Iterable<string>;
  readonly attributeTable: Iterable<OtlpKeyValueAndUnit>;
  readonly stackTable: Iterable<{ readonly locationIndices: ArrayLike<number> }>;
}

/**
 * The tables of one message. Whatever is asked for exists once, and only what is asked for exists, so that nothing in
 * the tables is without a reference as long as callers use the indices they get.
 */
export class DictionaryBuilder {
  readonly #strings: string[] = [''];
  readonly #stringIndex = new Map<string, number>([['', 0]]);
  readonly #functions = new RowInterner(3);
  readonly #locations = new RowInterner(4);
  /** All callers too; only those that a sample has are in the stack table. */
  readonly #stackRows: RowInterner;
  readonly #stackIndex = new Map<number, number>([[0, 0]]);
  /** Identities in the order of the stack table. */
  readonly #stacks: number[] = [0];
  /** Trace id and span id in turn, in hex. */
  readonly #linkIds: string[] = [];
  /** By span id: of two traces that have the same one, the other is in `#otherLinks`. */
  readonly #linkIndex = new Map<string, number>();
  readonly #otherLinks = new Map<string, number>();
  readonly #frameTypes = new Map<string, number>([['', 0]]);
  readonly #attributes: OtlpKeyValueAndUnit[] = [{ keyStrindex: 0, unitStrindex: 0 }];
  readonly #attributeIndex = new Map<string, number>();

  /** @param stacks - about as many are expected, callers too */
  constructor(stacks: number) {
    this.#stackRows = new RowInterner(2, stacks);
  }

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

  /** `text` tells values of one key and type apart; it is the value itself where that is a string. */
  attribute(key: string, value: OtlpAnyValue, text: string): number {
    // A label of the user's may have any key and text: with the length no two keys run into their values alike.
    const identity = `${key.length}/${key}${value.case}/${text}`;
    const known = this.#attributeIndex.get(identity);
    if (known !== undefined) return known;
    const index = this.#attributes.push({ keyStrindex: this.string(key), value, unitStrindex: 0 }) - 1;
    this.#attributeIndex.set(identity, index);
    return index;
  }

  stringAttribute(key: string, value: string): number {
    const text = value.toWellFormed();
    return this.attribute(key, anyValueOf(text), text);
  }

  /** Ids in hex, of the right length or `''`. */
  link(traceId: string, spanId: string): number {
    const known = this.#linkIndex.get(spanId);
    if (known === undefined) return this.#addLink(this.#linkIndex, spanId, traceId, spanId);
    if (this.#linkIds[2 * known - 2] === traceId) return known;
    const key = traceId + spanId;
    return this.#otherLinks.get(key) ?? this.#addLink(this.#otherLinks, key, traceId, spanId);
  }

  #addLink(index: Map<string, number>, key: string, traceId: string, spanId: string): number {
    const link = this.#linkIds.push(traceId, spanId) / 2;
    index.set(key, link);
    return link;
  }

  /** A function without any name is not allowed in OTLP: it is "no function". */
  function(name: number, filename: number, startLine: number): number {
    return name === 0 && filename === 0 ? 0 : this.#functions.intern(name, filename, startLine);
  }

  location(fn: number, line: number, column: number, frameType: string): number {
    let attribute = this.#frameTypes.get(frameType);
    if (attribute === undefined) this.#frameTypes.set(frameType, (attribute = this.stringAttribute(ATTR_FRAME_TYPE, frameType)));
    return this.#locations.intern(fn, line, column, attribute);
  }

  /** Identifies a stack by its caller's identity and its leaf. 0 is the empty stack. */
  stackIdentity(caller: number, location: number): number {
    return this.#stackRows.intern(caller, location);
  }

  /** Index in the stack table. */
  stack(identity: number): number {
    const known = this.#stackIndex.get(identity);
    if (known !== undefined) return known;
    const index = this.#stacks.push(identity) - 1;
    this.#stackIndex.set(identity, index);
    return index;
  }

  /** The tables as they are when they are read. */
  tables(): DictionarySource {
    return {
      mappingTable: [ZERO_MAPPING],
      locationTable: entries(() => this.#locationTable()),
      functionTable: entries(() => this.#functionTable()),
      linkTable: entries(() => this.#linkTable()),
      stringTable: this.#strings,
      attributeTable: this.#attributes,
      stackTable: entries(() => this.#stackTable()),
    };
  }

  *#locationTable(): Generator<OtlpLocation> {
    const rows = this.#locations;
    for (let row = 0; row < rows.length; row++) {
      const [functionIndex, line, column, attribute] = [rows.at(row, 0), rows.at(row, 1), rows.at(row, 2), rows.at(row, 3)];
      const named = functionIndex !== 0 || line !== 0 || column !== 0;
      yield {
        mappingIndex: 0,
        address: 0n,
        lines: named ? [{ functionIndex, line: BigInt(line), column: BigInt(column) }] : EMPTY_LIST,
        attributeIndices: attribute === 0 ? EMPTY_LIST : [attribute],
      };
    }
  }

  *#functionTable(): Generator<OtlpFunction> {
    const rows = this.#functions;
    for (let row = 0; row < rows.length; row++) {
      yield { nameStrindex: rows.at(row, 0), systemNameStrindex: 0, filenameStrindex: rows.at(row, 1), startLine: BigInt(rows.at(row, 2)) };
    }
  }

  *#linkTable(): Generator<OtlpLink> {
    yield ZERO_LINK;
    const link = { traceId: new Uint8Array(TRACE_ID_BYTES), spanId: new Uint8Array(SPAN_ID_BYTES) };
    const withoutTrace = { traceId: NO_BYTES, spanId: link.spanId };
    for (let at = 0; at < this.#linkIds.length; at += 2) {
      const traceId = this.#linkIds[at] as string;
      putHex(this.#linkIds[at + 1] as string, link.spanId);
      putHex(traceId, link.traceId);
      yield traceId === '' ? withoutTrace : link;
    }
  }

  *#stackTable(): DictionaryEntries<'stackTable'> {
    const rows = this.#stackRows;
    let frames = new Int32Array(256);
    for (const identity of this.#stacks) {
      let depth = 0;
      for (let row = identity; row !== 0; row = rows.at(row, 0)) {
        if (depth === frames.length) frames = doubled(frames);
        frames[depth++] = rows.at(row, 1);
      }
      yield { locationIndices: frames.subarray(0, depth) };
    }
  }
}

type DictionaryEntries<T extends keyof DictionarySource> = Generator<DictionarySource[T] extends Iterable<infer E> ? E : never>;

function entries<T>(generate: () => Generator<T>): Iterable<T> {
  return { [Symbol.iterator]: generate };
}

function doubled(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}

/** The bytes of an id in hex, which was checked. */
function putHex(hex: string, bytes: Uint8Array): void {
  for (let i = 0; 2 * i < hex.length; i++) bytes[i] = (digit(hex.charCodeAt(2 * i)) << 4) | digit(hex.charCodeAt(2 * i + 1));
}

/** `0` to `9`, `a` to `f` and `A` to `F`. */
function digit(code: number): number {
  return code < 0x40 ? code & 0xf : (code & 0xf) + 9;
}
