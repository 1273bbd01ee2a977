import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { OTLPProfileExporter } from '@flamespan/exporter-otlp-grpc';
import { encodeOtlp } from '@flamespan/profile';
import type { ExportResult } from '@flamespan/profile';
import type { RunningViewer, ViewerOptions } from '@flamespan/viewer';
import { startViewer } from '@flamespan/viewer';
import { Client, compressionAlgorithms, credentials, Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it, onTestFinished } from 'vitest';
import { unusedPort } from '../../../test/exporting/src/unused-port.ts';
import { drawProfile, id, TRACE } from './drawing.ts';
import { protobufTraces } from './protobuf-traces.ts';

const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const PROFILES = '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export';
const PROFILE = drawProfile('10 10 9 1 GET_/a main;work\n20 10 9 - - main');

async function start(options: ViewerOptions = {}): Promise<RunningViewer & { readonly grpcUrl: string }> {
  const viewer = await startViewer({ port: 0, grpcPort: 0, ...options });
  onTestFinished(() => viewer.close());
  expect(viewer.grpcProblem).toBeNull();
  return viewer as RunningViewer & { readonly grpcUrl: string };
}

interface Outcome {
  readonly code: number;
  readonly details: string;
}

/** Sends bytes as a message. */
function call(viewer: { readonly grpcUrl: string }, path: string, message: Uint8Array, options: { gzip?: boolean; deadline?: number } = {}): Promise<Outcome> {
  const client = new Client(viewer.grpcUrl.replace('http://', ''), credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
    ...(options.gzip === true && { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip }),
  });
  onTestFinished(() => client.close());
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, (bytes: Buffer) => bytes, (bytes: Buffer) => bytes, Buffer.from(message), new Metadata(), { deadline: Date.now() + (options.deadline ?? 30_000) }, (error: ServiceError | null) => {
      resolve(error === null ? { code: 0, details: '' } : { code: error.code, details: error.details });
    });
  });
}

