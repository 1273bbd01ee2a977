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
 * scopes come under the fields `KeyValue.key_strindex` and `AnyValue.string_value_strindex`.
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
    for (const index of locationIndices) visit('locationTable', index, 'Stack.location_indices');
  }
}

function visitProfile(profile: OtlpProfile, visit: ReferenceVisitor): void {
  visitValueType(profile.sampleType, visit);
  visitValueType(profile.periodType, visit);
  for (const index of profile.attributeIndices) visit('attributeTable', index, 'Profile.attribute_indices');
  for (const { stackIndex, linkIndex, attributeIndices } of profile.samples) {
    visit('stackTable', stackIndex, 'Sample.stack_index');
    visit('linkTable', linkIndex, 'Sample.link_index');
    for (const index of attributeIndices) visit('attributeTable', index, 'Sample.attribute_indices');
  }
}

function visitValueType(type: OtlpValueType | undefined, visit: ReferenceVisitor): void {
  if (type === undefined) return;
  visit('stringTable', type.typeStrindex, 'ValueType.type_strindex');
  visit('stringTable', type.unitStrindex, 'ValueType.unit_strindex');
}

function visitMapping(mapping: OtlpMapping, visit: ReferenceVisitor): void {
  visit('stringTable', mapping.filenameStrindex, 'Mapping.filename_strindex');
  for (const index of mapping.attributeIndices) visit('attributeTable', index, 'Mapping.attribute_indices');
}

function visitLocation(location: OtlpLocation, visit: ReferenceVisitor): void {
  visit('mappingTable', location.mappingIndex, 'Location.mapping_index');
  for (const index of location.attributeIndices) visit('attributeTable', index, 'Location.attribute_indices');
  for (const { functionIndex } of location.lines) visit('functionTable', functionIndex, 'Line.function_index');
}

function visitFunction(fn: OtlpFunction, visit: ReferenceVisitor): void {
  visit('stringTable', fn.nameStrindex, 'Function.name_strindex');
  visit('stringTable', fn.systemNameStrindex, 'Function.system_name_strindex');
  visit('stringTable', fn.filenameStrindex, 'Function.filename_strindex');
}

function visitAttribute(attribute: OtlpKeyValueAndUnit, visit: ReferenceVisitor): void {
  visit('stringTable', attribute.keyStrindex, 'KeyValueAndUnit.key_strindex');
  visit('stringTable', attribute.unitStrindex, 'KeyValueAndUnit.unit_strindex');
  visitAnyValue(attribute.value, visit);
}

function visitKeyValues(keyValues: readonly OtlpKeyValue[], visit: ReferenceVisitor): void {
  for (const { keyStrindex, value } of keyValues) {
    visit('stringTable', keyStrindex, 'KeyValue.key_strindex');
    visitAnyValue(value, visit);
  }
}

function visitAnyValue(any: OtlpAnyValue | undefined, visit: ReferenceVisitor): void {
  if (any?.case === 'stringValueStrindex') visit('stringTable', any.value, 'AnyValue.string_value_strindex');
  else if (any?.case === 'arrayValue') for (const item of any.value.values) visitAnyValue(item, visit);
  else if (any?.case === 'kvlistValue') visitKeyValues(any.value.values, visit);
}
