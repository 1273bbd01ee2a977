/**
 * The value of an attribute, as OpenTelemetry's `AnyValue`. Integers outside JavaScript's exact range are bigints.
 */
export type AttributeValue =
  | string
  | number
  | boolean
  | bigint
  | Uint8Array
  | null
  | undefined
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

/** Attributes by key, in the order in which they are written. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** What produced the profile: the same Resource that the service's spans carry. */
export interface Resource {
  readonly attributes: Attributes;
  readonly schemaUrl?: string;
}

/** The instrumentation scope, name and version of the profiler. */
export interface InstrumentationScope {
  readonly name: string;
  readonly version?: string;
}
