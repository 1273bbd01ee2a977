export type { Attributes, AttributeValue, InstrumentationScope, Resource } from './attributes.ts';
export type { ExportResult, ExportResultCode, ProfileExporter } from './exporter.ts';
export type {
  FunctionIndex, FunctionTable, HeapSampleTable, LinkScope, LocationIndex, LocationTable, Profile, ProfileType,
  SpanIndex, SpanTable, StackIndex, StackTable, StringIndex, Thread, TimedSampleTable,
} from './profile.ts';
export { createProfileBuilder } from './profile-builder.ts';
export type { ProfileBuilder, ProfileHeader, SpanInput } from './profile-builder.ts';
