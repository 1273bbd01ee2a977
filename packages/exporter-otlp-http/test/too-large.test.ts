import type { ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeOtlp, encodeOtlp } from '@flamespan/profile';
import type { Profile } from '@flamespan/profile';
import { dumpProfile, otlpProjection, profileFromStacks } from '@flamespan/profile/testing';
import { createExporter, DELIVERED, exportOnce, failure } from './support/exports.ts';
import { rpcStatus } from './support/messages.ts';
import { startServer } from './support/servers.ts';

/** Every sample has frames of its own, so that a part of the samples is a part of the bytes. */
const large = profileFromStacks(
  [...Array.from({ length: 120 }, (_, i) => `main;handler_${i}${'_of_a_long_name'.repeat(8)};leaf_${i} 2 @span${i % 7} GET /${i % 3}`), 'main;cache 9 objects 900 bytes'].join('\n'),
  { endpointCalls: { 'GET /0': 5 } },
);
const size = encodeOtlp(large).byteLength;

type Refusal = (response: ServerResponse, bytes: number, most: number) => void;

/** Takes requests of so many bytes, before compression. */
async function serverTaking(most: number, refuse: Refusal): Promise<{ url: string; taken: Profile[]; requests: () => number }> {
  const taken: Profile[] = [];
  const { url, requests } = await startServer((response, { body, headers }) => {
    const message = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    if (message.byteLength > most) {
      refuse(response, message.byteLength, most);
      return;
    }
    taken.push(...decodeOtlp(message).profiles);
    response.end();
  });
  return { url, taken, requests: () => requests.length };
}

/** What the profiles say together, whatever their windows. */
function saying(profiles: readonly Profile[]): string[] {
  const lines = profiles.flatMap((profile) => dumpProfile(profile).split('\n'));
  return lines.filter((line) => /^(?:\d|calls)/.test(line)).sort();
}

