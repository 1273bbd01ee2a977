import type { OtlpMessage } from '../otlp/messages.ts';

// The messages of google/pprof's profile.proto as plain objects, with its names. Integers are bigints; strings are
// indices into the Profile's string table.

/** A pprof file, decompressed. */
export interface PprofProfile extends OtlpMessage {
  readonly sampleType: readonly PprofValueType[];
  readonly sample: readonly PprofSample[];
  readonly mapping: readonly PprofMapping[];
  readonly location: readonly PprofLocation[];
  readonly function: readonly PprofFunction[];
  /** Entry 0 is `''`. */
  readonly stringTable: readonly string[];
  readonly dropFrames: bigint;
  readonly keepFrames: bigint;
  readonly timeNanos: bigint;
  readonly durationNanos: bigint;
  readonly periodType?: PprofValueType | undefined;
  readonly period: bigint;
  readonly comment: readonly bigint[];
  readonly defaultSampleType: bigint;
  readonly docUrl: bigint;
}

export interface PprofValueType extends OtlpMessage {
  readonly type: bigint;
  readonly unit: bigint;
}

export interface PprofSample extends OtlpMessage {
  /** The leaf first. */
  readonly locationId: readonly bigint[];
  /** One for each sample type. */
  readonly value: readonly bigint[];
  readonly label: readonly PprofSampleLabel[];
}

/** A string label if `str` is not 0, else a numeric one. */
export interface PprofSampleLabel extends OtlpMessage {
  readonly key: bigint;
  readonly str: bigint;
  readonly num: bigint;
  readonly numUnit: bigint;
}

export interface PprofMapping extends OtlpMessage {
  readonly id: bigint;
  readonly memoryStart: bigint;
  readonly memoryLimit: bigint;
  readonly fileOffset: bigint;
  readonly filename: bigint;
  readonly buildId: bigint;
  readonly hasFunctions: boolean;
  readonly hasFilenames: boolean;
  readonly hasLineNumbers: boolean;
  readonly hasInlineFrames: boolean;
}

export interface PprofLocation extends OtlpMessage {
  readonly id: bigint;
  readonly mappingId: bigint;
  readonly address: bigint;
  /** Inlined functions first, the function that they are in last. */
  readonly line: readonly PprofLine[];
  readonly isFolded: boolean;
}

export interface PprofLine extends OtlpMessage {
  readonly functionId: bigint;
  readonly line: bigint;
  readonly column: bigint;
}

export interface PprofFunction extends OtlpMessage {
  readonly id: bigint;
  readonly name: bigint;
  readonly systemName: bigint;
  readonly filename: bigint;
  readonly startLine: bigint;
}

/**
 * A message that is encoded and then forgotten: its integers may be numbers, and its lists iterables whose entries are made
 * as they are asked for. In such a list undefined is no entry, but a place where the work may be interrupted.
 */
export type Encodable<T> =
  T extends bigint ? bigint | number
  : T extends Uint8Array ? T
  : T extends readonly (infer E)[] ? Iterable<Encodable<E> | undefined>
  : T extends object ? { readonly [K in keyof T]: Encodable<T[K]> }
  : T;
