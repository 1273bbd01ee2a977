import { ScalarType } from '@bufbuild/protobuf';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { ProfilesData } from '@flamespan/profile';
import * as fc from 'fast-check';
import { descriptorOf } from './otlp-descriptors.ts';

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 1n, -1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 127n, 128n),
);
const uint64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 1n, 2n ** 32n - 1n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n),
);

const SCALARS: ReadonlyMap<ScalarType, fc.Arbitrary<unknown>> = new Map<ScalarType, fc.Arbitrary<unknown>>([
  [ScalarType.STRING, fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 80 }), fc.constant('\uFEFFbom'))],
  [ScalarType.BYTES, fc.uint8Array({ maxLength: 20 })],
  [ScalarType.BOOL, fc.boolean()],
  [ScalarType.DOUBLE, fc.double()],
  [ScalarType.INT32, fc.oneof(fc.nat({ max: 300 }), fc.integer())],
  [ScalarType.UINT32, fc.oneof(fc.nat({ max: 300 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }))],
  [ScalarType.INT64, int64],
  [ScalarType.UINT64, uint64],
  [ScalarType.FIXED64, uint64],
]);

/** A value of the message, with everything that may be absent sometimes absent. Nothing in it needs to make sense. */
export function messageArbitrary(descriptor: DescMessage, depth = 0): fc.Arbitrary<unknown> {
  // AnyValue nests in itself without end.
  const fields = depth > 9 ? descriptor.fields.filter((field) => field.message === undefined) : descriptor.fields;
  if (descriptor.oneofs.length > 0) {
    const members = fields.map((field) =>
      valueArbitrary(field, depth).map((value) => ({ case: field.localName, value })));
    return fc.oneof(fc.constant({ case: undefined, value: undefined }), ...members);
  }
  const model: Record<string, fc.Arbitrary<unknown>> = {};
  const optional = new Set<string>();
  for (const field of descriptor.fields) {
    if (field.fieldKind === 'list') {
      model[field.localName] = fields.includes(field)
        ? fc.array(valueArbitrary(field, depth), { maxLength: 3 })
        : fc.constant([]);
    } else if (fields.includes(field)) {
      model[field.localName] = valueArbitrary(field, depth);
      if (field.message !== undefined) optional.add(field.localName);
    }
  }
  const requiredKeys = Object.keys(model).filter((key) => !optional.has(key));
  return fc.record(model, { requiredKeys, noNullPrototype: true });
}

function valueArbitrary(field: DescField, depth: number): fc.Arbitrary<unknown> {
  if (field.message !== undefined) return messageArbitrary(field.message, depth + 1);
  const type = field.fieldKind === 'list' ? field.listKind === 'scalar' && field.scalar : field.scalar;
  const arbitrary = SCALARS.get(type as ScalarType);
  if (arbitrary === undefined) throw new Error(`no values for ${field.toString()}`);
  return arbitrary;
}

/** Any valid message, whoever may have produced it. */
export const anyProfilesData: fc.Arbitrary<ProfilesData> =
  messageArbitrary(descriptorOf('ProfilesData')) as fc.Arbitrary<ProfilesData>;
