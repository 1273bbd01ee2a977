/**
 * The messages of OTLP profiles as plain objects: opentelemetry-proto 1.10 and 1.11, `profiles/v1development`,
 * `common/v1` and `resource/v1`. Field meanings are those of the proto files. 64-bit integers are bigints, ids are bytes.
 *
 * @experimental OTLP profiles are `v1development`.
 */
export interface ProfilesData extends OtlpMessage {
  readonly resourceProfiles: readonly ResourceProfiles[];
  readonly dictionary?: ProfilesDictionary;
}

/** What all messages have. */
export interface OtlpMessage {
  /** Fields that this version does not know, tag and payload as received. They are written back. */
  readonly unknownFields?: readonly Uint8Array[];
}

/** The tables that everything else refers to by index. Entry 0 of each is its zero value. */
export interface ProfilesDictionary extends OtlpMessage {
  readonly mappingTable: readonly OtlpMapping[];
  readonly locationTable: readonly OtlpLocation[];
  readonly functionTable: readonly OtlpFunction[];
  readonly linkTable: readonly OtlpLink[];
  readonly stringTable: readonly string[];
  readonly attributeTable: readonly OtlpKeyValueAndUnit[];
  readonly stackTable: readonly OtlpStack[];
}

export interface ResourceProfiles extends OtlpMessage {
  readonly resource?: OtlpResource;
  readonly scopeProfiles: readonly ScopeProfiles[];
  readonly schemaUrl: string;
}

export interface ScopeProfiles extends OtlpMessage {
  readonly scope?: OtlpInstrumentationScope;
  readonly profiles: readonly OtlpProfile[];
  readonly schemaUrl: string;
}

/** One sample type of one window. */
export interface OtlpProfile extends OtlpMessage {
  readonly sampleType?: OtlpValueType;
  readonly samples: readonly OtlpSample[];
  /** START of the window. */
  readonly timeUnixNano: bigint;
  readonly durationNano: bigint;
  readonly periodType?: OtlpValueType;
  readonly period: bigint;
  /** 16 bytes or none. */
  readonly profileId: Uint8Array;
  readonly droppedAttributesCount: number;
  readonly originalPayloadFormat: string;
  readonly originalPayload: Uint8Array;
  readonly attributeIndices: readonly number[];
}

export interface OtlpSample extends OtlpMessage {
  readonly stackIndex: number;
  readonly attributeIndices: readonly number[];
  /** 0 = no Link. */
  readonly linkIndex: number;
  readonly values: readonly bigint[];
  readonly timestampsUnixNano: readonly bigint[];
}

export interface OtlpLink extends OtlpMessage {
  /** 16 bytes; none in entry 0. */
  readonly traceId: Uint8Array;
  /** 8 bytes; none in entry 0. */
  readonly spanId: Uint8Array;
}

export interface OtlpStack extends OtlpMessage {
  /** Leaf first. */
  readonly locationIndices: readonly number[];
}

export interface OtlpLocation extends OtlpMessage {
  readonly mappingIndex: number;
  readonly address: bigint;
  /** Inlined callees first, their caller last. */
  readonly lines: readonly OtlpLine[];
  readonly attributeIndices: readonly number[];
}

export interface OtlpLine extends OtlpMessage {
  readonly functionIndex: number;
  /** 1-based, 0 = unset. */
  readonly line: bigint;
  /** 1-based, 0 = unset. */
  readonly column: bigint;
}

export interface OtlpFunction extends OtlpMessage {
  readonly nameStrindex: number;
  readonly systemNameStrindex: number;
  readonly filenameStrindex: number;
  readonly startLine: bigint;
}

export interface OtlpMapping extends OtlpMessage {
  readonly memoryStart: bigint;
  readonly memoryLimit: bigint;
  readonly fileOffset: bigint;
  readonly filenameStrindex: number;
  readonly attributeIndices: readonly number[];
}

export interface OtlpValueType extends OtlpMessage {
  readonly typeStrindex: number;
  readonly unitStrindex: number;
}

export interface OtlpKeyValueAndUnit extends OtlpMessage {
  readonly keyStrindex: number;
  readonly value?: OtlpAnyValue;
  readonly unitStrindex: number;
}

export interface OtlpResource extends OtlpMessage {
  readonly attributes: readonly OtlpKeyValue[];
  readonly droppedAttributesCount: number;
  readonly entityRefs: readonly OtlpEntityRef[];
}

export interface OtlpEntityRef extends OtlpMessage {
  readonly schemaUrl: string;
  readonly type: string;
  readonly idKeys: readonly string[];
  readonly descriptionKeys: readonly string[];
}

export interface OtlpInstrumentationScope extends OtlpMessage {
  readonly name: string;
  readonly version: string;
  readonly attributes: readonly OtlpKeyValue[];
  readonly droppedAttributesCount: number;
}

/** The key is inline or, where `keyStrindex` is not 0, in the string table. */
export interface OtlpKeyValue extends OtlpMessage {
  readonly key: string;
  readonly value?: OtlpAnyValue;
  readonly keyStrindex: number;
}

/** A member that is set to its default, such as `''`, is something else than no member (`case: undefined`). */
export type OtlpAnyValue = OtlpMessage & (
  | { readonly case: undefined; readonly value?: undefined }
  | { readonly case: 'stringValue'; readonly value: string }
  | { readonly case: 'boolValue'; readonly value: boolean }
  | { readonly case: 'intValue'; readonly value: bigint }
  | { readonly case: 'doubleValue'; readonly value: number }
  | { readonly case: 'arrayValue'; readonly value: OtlpArrayValue }
  | { readonly case: 'kvlistValue'; readonly value: OtlpKeyValueList }
  | { readonly case: 'bytesValue'; readonly value: Uint8Array }
  | { readonly case: 'stringValueStrindex'; readonly value: number }
);

export interface OtlpArrayValue extends OtlpMessage {
  readonly values: readonly OtlpAnyValue[];
}

export interface OtlpKeyValueList extends OtlpMessage {
  readonly values: readonly OtlpKeyValue[];
}
