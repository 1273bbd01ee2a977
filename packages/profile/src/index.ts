export type { Attributes, AttributeValue, InstrumentationScope, Resource } from './attributes.ts';
export { endpointOf, rpcEndpoint } from './endpoint.ts';
export type { EndpointSource } from './endpoint.ts';
export type { ExportResult, ExportResultCode, ProfileExporter } from './exporter.ts';
export { createPartwiseExport } from './export-in-parts.ts';
export type { ExportInPartsOutcome, GivenUp, PartOutcome, PartSender, PartwiseExport } from './export-in-parts.ts';
export { decodeOtlp, encodeOtlp, encodeOtlpInSlices, encodeOtlpJsonInSlices } from './otlp/codec.ts';
export { ProfileDecodeError } from './otlp/decode-error.ts';
export type { ProfileDecodeErrorCode } from './otlp/decode-error.ts';
export type { DecodeLimits } from './otlp/decode-limits.ts';
export type { OtlpEncodeOptions } from './otlp/encode-options.ts';
export { hasOtlpContent, profilesDataFromProfile } from './otlp/from-profile.ts';
export { profilesDataFromJson } from './otlp/json-reader.ts';
export { profilesDataToJson } from './otlp/json-writer.ts';
export type {
  OtlpAnyValue, OtlpArrayValue, OtlpEntityRef, OtlpFunction, OtlpInstrumentationScope, OtlpKeyValue,
  OtlpKeyValueAndUnit, OtlpKeyValueList, OtlpLine, OtlpLink, OtlpLocation, OtlpMapping, OtlpMessage, OtlpProfile,
  OtlpResource, OtlpSample, OtlpStack, OtlpValueType, ProfilesData, ProfilesDictionary, ResourceProfiles,
  ScopeProfiles,
} from './otlp/messages.ts';
export { readOtlpFile, writeOtlpFile } from './otlp/otlp-file.ts';
export { profilesFromProfilesData } from './otlp/to-profiles.ts';
export type { DecodedProfiles, IgnoredSampleType } from './otlp/to-profiles.ts';
export { readProfilesData } from './otlp/wire-reader.ts';
export { writeProfilesData } from './otlp/wire-writer.ts';
export { decodePprof } from './pprof/decode-pprof.ts';
export type { DecodedPprof } from './pprof/decode-pprof.ts';
export { encodePprof, encodePprofInSlices } from './pprof/encode-pprof.ts';
export type { EncodePprofOptions } from './pprof/encode-pprof.ts';
export { pprofFileLabels } from './pprof/file-labels.ts';
export type {
  PprofFunction, PprofLine, PprofLocation, PprofMapping, PprofProfile, PprofSample, PprofSampleLabel, PprofValueType,
} from './pprof/messages.ts';
export { readPprof, writePprof } from './pprof/pprof-wire.ts';
export type { PprofLabel, PprofLabels, PprofPart, PprofSampleContext } from './pprof/sample-labels.ts';
export type {
  FunctionIndex, FunctionTable, HeapSampleTable, LabelSet, LabelSetIndex, LinkScope, LocationIndex, LocationTable, Profile, ProfileType,
  SpanIndex, SpanTable, StackIndex, StackTable, StringIndex, Thread, TimedSampleTable,
} from './profile.ts';
export { createProfileBuilder } from './profile-builder.ts';
export type { ProfileBuilder, ProfileHeader, SpanInput } from './profile-builder.ts';
export { runAtOnce } from './sliced-work.ts';
export type { SlicedWork } from './sliced-work.ts';
export { splitProfileByTime, splitProfileByTimeInSlices } from './split-profile-by-time.ts';
