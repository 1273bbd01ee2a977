import protobuf from 'protobufjs/minimal.js';

/** The body of a 2xx answer: `partial_success` of `ExportProfilesServiceResponse` (opentelemetry-proto 1.10). */
export interface PartialSuccess {
  readonly rejectedProfiles: bigint;
  readonly errorMessage: string;
}

/**
 * Reads an `ExportProfilesServiceResponse`.
 *
 * @returns undefined when there is no partial success, or an empty one.
 * @throws Error when the body is not such a message.
 */
export function decodePartialSuccess(body: Uint8Array): PartialSuccess | undefined {
  let rejectedProfiles = 0n;
  let errorMessage = '';
  readFields(body, (reader, field, wireType) => {
    if (field !== 1 || wireType !== 2) return false;
    // A message that comes in pieces is merged, field by field.
    readFields(reader.bytes(), (inner, innerField, innerType) => {
      if (innerField === 1 && innerType === 0) {
        rejectedProfiles = readInt64(inner);
      } else if (innerField === 2 && innerType === 2) {
        errorMessage = inner.string();
      } else {
        return false;
      }
      return true;
    });
    return true;
  });
  return rejectedProfiles === 0n && errorMessage === '' ? undefined : { rejectedProfiles, errorMessage };
}

/**
 * Reads the message of a `google.rpc.Status`, the body that OTLP prescribes for refusals.
 *
 * @throws Error when the body is not such a message.
 */
export function decodeStatusMessage(body: Uint8Array): string {
  let message = '';
  readFields(body, (reader, field, wireType) => {
    if (field !== 2 || wireType !== 2) return false;
    message = reader.string();
    return true;
  });
  return message;
}

/** Exact, which the reader's own `int64()` is only where the `long` package happens to be installed. */
function readInt64(reader: protobuf.Reader): bigint {
  const start = reader.pos;
  reader.skip();
  const groups = reader.buf.subarray(start, reader.pos);
  return BigInt.asIntN(64, groups.reduceRight((value, group) => (value << 7n) | BigInt(group & 0x7f), 0n));
}

/** Hands each field to `read`, which consumes it and returns true, or leaves it to be skipped. */
function readFields(bytes: Uint8Array, read: (reader: protobuf.Reader, field: number, wireType: number) => boolean): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === 0) throw new Error('field number 0');
    if (!read(reader, tag >>> 3, tag & 7)) reader.skipType(tag & 7);
  }
}
