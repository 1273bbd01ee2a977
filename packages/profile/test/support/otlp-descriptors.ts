import { create, createFileRegistry } from '@bufbuild/protobuf';
import type { DescMessage } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorProtoSchema, FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

// opentelemetry-proto 1.10.0 in shorthand: number, name, type, `*` = repeated, `|` = member of the oneof `value`.
// Written down from the proto files, apart from the tables that the package itself goes by.
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

const PACKAGE = 'otlp';

const SCALARS: Readonly<Record<string, FieldDescriptorProto_Type>> = {
  string: FieldDescriptorProto_Type.STRING,
  bytes: FieldDescriptorProto_Type.BYTES,
  bool: FieldDescriptorProto_Type.BOOL,
  double: FieldDescriptorProto_Type.DOUBLE,
  int32: FieldDescriptorProto_Type.INT32,
  uint32: FieldDescriptorProto_Type.UINT32,
  int64: FieldDescriptorProto_Type.INT64,
  uint64: FieldDescriptorProto_Type.UINT64,
  fixed64: FieldDescriptorProto_Type.FIXED64,
};

const registry = createFileRegistry(
  create(FileDescriptorSetSchema, {
    file: [
      create(FileDescriptorProtoSchema, {
        name: 'otlp.proto',
        package: PACKAGE,
        syntax: 'proto3',
        messageType: MESSAGES.trim().split('\n').map((line) => {
          const [name = '', fields = ''] = line.split(': ');
          return {
            name,
            field: fields.split(', ').map(fieldProto),
            oneofDecl: fields.includes('|') ? [{ name: 'value' }] : [],
          };
        }),
      }),
    ],
  }),
);

function fieldProto(text: string) {
  const [, number, name, mark, type = ''] = /^(\d+) (\w+) ([*|]?)(\w+)$/.exec(text) ?? [];
  const scalar = SCALARS[type];
  return {
    name: name as string,
    number: Number(number),
    jsonName: (name as string).replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    label: mark === '*' ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
    ...(scalar === undefined
      ? { type: FieldDescriptorProto_Type.MESSAGE, typeName: `.${PACKAGE}.${type}` }
      : { type: scalar }),
    ...(mark === '|' ? { oneofIndex: 0 } : {}),
  };
}

/** The descriptor of a message, for `@bufbuild/protobuf`. */
export function descriptorOf(name: string): DescMessage {
  const descriptor = registry.getMessage(`${PACKAGE}.${name}`);
  if (descriptor === undefined) throw new Error(`no message ${name}`);
  return descriptor;
}
