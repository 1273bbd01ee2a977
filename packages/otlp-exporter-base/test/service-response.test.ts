import { decodeRpcStatus, timesTooLarge } from '@flamespan/otlp-exporter-base';
import * as fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

function any(typeUrl: string, value: Uint8Array): Uint8Array {
  return protobuf.Writer.create().uint32(10).string(typeUrl).uint32(18).bytes(value).finish();
}

function retryInfo(seconds: number, nanos: number): Uint8Array {
  const duration = protobuf.Writer.create().uint32(8).int64(seconds).uint32(16).int32(nanos).finish();
  return any(RETRY_INFO, protobuf.Writer.create().uint32(10).bytes(duration).finish());
}

function rpcStatus(message: string, details: readonly Uint8Array[]): Uint8Array {
  const writer = protobuf.Writer.create().uint32(8).int32(14).uint32(18).string(message);
  for (const detail of details) writer.uint32(26).bytes(detail);
  return writer.finish();
}

describe('decodeRpcStatus', () => {
  it('finds message and delay among other details, also such as cannot be read', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 }),
        fc.integer({ min: 0, max: 999_999_999 }),
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 20 }).map((bytes) => any('type.googleapis.com/google.rpc.DebugInfo', bytes)), fc.constant(new Uint8Array([1, 2, 3]))), { maxLength: 3 }),
        fc.boolean(),
        (message, seconds, nanos, others, last) => {
          const details = last ? [...others, retryInfo(seconds, nanos)] : [retryInfo(seconds, nanos), ...others];
          expect(decodeRpcStatus(rpcStatus(message, details))).toEqual({ message, retryDelayMillis: Math.ceil(seconds * 1000 + nanos / 1e6) });
        },
      ),
    );
  });

  it('tells no delay from one of nothing', () => {
    expect(decodeRpcStatus(rpcStatus('busy', []))).toEqual({ message: 'busy', retryDelayMillis: undefined });
    expect(decodeRpcStatus(rpcStatus('busy', [any(RETRY_INFO, new Uint8Array(0))]))).toEqual({ message: 'busy', retryDelayMillis: 0 });
  });

  it('throws, or reads, whatever the bytes are, and hangs on none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const read = (): unknown => {
          try {
            return decodeRpcStatus(bytes).message;
          } catch (error) {
            return error instanceof Error ? error.message : error;
          }
        };
        expect(typeof read()).toBe('string');
      }),
    );
  });
});

describe('timesTooLarge', () => {
  it.each([
    ['grpc: received message larger than max (12582912 vs. 4194304)', 12_582_912, 3.45],
    ['Received message larger than max (12582912 vs 4194304)', 12_582_912, 3.45],
    ['gRPC message exceeds maximum size 4194304: 12582912', 12_582_912, 3.45],
    ["the profile with labels '{a=\"99999999\"}' exceeds the samples count limit (max_profile_stacktrace_samples, actual: 32000, limit: 16000)", 1_000_000, 2.3],
    ['http: request body too large', 1000, 2],
    ['Received message that decompresses to a size larger than 4194304', 9_000_000, 2],
    ['uncompressed profile payload size exceeds limit of 4.2 MB', 9_000_000, 2],
  ])('%s', (message, bytes, times) => {
    expect(timesTooLarge(message, bytes)).toBeCloseTo(times, 5);
  });

  it.each([
    ['sample 7 has no stack', 100],
    ['', 100],
    // What a web page looks like to a gRPC client: about an answer, not about our request.
    ['Received message larger than max (1008821359 vs 4194304)', 100_000],
  ])('%s: is about something else', (message, bytes) => {
    expect(timesTooLarge(message, bytes)).toBeUndefined();
  });
});
