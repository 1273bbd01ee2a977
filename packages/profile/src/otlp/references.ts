import type {
  OtlpAnyValue, OtlpFunction, OtlpKeyValue, OtlpKeyValueAndUnit, OtlpLocation, OtlpMapping, OtlpProfile, OtlpValueType,
  ProfilesData, ProfilesDictionary,
} from './messages.ts';

/** A table of the dictionary. */
export type TableName = Exclude<keyof ProfilesDictionary, 'unknownFields'>;

/** Told of one index: the table it leads into and the message field it stands in. */
export type ReferenceVisitor = (table: TableName, index: number, field: string) => void;

/**
 * Visits every index in the message, used or not. References from attribute values and from attributes of resources and
 * scopes come under the fields `KeyValue.keyStrindex` and `AnyValue.stringValueStrindex`.
 */
export function visitReferences(data: ProfilesData, visit: ReferenceVisitor): void {
  for (const { resource, scopeProfiles } of data.resourceProfiles) {
    visitKeyValues(resource?.attributes ?? [], visit);
    for (const { scope, profiles } of scopeProfiles) {
      visitKeyValues(scope?.attributes ?? [], visit);
      for (const profile of profiles) visitProfile(profile, visit);
    }
  }
  const { dictionary } = data;
  if (dictionary === undefined) return;
  for (const entry of dictionary.mappingTable) visitMapping(entry, visit);
  for (const entry of dictionary.locationTable) visitLocation(entry, visit);
  for (const entry of dictionary.functionTable) visitFunction(entry, visit);
  for (const entry of dictionary.attributeTable) visitAttribute(entry, visit);
  for (const { locationIndices } of dictionary.stackTable) {
    for (const index of locationIndices) visit('locationTable', index, 'Stack.locationIndices');
  }
}

function visitProfile(profile: OtlpProfile, visit: ReferenceVisitor): void {
  visitValueType(profile.sampleType, visit);
  visitValueType(profile.periodType, visit);
  for (const index of profile.attributeIndices) visit('attributeTable', index, 'Profile.attributeIndices');
  for (const { stackIndex, linkIndex, attributeIndices } of profile.samples) {
    visit('stackTable', stackIndex, 'Sample.stackIndex');
    visit('linkTable', linkIndex, 'Sample.linkIndex');
    for (const index of attributeIndices) visit('attributeTable', index, 'Sample.attributeIndices');
  }
}

function visitValueType(type: OtlpValueType | undefined, visit: ReferenceVisitor): void {
  if (type === undefined) return;
  visit('stringTable', type.typeStrindex, 'ValueType.typeStrindex');
  visit('stringTable', type.unitStrindex, 'ValueType.unitStrindex');
}

function visitMapping(mapping: OtlpMapping, visit: ReferenceVisitor): void {
  visit('stringTable', mapping.filenameStrindex, 'Mapping.filenameStrindex');
  for (const index of mapping.attributeIndices) visit('attributeTable', index, 'Mapping.attributeIndices');
}

function visitLocation(location: OtlpLocation, visit: ReferenceVisitor): void {
  visit('mappingTable', location.mappingIndex, 'Location.mappingIndex');
  for (const index of location.attributeIndices) visit('attributeTable', index, 'Location.attributeIndices');
  for (const { functionIndex } of location.lines) visit('functionTable', functionIndex, 'Line.functionIndex');
}

function visitFunction(fn: OtlpFunction, visit: ReferenceVisitor): void {
  visit('stringTable', fn.nameStrindex, 'Function.nameStrindex');
  visit('stringTable', fn.systemNameStrindex, 'Function.systemNameStrindex');
  visit('stringTable', fn.filenameStrindex, 'Function.filenameStrindex');
}

function visitAttribute(attribute: OtlpKeyValueAndUnit, visit: ReferenceVisitor): void {
  visit('stringTable', attribute.keyStrindex, 'KeyValueAndUnit.keyStrindex');
  visit('stringTable', attribute.unitStrindex, 'KeyValueAndUnit.unitStrindex');
  visitAnyValue(attribute.value, visit);
}

function visitKeyValues(keyValues: readonly OtlpKeyValue[], visit: ReferenceVisitor): void {
  for (const { keyStrindex, value } of keyValues) {
    visit('stringTable', keyStrindex, 'KeyValue.keyStrindex');
    visitAnyValue(value, visit);
  }
}

function visitAnyValue(any: OtlpAnyValue | undefined, visit: ReferenceVisitor): void {
  if (any?.case === 'stringValueStrindex') visit('stringTable', any.value, 'AnyValue.stringValueStrindex');
  else if (any?.case === 'arrayValue') for (const item of any.value.values) visitAnyValue(item, visit);
  else if (any?.case === 'kvlistValue') visitKeyValues(any.value.values, visit);
}
