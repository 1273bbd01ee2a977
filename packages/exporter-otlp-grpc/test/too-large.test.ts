import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { decodeOtlp, encodeOtlp } from '@flamespan/profile';
import type { Profile } from '@flamespan/profile';
import { dumpProfile, otlpProjection, profileFromStacks } from '@flamespan/profile/testing';
import { createExporter, DELIVERED, exportOnce, failure } from './support/exports.ts';
import { statusWithRetryInfo } from './support/messages.ts';
import { startServer } from './support/servers.ts';

/** Every sample has frames of its own, so that a part of the samples is a part of the bytes. */
const large = profileFromStacks(
  [...Array.from({ length: 120 }, (_, i) => `main;handler_${i}${'_of_a_long_name'.repeat(8)};leaf_${i} 2 @span${i % 7} GET /${i % 3}`), 'main;cache 9 objects 900 bytes'].join('\n'),
  { endpointCalls: { 'GET /0': 5 } },
);
const size = encodeOtlp(large).byteLength;

/** What the profiles say together, whatever their windows. */
function saying(profiles: readonly Profile[]): string[] {
  const lines = profiles.flatMap((profile) => dumpProfile(profile).split('\n'));
  return lines.filter((line) => /^(?:\d|calls)/.test(line)).sort();
}

const whole = saying([otlpProjection(large) as Profile]);

describe('a message that is too large for the server', () => {
  it.each(['none', 'gzip'] as const)('is divided by as much as it says, and arrives as a whole, with compression %s', async (compression) => {
    const most = Math.floor(size / (compression === 'gzip' ? 10 : 3));
    const { url, requests } = await startServer(undefined, { options: { 'grpc.max_receive_message_length': most } });
    expect(await exportOnce(createExporter({ url, compression }), large)).toEqual(DELIVERED);
    expect(requests.length).toBeGreaterThan(3);
    expect(saying(requests.flatMap(({ body }) => decodeOtlp(body).profiles))).toEqual(whole);
  });

  it.each<[string, status, string]>([
    ['Go', status.RESOURCE_EXHAUSTED, 'grpc: received message larger than max (SIZE vs. 9000)'],
    ['Go, after decompression', status.RESOURCE_EXHAUSTED, 'grpc: received message after decompression larger than max 9000'],
    ['Java', status.RESOURCE_EXHAUSTED, 'gRPC message exceeds maximum size 9000: SIZE'],
    ['.NET', status.RESOURCE_EXHAUSTED, 'Received message exceeds the maximum configured message size.'],
    ['Rust', status.OUT_OF_RANGE, 'Error, decoded message length too large: found SIZE bytes, the limit is: 9000 bytes'],
    ['Pyroscope', status.UNKNOWN, `failed to make a GRPC request: invalid_argument: the profile with labels '{${'a="1", '.repeat(150)}}' exceeds the samples count limit (max_profile_stacktrace_samples, actual: 240, limit: 90)`],
    ['a proxy', status.UNKNOWN, 'Received HTTP status code 413'],
  ])('is told from the words of %s', async (_kind, code, details) => {
    const taken: Profile[] = [];
    const { url, requests } = await startServer((callback, { request }) => {
      if (request.byteLength > 9000) {
        callback({ code, details: details.replace('SIZE', String(request.byteLength)) });
        return;
      }
      taken.push(...decodeOtlp(request).profiles);
      callback(null, Buffer.alloc(0));
    });
    expect(await exportOnce(createExporter({ url }), large)).toEqual(DELIVERED);
    expect(requests.length).toBeLessThan(30);
    expect(saying(taken)).toEqual(whole);
  });

  it('is not divided when the server asks for time instead', async () => {
    const { url, requests } = await startServer((callback) => {
      const metadata = new Metadata();
      metadata.set('grpc-status-details-bin', statusWithRetryInfo(8, { seconds: 2, nanos: 0 }));
      callback({ code: status.RESOURCE_EXHAUSTED, details: 'larger than max quota', metadata });
    });
    expect(failure(await exportOnce(createExporter({ url }), large))).toMatchObject({ code: 'ERR_UNAVAILABLE', retryable: true, retryAfterMillis: 2000 });
    expect(requests).toHaveLength(1);
  });

  it('is given up where not even the smallest part fits: counted, and not sent again', async () => {
    const { url } = await startServer(undefined, { options: { 'grpc.max_receive_message_length': 10 } });
    const { message, ...rest } = failure(await exportOnce(createExporter({ url }), large));
    expect(rest).toEqual({ code: 'ERR_TOO_LARGE', grpcStatus: status.RESOURCE_EXHAUSTED, retryable: false, retryAfterMillis: undefined });
    expect(message).toContain(`${url} answered RESOURCE_EXHAUSTED (`);
    expect(message).toContain('240 of 240 samples and 1 of 1 heap samples');
  });

  it('goes on after trouble with the parts that are missing', async () => {
    let requests = 0;
    const taken: Profile[] = [];
    const { url } = await startServer(
      (callback, { request }) => {
        requests += 1;
        if (requests % 3 === 0) {
          callback({ code: status.UNAVAILABLE, details: 'busy' });
          return;
        }
        taken.push(...decodeOtlp(request).profiles);
        callback(null, Buffer.alloc(0));
      },
      { options: { 'grpc.max_receive_message_length': Math.floor(size / 5) } },
    );
    const exporter = createExporter({ url });
    let result = await exportOnce(exporter, large);
    expect(failure(result)).toMatchObject({ code: 'ERR_UNAVAILABLE', retryable: true });
    for (let tries = 0; result.code !== 0 && tries < 20; tries++) result = await exportOnce(exporter, large);
    expect(result).toEqual(DELIVERED);
    expect(saying(taken)).toEqual(whole);
  });

  it('is divided by our own limit for messages as well', async () => {
    const { url, requests } = await startServer();
    expect(await exportOnce(createExporter({ url, channelOptions: { 'grpc.max_send_message_length': Math.floor(size / 3) } }), large)).toEqual(DELIVERED);
    expect(requests.length).toBeGreaterThan(3);
  });
});
