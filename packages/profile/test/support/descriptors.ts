import { create, createFileRegistry } from '@bufbuild/protobuf';
import type { DescMessage } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorProtoSchema, FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

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

/**
 * Descriptors for `@bufbuild/protobuf` of messages in shorthand, one line each: `Name: number name type, …`, with `*` for
 * repeated and `|` for a member of the oneof `value` before the type.
 */
export function descriptorsOf(packageName: string, messages: string): (name: string) => DescMessage {
  const registry = createFileRegistry(
    create(FileDescriptorSetSchema, {
      file: [
        create(FileDescriptorProtoSchema, {
          name: `${packageName}.proto`,
          package: packageName,
          syntax: 'proto3',
          messageType: messages.trim().split('\n').map((line) => {
            const [name = '', fields = ''] = line.split(': ');
            return {
              name,
              field: fields.split(', ').map((text) => fieldProto(packageName, text)),
              oneofDecl: fields.includes('|') ? [{ name: 'value' }] : [],
            };
          }),
        }),
      ],
    }),
  );
  return (name) => {
    const descriptor = registry.getMessage(`${packageName}.${name}`);
    if (descriptor === undefined) throw new Error(`no message ${name}`);
    return descriptor;
  };
}

function fieldProto(packageName: string, text: string) {
  const [, number, name, mark, type = ''] = /^(\d+) (\w+) ([*|]?)(\w+)$/.exec(text) ?? [];
  const scalar = SCALARS[type];
  return {
    name: name as string,
    number: Number(number),
    jsonName: (name as string).replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    label: mark === '*' ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
    ...(scalar === undefined
      ? { type: FieldDescriptorProto_Type.MESSAGE, typeName: `.${packageName}.${type}` }
      : { type: scalar }),
    ...(mark === '|' ? { oneofIndex: 0 } : {}),
  };
}
