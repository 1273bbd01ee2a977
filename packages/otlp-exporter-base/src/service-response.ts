import protobuf from 'protobufjs/minimal.js';

/** `partial_success` of an `ExportProfilesServiceResponse` (opentelemetry-proto 1.10). */
export interface PartialSuccess {
  readonly rejectedProfiles: bigint;
  readonly errorMessage: string;
}

/** A `google.rpc.Status`, with which OTLP servers explain refusals. */
export interface RpcStatus {
  readonly message: string;
  /** `retry_delay` of the `google.rpc.RetryInfo` among the details; undefined when there is none. */
  readonly retryDelayMillis: number | undefined;
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

/** As {@link decodePartialSuccess}, for OTLP/JSON. */
export function parsePartialSuccess(body: string): PartialSuccess | undefined {
  const { partialSuccess = {} } = JSON.parse(body) as { partialSuccess?: { rejectedProfiles?: unknown; errorMessage?: unknown } };
  const { rejectedProfiles: rejected = 0, errorMessage = '' } = partialSuccess;
  if (typeof errorMessage !== 'string' || (typeof rejected !== 'number' && typeof rejected !== 'string')) {
    throw new Error('not an ExportProfilesServiceResponse');
  }
  const rejectedProfiles = BigInt(rejected);
  return rejectedProfiles === 0n && errorMessage === '' ? undefined : { rejectedProfiles, errorMessage };
}

/** @throws Error when the bytes are not such a message. */
export function decodeRpcStatus(bytes: Uint8Array): RpcStatus {
  let message = '';
  let retryDelayMillis: number | undefined;
  readFields(bytes, (reader, field, wireType) => {
    if (wireType !== 2) return false;
    if (field === 2) message = reader.string();
    else if (field === 3) retryDelayMillis = readableRetryInfo(reader.bytes()) ?? retryDelayMillis;
    else return false;
    return true;
  });
  return { message, retryDelayMillis };
}

/** A detail that cannot be read does not spoil the message. */
function readableRetryInfo(any: Uint8Array): number | undefined {
  try {
    return decodeRetryInfo(any);
  } catch {
    return undefined;
  }
}

/** The delay in a `google.protobuf.Any`, if that is what it holds. */
function decodeRetryInfo(any: Uint8Array): number | undefined {
  let typeUrl = '';
  let value: Uint8Array = new Uint8Array(0);
  readFields(any, (reader, field, wireType) => {
    if (wireType !== 2) return false;
    if (field === 1) typeUrl = reader.string();
    else if (field === 2) value = reader.bytes();
    else return false;
    return true;
  });
  if (!typeUrl.endsWith('/google.rpc.RetryInfo')) return undefined;
  let seconds = 0n;
  let nanos = 0n;
  readFields(value, (reader, field, wireType) => {
    if (field !== 1 || wireType !== 2) return false;
    readFields(reader.bytes(), (duration, durationField, durationType) => {
      if (durationType !== 0) return false;
      if (durationField === 1) seconds = readInt64(duration);
      else if (durationField === 2) nanos = readInt64(duration);
      else return false;
      return true;
    });
    return true;
  });
  return Math.ceil(Number(seconds) * 1000 + Number(nanos) / 1e6);
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