describe('OTLP/gRPC', () => {
  it.each([undefined, 'gzip'])('takes what OpenTelemetry\'s exporter sends (compression: %s)', async (compression) => {
    const viewer = await start();
    const exporter = new OTLPTraceExporter({ url: viewer.grpcUrl, ...(compression !== undefined && { compression: compression as never }) });
    const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
    const span = provider.getTracer('shop').startSpan('GET /a', { kind: SpanKind.SERVER, attributes: { text: 'tea' } }, ROOT_CONTEXT);
    span.end();
    await provider.forceFlush();
    await provider.shutdown();
    const { traceId, spanId } = span.spanContext();
    expect(viewer.store.trace(traceId)!.spans.get(spanId)).toMatchObject({ name: 'GET /a', attributes: { text: 'tea' } });
  });

  it.each(['none', 'gzip'] as const)('takes what our exporter of profiles sends (compression: %s)', async (compression) => {
    const viewer = await start();
    const exporter = new OTLPProfileExporter({ url: viewer.grpcUrl, compression: compression as never });
    const result = await new Promise<ExportResult>((resolve) => {
      exporter.export(PROFILE, resolve);
    });
    await exporter.shutdown();
    expect(result.code, String(result.error)).toBe(0);
    expect(viewer.store.stats()).toMatchObject({ profiles: 1, samples: 2, linkedSamples: 1 });
    expect(viewer.store.samplesOfSpan(TRACE, id('1'))).toHaveLength(1);
  });

  it('is named in the state, where it is open', async () => {
    const viewer = await start();
    expect(await (await fetch(`${viewer.url}/api/state`)).json()).toMatchObject({ endpoints: { http: viewer.url, grpc: viewer.grpcUrl } });
  });

  it.each([
    ['a malformed message of traces', TRACES, Buffer.from('nonsense')],
    ['a malformed message of profiles', PROFILES, Buffer.from('nonsense')],
    ['a message of profiles that ends too early', PROFILES, encodeOtlp(PROFILE).subarray(0, -3)],
  ])('refuses %s, and stays as it was', async (_what, path, message) => {
    const viewer = await start();
    const { code, details } = await call(viewer, path, message);
    expect(code).toBe(status.INVALID_ARGUMENT);
    expect(details.length).toBeGreaterThan(10);
    expect(viewer.store.stats()).toMatchObject({ traces: 0, spans: 0, profiles: 0, bytes: 0, rejectedRequests: { malformed: 1 } });
    expect(await call(viewer, PROFILES, encodeOtlp(PROFILE))).toEqual({ code: 0, details: '' });
  });

  it.each([
    ['before decompression', Buffer.alloc(100_001), false],
    ['after decompression', Buffer.alloc(10_000_000), true],
  ])('refuses what is too large %s', async (_when, message, gzip) => {
    const viewer = await start({ maxRequestBytes: 100_000 });
    const { code, details } = await call(viewer, TRACES, message, { gzip });
    expect(code).toBe(status.RESOURCE_EXHAUSTED);
    expect(details).toContain('100000');
    expect(viewer.store.stats()).toMatchObject({ traces: 0, bytes: 0 });
    expect((await call(viewer, PROFILES, encodeOtlp(PROFILE), { gzip })).code).toBe(0);
  });

  it('refuses what would take more memory than it has', async () => {
    const viewer = await start({ maxBytes: 1_000 });
    const message = protobufTraces(Array.from({ length: 200 }, (_, spanId) => ({ spanId: spanId + 1 })));
    expect(await call(viewer, TRACES, message)).toMatchObject({ code: status.RESOURCE_EXHAUSTED, details: expect.stringContaining('1000 bytes') as string });
    expect(viewer.store.stats()).toMatchObject({ spans: 0, evictedTraces: 0 });
  });

  it('has no other services', async () => {
    const viewer = await start();
    expect((await call(viewer, '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export', Buffer.alloc(0))).code).toBe(status.UNIMPLEMENTED);
  });

  it('refuses what is not gzip although it says so', async () => {
    const viewer = await start();
    const session = connectHttp2(viewer.grpcUrl);
    onTestFinished(() => session.destroy());
    const stream = session.request({ ':method': 'POST', ':path': TRACES, 'content-type': 'application/grpc', te: 'trailers', 'grpc-encoding': 'gzip' });
    const code = new Promise<string>((resolve) => {
      stream.on('response', (headers) => headers['grpc-status'] !== undefined && resolve(String(headers['grpc-status'])));
      stream.on('trailers', (trailers) => resolve(String(trailers['grpc-status'])));
    });
    const message = gzipSync('{}').subarray(5);
    const frame = Buffer.concat([Buffer.from([1, 0, 0, 0, message.length]), message]);
    stream.end(frame);
    stream.resume();
    expect(Number(await code)).toBe(status.INTERNAL);
    expect(viewer.store.stats()).toMatchObject({ traces: 0 });
  });

  it('cuts off a message that does not come to its end', async () => {
    const viewer = await start({ requestTimeoutMillis: 2_000 });
    const session = connectHttp2(viewer.grpcUrl);
    onTestFinished(() => session.destroy());
    const stream = session.request({ ':method': 'POST', ':path': TRACES, 'content-type': 'application/grpc', te: 'trailers' });
    stream.write(Buffer.from([0, 0, 0, 1, 0, 1, 2, 3]));
    stream.resume();
    const code = await new Promise<string>((resolve) => {
      stream.on('response', (headers) => headers['grpc-status'] !== undefined && resolve(String(headers['grpc-status'])));
      stream.on('trailers', (trailers) => resolve(String(trailers['grpc-status'])));
    });
    expect(Number(code)).toBe(status.DEADLINE_EXCEEDED);
  });

  it('hangs up on who connects and says nothing', async () => {
    const viewer = await start({ requestTimeoutMillis: 2_000 });
    const socket = connect(Number(new URL(viewer.grpcUrl).port), '127.0.0.1');
    await new Promise<void>((resolve) => {
      socket.on('close', () => resolve()).resume();
    });
    expect((await call(viewer, PROFILES, encodeOtlp(PROFILE))).code).toBe(0);
  });

  it('tells who comes while too many messages are on their way to come again, until they are through', async () => {
    const viewer = await start();
    const sessions = Array.from({ length: 4 }, () => connectHttp2(viewer.grpcUrl));
    onTestFinished(() => {
      for (const session of sessions) session.destroy();
    });
    const open = sessions.flatMap((session) => Array.from({ length: 4 }, () => {
      const stream = session.request({ ':method': 'POST', ':path': TRACES, 'content-type': 'application/grpc', te: 'trailers' });
      stream.on('error', () => {});
      stream.write(Buffer.from([0, 0, 0, 1, 0, 1]));
      return stream;
    }));
    await expect.poll(async () => (await call(viewer, PROFILES, encodeOtlp(PROFILE))).code, { timeout: 20_000 }).toBe(status.UNAVAILABLE);
    for (const stream of open) stream.close();
    await expect.poll(async () => (await call(viewer, PROFILES, encodeOtlp(PROFILE))).code, { timeout: 20_000 }).toBe(0);
  });

  it('survives what is no HTTP/2', async () => {
    const viewer = await start();
    for (const text of ['GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', '\u0016\u0003\u0001\u0000', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense nonsense']) {
      const socket = connect(Number(new URL(viewer.grpcUrl).port), '127.0.0.1');
      socket.on('error', () => {});
      socket.write(text);
      socket.end();
      await new Promise<void>((resolve) => {
        socket.on('close', () => resolve()).resume();
      });
    }
    expect((await call(viewer, PROFILES, encodeOtlp(PROFILE))).code).toBe(0);
  });

  it('frees its port with the viewer, also with a message on its way', async () => {
    const viewer = await start({ grpcPort: await unusedPort() });
    const session = connectHttp2(viewer.grpcUrl);
    session.on('error', () => {});
    const stream = session.request({ ':method': 'POST', ':path': TRACES, 'content-type': 'application/grpc', te: 'trailers' });
    stream.on('error', () => {});
    stream.write(Buffer.from([0, 0, 0, 1]));
    await new Promise((resolve) => {
      session.once('remoteSettings', resolve);
    });
    await viewer.close();
    const again = await start({ grpcPort: Number(new URL(viewer.grpcUrl).port) });
    expect(again.grpcUrl).toBe(viewer.grpcUrl);
    expect((await call(again, PROFILES, encodeOtlp(PROFILE))).code).toBe(0);
  });

  it('is left out, and that is said, where its port is taken', async () => {
    const first = await start();
    const port = Number(new URL(first.grpcUrl).port);
    const second = await startViewer({ port: 0, grpcPort: port });
    onTestFinished(() => second.close());
    expect([second.grpcUrl, second.grpcProblem]).toEqual([null, `port ${port} is taken by another process, so that OTLP/gRPC is not received; OTLP/HTTP is`]);
    expect(await (await fetch(`${second.url}/api/state`)).json()).toMatchObject({ endpoints: { grpc: null } });
  });

  it('is not opened unless it is asked for', async () => {
    const viewer = await startViewer({ port: 0 });
    onTestFinished(() => viewer.close());
    expect([viewer.grpcUrl, viewer.grpcProblem]).toEqual([null, null]);
    expect(await startViewer({ port: 0, grpcPort: 65_536 }).catch((error: unknown) => error)).toMatchObject({ code: 'ERR_INVALID_OPTION' });
  });
});
