import { bytesOfBase64, bytesOfHex } from './byte-text.ts';
import { ProfileDecodeError } from './decode-error.ts';
import { checkDepth, ElementBudget, withDefaultLimits } from './decode-limits.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { parseJson } from './json-syntax.ts';
import type { Field, MessageSchema, SchemaMessage } from './message-schema.ts';
import type { ProfilesData } from './messages.ts';
import { profilesDataSchema } from './profiles-schema.ts';

/**
 * Decodes an OTLP/JSON `ProfilesData` or `ExportProfilesServiceRequest`. Unknown fields are ignored, `null` is "not
 * set", and integers may be numbers or decimal strings. Indices are not checked.
 *
 * @throws {@link ProfileDecodeError} if the text is not such a message, or exceeds a limit (`maxBytes` counts characters).
 * @experimental OTLP profiles are `v1development`.
 */
export function profilesDataFromJson(text: string, limits?: DecodeLimits): ProfilesData {
  const complete = withDefaultLimits(limits);
  const json = parseJson(text, complete);
  return new JsonReader(complete).message(profilesDataSchema, json, 'the message', 0) as unknown as ProfilesData;
}

class JsonReader {
  readonly #limits: Required<DecodeLimits>;
  readonly #budget: ElementBudget;

  constructor(limits: Required<DecodeLimits>) {
    this.#limits = limits;
    this.#budget = new ElementBudget(limits.maxElements);
  }

  message(schema: MessageSchema, json: unknown, path: string, depth: number): SchemaMessage {
    checkDepth(depth, this.#limits);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw invalid(path, 'an object', json);
    this.#budget.charge(schema.cost);
    const message = schema.create();
    for (const [name, value] of Object.entries(json)) {
      const field = schema.byName.get(name);
      if (field === undefined || value === null) continue;
      const fieldPath = `${schema.name}.${name}`;
      if (schema.oneof) {
        message['case'] = name;
        message['value'] = this.#value(field, value, fieldPath, depth);
      } else if (field.repeated) message[name] = this.#list(field, value, fieldPath, depth);
      else message[name] = this.#value(field, value, fieldPath, depth);
    }
    return message;
  }

  #list(field: Field, json: unknown, path: string, depth: number): unknown[] {
    if (!Array.isArray(json)) throw invalid(path, 'an array', json);
    this.#budget.charge(json.length);
    return json.map((item) => this.#value(field, item, path, depth));
  }

  #value(field: Field, json: unknown, path: string, depth: number): unknown {
    switch (field.kind) {
      case 'int32':
        return Number(integer(json, path, -(2n ** 31n), 2n ** 31n - 1n));
      case 'uint32':
        return Number(integer(json, path, 0n, 2n ** 32n - 1n));
      case 'int64':
        return integer(json, path, -(2n ** 63n), 2n ** 63n - 1n);
      case 'uint64':
      case 'fixed64':
        return integer(json, path, 0n, 2n ** 64n - 1n);
      case 'bool':
        if (typeof json !== 'boolean') throw invalid(path, 'true or false', json);
        return json;
      case 'double':
        return double(json, path);
      case 'string':
        if (typeof json !== 'string') throw invalid(path, 'a string', json);
        return json;
      case 'bytes':
        return bytes(field, json, path);
      case 'message':
        return this.message(field.schema as MessageSchema, json, path, depth + 1);
      default:
        return field.kind satisfies never;
    }
  }
}

function integer(json: unknown, path: string, least: bigint, greatest: bigint): bigint {
  const value = bigintOf(json);
  if (value === undefined || value < least || value > greatest) {
    throw invalid(path, `an integer from ${least} to ${greatest}`, json);
  }
  return value;
}

function bigintOf(json: unknown): bigint | undefined {
  if (typeof json === 'bigint') return json;
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : undefined;
  // No number of 64 bits has more than 20 characters, and converting very long ones takes time.
  if (typeof json === 'string' && /^-?\d{1,20}$/.test(json)) return BigInt(json);
  return undefined;
}

const NUMBER = /^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

function double(json: unknown, path: string): number {
  if (typeof json === 'number') return json;
  if (typeof json === 'bigint') return Number(json);
  if (typeof json === 'string' && (NUMBER.test(json) || ['NaN', 'Infinity', '-Infinity'].includes(json))) {
    return Number(json);
  }
  throw invalid(path, 'a number, "NaN", "Infinity" or "-Infinity"', json);
}

function bytes(field: Field, json: unknown, path: string): Uint8Array {
  const decoded = typeof json !== 'string' ? undefined : field.hex ? bytesOfHex(json) : bytesOfBase64(json);
  if (decoded !== undefined) return decoded;
  if (field.hex) throw new ProfileDecodeError('ERR_INVALID_ID', `${path} must be pairs of hex digits, is ${shown(json)}`);
  throw invalid(path, 'base64', json);
}

function invalid(path: string, expected: string, json: unknown): ProfileDecodeError {
  return new ProfileDecodeError('ERR_INVALID_JSON', `${path} must be ${expected}, is ${shown(json)}`);
}

/** Enough of a value to recognise it. */
function shown(json: unknown): string {
  if (Array.isArray(json)) return 'an array';
  if (typeof json === 'object' && json !== null) return 'an object';
  const text = typeof json === 'string' ? JSON.stringify(json) : String(json);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
