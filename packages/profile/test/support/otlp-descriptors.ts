import type { DescMessage } from '@bufbuild/protobuf';
import { descriptorsOf } from './descriptors.ts';

// opentelemetry-proto 1.10.0 in the shorthand of `descriptorsOf`. Written down from the proto files, apart from the tables that the package itself goes by.
const MESSAGES = `
ProfilesData: 1 resource_profiles *ResourceProfiles, 2 dictionary ProfilesDictionary
ProfilesDictionary: 1 mapping_table *Mapping, 2 location_table *Location, 3 function_table *Function, 4 link_table *Link, 5 string_table *string, 6 attribute_table *KeyValueAndUnit, 7 stack_table *Stack
ResourceProfiles: 1 resource Resource, 2 scope_profiles *ScopeProfiles, 3 schema_url string
ScopeProfiles: 1 scope InstrumentationScope, 2 profiles *Profile, 3 schema_url string
Profile: 1 sample_type ValueType, 2 samples *Sample, 3 time_unix_nano fixed64, 4 duration_nano uint64, 5 period_type ValueType, 6 period int64, 7 profile_id bytes, 8 dropped_attributes_count uint32, 9 original_payload_format string, 10 original_payload bytes, 11 attribute_indices *int32
Sample: 1 stack_index int32, 2 attribute_indices *int32, 3 link_index int32, 4 values *int64, 5 timestamps_unix_nano *fixed64
Link: 1 trace_id bytes, 2 span_id bytes
Stack: 1 location_indices *int32
Location: 1 mapping_index int32, 2 address uint64, 3 lines *Line, 4 attribute_indices *int32
Line: 1 function_index int32, 2 line int64, 3 column int64
Function: 1 name_strindex int32, 2 system_name_strindex int32, 3 filename_strindex int32, 4 start_line int64
Mapping: 1 memory_start uint64, 2 memory_limit uint64, 3 file_offset uint64, 4 filename_strindex int32, 5 attribute_indices *int32
ValueType: 1 type_strindex int32, 2 unit_strindex int32
KeyValueAndUnit: 1 key_strindex int32, 2 value AnyValue, 3 unit_strindex int32
AnyValue: 1 string_value |string, 2 bool_value |bool, 3 int_value |int64, 4 double_value |double, 5 array_value |ArrayValue, 6 kvlist_value |KeyValueList, 7 bytes_value |bytes, 8 string_value_strindex |int32
ArrayValue: 1 values *AnyValue
KeyValueList: 1 values *KeyValue
KeyValue: 1 key string, 2 value AnyValue, 3 key_strindex int32
Resource: 1 attributes *KeyValue, 2 dropped_attributes_count uint32, 3 entity_refs *EntityRef
EntityRef: 1 schema_url string, 2 type string, 3 id_keys *string, 4 description_keys *string
InstrumentationScope: 1 name string, 2 version string, 3 attributes *KeyValue, 4 dropped_attributes_count uint32
`;

/** The descriptor of an OTLP message. */
export const descriptorOf: (name: string) => DescMessage = descriptorsOf('otlp', MESSAGES);