describe('a request that is too large for the server', () => {
  it.each<[string, Refusal, 'none' | 'gzip']>([
    ['413', (response) => response.writeHead(413).end(), 'none'],
    ['413 before compression', (response) => response.writeHead(413).end(), 'gzip'],
    ['400, as the Collector says it', (response) => response.writeHead(400, { 'Content-Type': 'application/x-protobuf' }).end(rpcStatus(3, 'http: request body too large')), 'none'],
    ['400 with a long list of labels, as Pyroscope says it', (response) => response.writeHead(400).end(`failed to make a GRPC request: the profile with labels '{${'a="b", '.repeat(200)}}' exceeds the size limit (max_profile_size_byte, actual: 700, limit: 100)`), 'none'],
    ['500, as Pyroscope says it of several series', (response) => response.writeHead(500).end("2 errors: the profile with labels '{}' exceeds the samples count limit (max_profile_stacktrace_samples, actual: 300, limit: 100)"), 'none'],
  ])('is divided and arrives as a whole: %s', async (_kind, refuse, compression) => {
    const { url, taken, requests } = await serverTaking(size / 3, refuse);
    expect(await exportOnce(createExporter({ url, compression }), large)).toEqual(DELIVERED);
    expect(taken.length).toBeGreaterThan(3);
    expect(requests()).toBeLessThan(20);
    expect(saying(taken)).toEqual(saying([otlpProjection(large) as Profile]));
  });

  it('is given up where not even the smallest part fits: counted, and not sent again', async () => {
    const { url, requests } = await serverTaking(0, (response) => response.writeHead(413).end('nothing today'));
    const { message, ...rest } = failure(await exportOnce(createExporter({ url }), large));
    expect(rest).toEqual({ code: 'ERR_TOO_LARGE', httpStatus: 413, retryable: false, retryAfterMillis: undefined });
    expect(message).toContain(`${url}/ answered 413 (nothing today)`);
    expect(message).toContain('240 of 240 samples and 1 of 1 heap samples');
    expect(requests()).toBeLessThan(130);
  });

  it('is given up in part: the rest is delivered', async () => {
    const heapAlone = profileFromStacks(['main 4', ...Array.from({ length: 200 }, (_, i) => `main;object ${i} 1 objects 8 bytes`)].join('\n'));
    const { url, taken } = await serverTaking(2000, (response) => response.writeHead(413).end());
    expect(failure(await exportOnce(createExporter({ url }), heapAlone)).message).toContain('0 of 4 samples and 200 of 200 heap samples');
    expect(taken.reduce((sum, { samples }) => sum + samples.length, 0)).toBe(4);
  });

  it('goes on after trouble with the parts that are missing', async () => {
    let requests = 0;
    const taken: Profile[] = [];
    const { url } = await startServer((response, { body }) => {
      requests += 1;
      if (body.byteLength > size / 3) response.writeHead(413).end();
      else if (requests % 4 === 0) response.writeHead(503, { 'Retry-After': '7' }).end();
      else {
        taken.push(...decodeOtlp(body).profiles);
        response.end();
      }
    });
    const exporter = createExporter({ url });
    const first = failure(await exportOnce(exporter, large));
    expect(first).toMatchObject({ code: 'ERR_UNAVAILABLE', retryable: true, retryAfterMillis: 7000 });
    let result = await exportOnce(exporter, large);
    for (let tries = 0; result.code !== 0 && tries < 20; tries++) result = await exportOnce(exporter, large);
    expect(result).toEqual(DELIVERED);
    expect(saying(taken)).toEqual(saying([otlpProjection(large) as Profile]));
  });

  it('loses a part that is refused, and no other', async () => {
    const taken: Profile[] = [];
    let lost = 0;
    const { url } = await startServer((response, { body }) => {
      if (body.byteLength > size / 3) response.writeHead(413).end();
      else if (taken.length === 1 && lost === 0) {
        lost = decodeOtlp(body).profiles[0]?.samples.length ?? 0;
        response.writeHead(400).end('a sample is too old');
      } else {
        taken.push(...decodeOtlp(body).profiles);
        response.end();
      }
    });
    const { message, ...rest } = failure(await exportOnce(createExporter({ url }), large));
    expect(rest).toEqual({ code: 'ERR_REFUSED', httpStatus: 400, retryable: false, retryAfterMillis: undefined });
    expect(message).toContain(`${url}/ answered 400 (a sample is too old). `);
    expect(message).toContain(`${lost} of 240 samples and 0 of 1 heap samples`);
    expect(message).not.toMatch(/fit|too large/);
    expect(taken.reduce((sum, { samples }) => sum + samples.length, 0)).toBe(240 - lost);
  });

  it('has one timeout for all its parts', async () => {
    const { url } = await startServer((response) => void setTimeout(() => response.writeHead(413).end(), 150));
    expect(failure(await exportOnce(createExporter({ url, timeoutMillis: 500 }), large))).toMatchObject({ code: 'ERR_TIMEOUT', retryable: true });
  });
});

describe('what no server has to be asked for', () => {
  it('more samples than Pyroscope takes of a type are sent in parts', async () => {
    const { url, taken } = await serverTaking(Infinity, () => {});
    const many = profileFromStacks('main;a 16001\nmain;cache 1 objects 1 bytes');
    expect(await exportOnce(createExporter({ url }), many)).toEqual(DELIVERED);
    expect(taken.map(({ samples, heapSamples }) => [samples.length, heapSamples.length])).toEqual([[8000, 0], [8001, 0], [0, 1]]);
  });

  it('more than 64 MiB before compression are not sent at once', async () => {
    const sizes: number[] = [];
    const { url } = await startServer((response, { body }) => {
      sizes.push(gunzipSync(body).byteLength);
      response.end();
    });
    // Few strings, so that building it takes no time.
    const huge = profileFromStacks(Array.from({ length: 6 }, (_, i) => `main;${i}${'x'.repeat(12 * 1024 * 1024)} 1`).join('\n'));
    expect(await exportOnce(createExporter({ url, compression: 'gzip', timeoutMillis: 60_000 }), huge)).toEqual(DELIVERED);
    expect(sizes).toHaveLength(2);
    for (const bytes of sizes) expect(bytes).toBeLessThan(64 * 1024 * 1024);
  });
});
