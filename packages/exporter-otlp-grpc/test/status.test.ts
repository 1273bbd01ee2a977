import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { createExporter, DELIVERED, exportOnce, failureOf, recordDiag } from './support/exports.ts';
import { partialSuccess, statusWithRetryInfo } from './support/messages.ts';
import { startServer } from './support/servers.ts';
import type { GrpcServer } from './support/servers.ts';

async function serverAnswering(code: status, details: string, trailer?: Buffer): Promise<GrpcServer> {
  return startServer((callback) => {
    const metadata = new Metadata();
    if (trailer !== undefined) metadata.set('grpc-status-details-bin', trailer);
    callback({ code, details, metadata });
  });
}

describe('OK', () => {
  it('is a success, and nothing is logged', async () => {
    const logged = recordDiag();
    const { url, requests } = await startServer();
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
    expect(requests).toHaveLength(1);
    expect(logged).toEqual([]);
  });

  it('stays a success with a partial success, which is a warning with count and message', async () => {
    const logged = recordDiag();
    const { url, requests } = await startServer((callback) => callback(null, Buffer.from(partialSuccess(3, 'label keys must not\nhold dots'))));
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
    expect(requests).toHaveLength(1);
    expect(logged).toEqual([{ level: 'warn', text: '@flamespan/exporter-otlp-grpc The server rejected 3 profiles: label keys must not hold dots' }]);
  });

  it('stays a success with an answer that is none', async () => {
    const logged = recordDiag();
    const { url } = await startServer((callback) => callback(null, Buffer.from([10, 9, 8])));
    expect(await exportOnce(createExporter({ url }))).toEqual(DELIVERED);
    expect(logged.map(({ level }) => level)).toEqual(['debug']);
  });
});

// OTLP specification, "OTLP/gRPC", "Failures": the table of codes.
describe('the table of status codes', () => {
  it.each(['CANCELLED', 'DEADLINE_EXCEEDED', 'ABORTED', 'OUT_OF_RANGE', 'UNAVAILABLE', 'DATA_LOSS'] as const)('%s may be sent again', async (name) => {
    const { url, requests } = await serverAnswering(status[name], 'ingester is full');
    const { message, ...rest } = await failureOf({ url });
    expect(rest).toEqual({ code: 'ERR_UNAVAILABLE', grpcStatus: status[name], retryable: true, retryAfterMillis: undefined });
    expect(message).toContain(`${url} answered ${name} (ingester is full)`);
    expect(requests).toHaveLength(1);
  });

  it.each(['UNKNOWN', 'INVALID_ARGUMENT', 'NOT_FOUND', 'ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'INTERNAL', 'UNAUTHENTICATED'] as const)('%s is final', async (name) => {
    const { url, requests } = await serverAnswering(status[name], 'sample 7 has no stack');
    const { message, ...rest } = await failureOf({ url });
    expect(rest).toEqual({ code: 'ERR_REFUSED', grpcStatus: status[name], retryable: false, retryAfterMillis: undefined });
    expect(message).toContain(`${url} answered ${name} (sample 7 has no stack)`);
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['says it', async () => serverAnswering(status.UNIMPLEMENTED, 'unknown service')],
    ['has another service', async () => startServer(undefined, { withoutProfiles: true })],
  ])('UNIMPLEMENTED is a server without profiles, and the message says what to set: it %s', async (_kind, start) => {
    const { url } = await start();
    const { message, ...rest } = await failureOf({ url });
    expect(rest).toEqual({ code: 'ERR_NO_PROFILES_ENDPOINT', grpcStatus: status.UNIMPLEMENTED, retryable: false, retryAfterMillis: undefined });
    expect(message).toContain('OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT');
    expect(message).toContain('service.profilesSupport');
  });

  it('a code that nobody knows is final', async () => {
    const { url } = await serverAnswering(JSON.parse('77') as status, 'new');
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_REFUSED', retryable: false });
  });
});

describe('RetryInfo', () => {
  it.each([
    [{ seconds: 7, nanos: 0 }, 7000],
    [{ seconds: 0, nanos: 1_500_000 }, 2],
    [{ seconds: 0, nanos: 0 }, 0],
    [{ seconds: -5, nanos: 0 }, 0],
    [{ seconds: 10 ** 12, nanos: 0 }, 3_600_000],
  ])('of %j delays by %i ms', async (delay, millis) => {
    const { url } = await serverAnswering(status.UNAVAILABLE, '', statusWithRetryInfo(14, delay));
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_UNAVAILABLE', retryable: true, retryAfterMillis: millis });
  });

  it('makes RESOURCE_EXHAUSTED one to be sent again', async () => {
    const { url } = await serverAnswering(status.RESOURCE_EXHAUSTED, 'quota', statusWithRetryInfo(8, { seconds: 3, nanos: 0 }));
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_UNAVAILABLE', grpcStatus: status.RESOURCE_EXHAUSTED, retryable: true, retryAfterMillis: 3000 });
  });

  it('makes nothing else one to be sent again', async () => {
    const { url } = await serverAnswering(status.INVALID_ARGUMENT, 'bad', statusWithRetryInfo(3, { seconds: 3, nanos: 0 }));
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_REFUSED', retryable: false, retryAfterMillis: undefined });
  });

  it.each([['nothing', Buffer.alloc(0)], ['noise', Buffer.from([255, 255, 255, 255])], ['another detail', Buffer.from([0x1a, 2, 0x0a, 0])]])('that is %s counts as none', async (_kind, trailer) => {
    const { url } = await serverAnswering(status.UNAVAILABLE, 'busy', trailer);
    expect(await failureOf({ url })).toMatchObject({ code: 'ERR_UNAVAILABLE', retryable: true, retryAfterMillis: undefined });
    const exhausted = await serverAnswering(status.RESOURCE_EXHAUSTED, 'quota', trailer);
    expect(await failureOf({ url: exhausted.url })).toMatchObject({ code: 'ERR_REFUSED', retryable: false });
  });
});

describe('what the server says', () => {
  it.each([
    ['control and bidirectional characters', 'no\u0000\u001B[31m\u202Estack', '(no [31m stack)'],
    ['a long text', `${'x'.repeat(4000)} limit 30`, `(${'x'.repeat(180)} … ${'x'.repeat(111)} limit 30)`],
    ['nothing', '', 'answered INTERNAL'],
  ])('is made fit for a log: %s', async (_kind, details, expected) => {
    const { url } = await serverAnswering(status.INTERNAL, details);
    expect((await failureOf({ url })).message.endsWith(expected)).toBe(true);
  });
});
