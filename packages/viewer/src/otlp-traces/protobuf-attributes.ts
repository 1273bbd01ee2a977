import type { Attributes, AttributeValue } from '@flamespan/profile';
import { createAttributes, exactInteger } from './attribute-values.ts';
import type { DecodeBudget } from './decode-budget.ts';
import { MAX_VALUE_DEPTH } from './decode-budget.ts';
import { ATTRIBUTE_BYTES } from '../store/memory-size.ts';
import { fixed64Tag, lengthTag, readInt64, readMessage, varintTag } from './protobuf-message.ts';
import { TraceDecodeError } from './trace-decode-error.ts';

/** Reads one OTLP `KeyValue` into `attributes`. Of a key that comes twice the last value stays. */
export function readKeyValue(bytes: Uint8Array, attributes: Record<string, AttributeValue>, budget: DecodeBudget, depth = 0): void {
  budget.charge(ATTRIBUTE_BYTES + bytes.length * 2);
  let key = '';
  let value: AttributeValue;
  readMessage(bytes, (tag, reader) => {
    if (tag === lengthTag(1)) key = reader.string();
    else if (tag === lengthTag(2)) value = readAnyValue(reader.bytes(), budget, depth);
    else return false;
    return true;
  });
  attributes[key] = value;
}

function readAnyValue(bytes: Uint8Array, budget: DecodeBudget, depth: number): AttributeValue {
  if (depth > MAX_VALUE_DEPTH) throw new TraceDecodeError(`an attribute is nested more than ${MAX_VALUE_DEPTH} levels deep`);
  let value: AttributeValue;
  readMessage(bytes, (tag, reader) => {
    switch (tag) {
      case lengthTag(1):
        value = reader.string();
        return true;
      case varintTag(2):
        value = reader.bool();
        return true;
      case varintTag(3):
        value = exactInteger(readInt64(reader));
        return true;
      case fixed64Tag(4):
        value = reader.double();
        return true;
      case lengthTag(5):
        value = readArray(reader.bytes(), budget, depth + 1);
        return true;
      case lengthTag(6):
        value = readKeyValueList(reader.bytes(), budget, depth + 1);
        return true;
      case lengthTag(7):
        // A copy: a view would keep the whole request alive.
        value = Uint8Array.from(reader.bytes());
        return true;
      default:
        return false;
    }
  });
  return value;
}

function readArray(bytes: Uint8Array, budget: DecodeBudget, depth: number): AttributeValue[] {
  const values: AttributeValue[] = [];
  readMessage(bytes, (tag, reader) => {
    if (tag !== lengthTag(1)) return false;
    budget.charge(16);
    values.push(readAnyValue(reader.bytes(), budget, depth));
    return true;
  });
  return values;
}

function readKeyValueList(bytes: Uint8Array, budget: DecodeBudget, depth: number): Attributes {
  const attributes = createAttributes();
  readMessage(bytes, (tag, reader) => {
    if (tag !== lengthTag(1)) return false;
    readKeyValue(reader.bytes(), attributes, budget, depth);
    return true;
  });
  return attributes;
}
