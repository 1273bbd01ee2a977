import { defineLargeMessage, defineMessage, defineOneof, embedded, embeddedList, hexBytes, list, scalar } from './message-schema.ts';
import type { MessageSchema } from './message-schema.ts';
import type {
  OtlpAnyValue, OtlpArrayValue, OtlpEntityRef, OtlpFunction, OtlpInstrumentationScope, OtlpKeyValue,
  OtlpKeyValueAndUnit, OtlpKeyValueList, OtlpLine, OtlpLink, OtlpLocation, OtlpMapping, OtlpProfile, OtlpResource,
  OtlpSample, OtlpStack, OtlpValueType, ProfilesData, ProfilesDictionary, ResourceProfiles, ScopeProfiles,
} from './messages.ts';

// Field numbers and types of opentelemetry-proto 1.10.0, which 1.11.0 left as they are.

const anyValue: MessageSchema = defineOneof<{
  [V in OtlpAnyValue as V['case'] extends string ? V['case'] : never]: V['value'];
}>('AnyValue', {
  stringValue: scalar(1, 'string'),
  boolValue: scalar(2, 'bool'),
  intValue: scalar(3, 'int64'),
  doubleValue: scalar(4, 'double'),
  arrayValue: embedded(5, () => arrayValue),
  kvlistValue: embedded(6, () => keyValueList),
  bytesValue: scalar(7, 'bytes'),
  stringValueStrindex: scalar(8, 'int32'),
});

const arrayValue: MessageSchema = defineMessage<OtlpArrayValue>('ArrayValue', {
  values: embeddedList(1, () => anyValue),
});

const keyValueList: MessageSchema = defineMessage<OtlpKeyValueList>('KeyValueList', {
  values: embeddedList(1, () => keyValue),
});

const keyValue: MessageSchema = defineMessage<OtlpKeyValue>('KeyValue', {
  key: scalar(1, 'string'),
  value: embedded(2, () => anyValue),
  keyStrindex: scalar(3, 'int32'),
});

const entityRef: MessageSchema = defineMessage<OtlpEntityRef>('EntityRef', {
  schemaUrl: scalar(1, 'string'),
  type: scalar(2, 'string'),
  idKeys: list(3, 'string'),
  descriptionKeys: list(4, 'string'),
});

const resource: MessageSchema = defineMessage<OtlpResource>('Resource', {
  attributes: embeddedList(1, () => keyValue),
  droppedAttributesCount: scalar(2, 'uint32'),
  entityRefs: embeddedList(3, () => entityRef),
});

const instrumentationScope: MessageSchema = defineMessage<OtlpInstrumentationScope>('InstrumentationScope', {
  name: scalar(1, 'string'),
  version: scalar(2, 'string'),
  attributes: embeddedList(3, () => keyValue),
  droppedAttributesCount: scalar(4, 'uint32'),
});

const valueType: MessageSchema = defineMessage<OtlpValueType>('ValueType', {
  typeStrindex: scalar(1, 'int32'),
  unitStrindex: scalar(2, 'int32'),
});

const sample: MessageSchema = defineMessage<OtlpSample>('Sample', {
  stackIndex: scalar(1, 'int32'),
  attributeIndices: list(2, 'int32'),
  linkIndex: scalar(3, 'int32'),
  values: list(4, 'int64'),
  timestampsUnixNano: list(5, 'fixed64'),
});

const profile: MessageSchema = defineLargeMessage<OtlpProfile>('Profile', {
  sampleType: embedded(1, () => valueType),
  samples: embeddedList(2, () => sample),
  timeUnixNano: scalar(3, 'fixed64'),
  durationNano: scalar(4, 'uint64'),
  periodType: embedded(5, () => valueType),
  period: scalar(6, 'int64'),
  profileId: hexBytes(7),
  droppedAttributesCount: scalar(8, 'uint32'),
  originalPayloadFormat: scalar(9, 'string'),
  originalPayload: scalar(10, 'bytes'),
  attributeIndices: list(11, 'int32'),
});

const scopeProfiles: MessageSchema = defineLargeMessage<ScopeProfiles>('ScopeProfiles', {
  scope: embedded(1, () => instrumentationScope),
  profiles: embeddedList(2, () => profile),
  schemaUrl: scalar(3, 'string'),
});

const resourceProfiles: MessageSchema = defineLargeMessage<ResourceProfiles>('ResourceProfiles', {
  resource: embedded(1, () => resource),
  scopeProfiles: embeddedList(2, () => scopeProfiles),
  schemaUrl: scalar(3, 'string'),
});

const mapping: MessageSchema = defineMessage<OtlpMapping>('Mapping', {
  memoryStart: scalar(1, 'uint64'),
  memoryLimit: scalar(2, 'uint64'),
  fileOffset: scalar(3, 'uint64'),
  filenameStrindex: scalar(4, 'int32'),
  attributeIndices: list(5, 'int32'),
});

const line: MessageSchema = defineMessage<OtlpLine>('Line', {
  functionIndex: scalar(1, 'int32'),
  line: scalar(2, 'int64'),
  column: scalar(3, 'int64'),
});

const location: MessageSchema = defineMessage<OtlpLocation>('Location', {
  mappingIndex: scalar(1, 'int32'),
  address: scalar(2, 'uint64'),
  lines: embeddedList(3, () => line),
  attributeIndices: list(4, 'int32'),
});

const functionSchema: MessageSchema = defineMessage<OtlpFunction>('Function', {
  nameStrindex: scalar(1, 'int32'),
  systemNameStrindex: scalar(2, 'int32'),
  filenameStrindex: scalar(3, 'int32'),
  startLine: scalar(4, 'int64'),
});

const link: MessageSchema = defineMessage<OtlpLink>('Link', {
  traceId: hexBytes(1),
  spanId: hexBytes(2),
});

const keyValueAndUnit: MessageSchema = defineMessage<OtlpKeyValueAndUnit>('KeyValueAndUnit', {
  keyStrindex: scalar(1, 'int32'),
  value: embedded(2, () => anyValue),
  unitStrindex: scalar(3, 'int32'),
});

const stack: MessageSchema = defineMessage<OtlpStack>('Stack', {
  locationIndices: list(1, 'int32'),
});

const profilesDictionary: MessageSchema = defineLargeMessage<ProfilesDictionary>('ProfilesDictionary', {
  mappingTable: embeddedList(1, () => mapping),
  locationTable: embeddedList(2, () => location),
  functionTable: embeddedList(3, () => functionSchema),
  linkTable: embeddedList(4, () => link),
  stringTable: list(5, 'string'),
  attributeTable: embeddedList(6, () => keyValueAndUnit),
  stackTable: embeddedList(7, () => stack),
});

/** The root message. `ExportProfilesServiceRequest` has the same fields under the same numbers. */
export const profilesDataSchema: MessageSchema = defineLargeMessage<ProfilesData>('ProfilesData', {
  resourceProfiles: embeddedList(1, () => resourceProfiles),
  dictionary: embedded(2, () => profilesDictionary),
});
