import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { encodeOtlp, profilesDataFromProfile, profilesDataToJson } from '@flamespan/profile';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { RunningViewer } from '@flamespan/viewer';
import { startViewer, ViewerError } from '@flamespan/viewer';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drawProfile, id, TRACE } from './drawing.ts';

let viewer: RunningViewer;
beforeEach(async () => {
  viewer = await startViewer({ port: 0 });
});
afterEach(() => viewer.close());

const PROFILE = drawProfile('10 10 9 1 GET_/a main;work\n20 10 9 - - main');

function post(path: string, contentType: string, body: Uint8Array | string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(viewer.url + path, { method: 'POST', headers: { 'content-type': contentType, ...headers }, body: body as string });
}

describe('traces', () => {
  const exporters = [
    ['OTLP/JSON', () => new JsonTraceExporter({ url: `${viewer.url}/v1/traces` })],
    ['OTLP/JSON in gzip', () => new JsonTraceExporter({ url: `${viewer.url}/v1/traces`, compression: 'gzip' as never })],
    ['OTLP/protobuf', () => new ProtobufTraceExporter({ url: `${viewer.url}/v1/traces` })],
  ] as const;

  it.each(exporters)('takes what the SDK sends as %s', async (_name, createExporter) => {
    const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter: createExporter() })] });
    const tracer = provider.getTracer('shop-tracer', '1.2.3');
    const parent = tracer.startSpan('GET /products/:id', { kind: SpanKind.SERVER, attributes: { text: 'tea', count: 3, share: 0.5, ok: true, list: ['a', 'b'] } }, ROOT_CONTEXT);
    const child = tracer.startSpan('SELECT', { kind: SpanKind.CLIENT }, trace.setSpan(ROOT_CONTEXT, parent));
    child.recordException(new Error('no such table'));
    child.setStatus({ code: SpanStatusCode.ERROR, message: 'failed' });
    child.end();
    parent.end();
    await provider.forceFlush();
    await provider.shutdown();

    const stored = viewer.store.trace(parent.spanContext().traceId)!;
    expect(stored.spans.size).toBe(2);
    const sent = stored.spans.get(parent.spanContext().spanId)!;
    expect(sent).toMatchObject({
      name: 'GET /products/:id',
      kind: 2,
      parentSpanId: '',
      attributes: { text: 'tea', count: 3, share: 0.5, ok: true, list: ['a', 'b'] },
      scope: { name: 'shop-tracer', version: '1.2.3' },
      status: { code: 0 },
    });
    expect(sent.resource.attributes['service.name']).toMatch(/^unknown_service/);
    expect(Math.abs(Number(sent.endTimeUnixNano / 1_000_000n) - Date.now())).toBeLessThan(60_000);
    expect(BigInt(sent.durationNanos)).toBe(sent.endTimeUnixNano - sent.startTimeUnixNano);
    expect(stored.spans.get(child.spanContext().spanId)).toMatchObject({
      parentSpanId: parent.spanContext().spanId,
      kind: 3,
      status: { code: 2, message: 'failed' },
      events: [{ name: 'exception', attributes: { 'exception.message': 'no such table' } }],
    });
    expect(viewer.store.stats().rejectedRequests).toEqual({});
  });

  it('answers with an empty message in the encoding of the request', async () => {
    const json = await post('/v1/traces', 'application/json; charset=utf-8', '{}');
    expect([json.status, json.headers.get('content-type'), await json.text()]).toEqual([200, 'application/json', '{}']);
    const protobuf = await post('/v1/traces', 'application/x-protobuf', new Uint8Array(0));
    expect([protobuf.status, protobuf.headers.get('content-type'), await protobuf.text()]).toEqual([200, 'application/x-protobuf', '']);
  });
});

describe('profiles', () => {
  it.each([
    ['protobuf', 'application/x-protobuf', () => encodeOtlp(PROFILE), {}],
    ['protobuf by its other name', 'application/protobuf', () => encodeOtlp(PROFILE), {}],
    ['protobuf in gzip', 'application/x-protobuf', () => gzipSync(encodeOtlp(PROFILE)), { 'content-encoding': 'gzip' }],
    ['JSON', 'application/json', () => profilesDataToJson(profilesDataFromProfile(PROFILE)), {}],
  ])('takes %s', async (_name, contentType, body, headers) => {
    const answer = await post('/v1development/profiles', contentType, body(), headers);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, contentType]);
    expect(viewer.store.stats()).toMatchObject({ profiles: 1, samples: 2, linkedSamples: 1 });
    expect(viewer.store.samplesOfSpan(TRACE, id('1'))).toHaveLength(1);
  });
});

describe('the same profile again', () => {
  it('is taken, and counts once', async () => {
    const body = encodeOtlp(PROFILE);
    for (let times = 0; times < 2; times++) expect((await post('/v1development/profiles', 'application/x-protobuf', body)).status).toBe(200);
    expect(viewer.store.stats()).toMatchObject({ profiles: 1, samples: 2, duplicateProfiles: 1, rejectedRequests: {} });
  });
});

describe('metrics and logs, which an SDK sends to the same endpoint', () => {
  const attribute = { key: 'service.name', value: { stringValue: 'shop' } };
  const time = '1700000000000000001';
  const jsonMetrics = JSON.stringify({ resourceMetrics: [{ resource: { attributes: [attribute] }, scopeMetrics: [{ scope: { name: 'test' }, metrics: [{ name: 'http.server.requests', unit: '{request}', sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ startTimeUnixNano: time, timeUnixNano: time, asInt: '3' }] } }] }] }] });
  const jsonLogs = JSON.stringify({ resourceLogs: [{ resource: { attributes: [attribute] }, scopeLogs: [{ scope: { name: 'test' }, logRecords: [{ timeUnixNano: time, severityNumber: 9, body: { stringValue: 'ready' } }] }] }] });
  /** An `ExportMetricsServiceRequest`: one sum with one point of service `shop`. */
  const protobufMetrics = (): Uint8Array => {
    const message = (field: number, content: Uint8Array): Uint8Array => new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(content).finish();
    const text = (field: number, value: string): Uint8Array => message(field, Buffer.from(value));
    const point = new BinaryWriter().tag(2, WireType.Bit64).fixed64(time).tag(3, WireType.Bit64).fixed64(time).tag(6, WireType.Bit64).sfixed64(3n).finish();
    const sum = Buffer.concat([message(1, point), new BinaryWriter().tag(2, WireType.Varint).int32(2).tag(3, WireType.Varint).bool(true).finish()]);
    const metric = Buffer.concat([text(1, 'http.server.requests'), text(3, '{request}'), message(7, sum)]);
    const resource = message(1, Buffer.concat([text(1, 'service.name'), message(2, text(1, 'shop'))]));
    return message(1, Buffer.concat([message(1, resource), message(2, Buffer.concat([message(1, text(1, 'test')), message(2, metric)]))]));
  };

  it.each<[string, string, string, Uint8Array | string, Record<string, string>, string]>([
    ['metrics as protobuf', '/v1/metrics', 'application/x-protobuf', protobufMetrics(), {}, ''],
    ['metrics as protobuf in gzip', '/v1/metrics', 'application/x-protobuf', gzipSync(protobufMetrics()), { 'content-encoding': 'gzip' }, ''],
    ['metrics as JSON', '/v1/metrics', 'application/json', jsonMetrics, {}, '{}'],
    ['logs as JSON', '/v1/logs', 'application/json; charset=utf-8', jsonLogs, {}, '{}'],
  ])('are taken and not kept: %s', async (_what, path, contentType, body, headers, expected) => {
    const answer = await post(path, contentType, body, headers);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, contentType.split(';')[0], expected]);
    expect(viewer.store.stats()).toMatchObject({ traces: 0, profiles: 0, rejectedRequests: {} });
    // Nobody is told of faults.
    expect(await (await fetch(`${viewer.url}/report`)).text()).not.toMatch(/refused/i);
  });
});

describe('pages', () => {
  it('says at / what this is, where to send and how to build the page, where it is not built', async () => {
    await viewer.close();
    viewer = await startViewer({ port: 0, pageDirectory: new URL('./no-such-directory/', import.meta.url) });
    const text = await (await fetch(viewer.url)).text();
    expect(text).toContain('pnpm@12.21.0 build');
    expect((await fetch(`${viewer.url}/trace/${TRACE}`)).status).toBe(200);
    for (const part of ['Flamespan viewer', `POST ${viewer.url}/v1/traces`, `POST ${viewer.url}/v1development/profiles`, `GET  ${viewer.url}/report`]) {
      expect(text).toContain(part);
    }
  });

  it('prints the report without colours, at the width asked for', async () => {
    await post('/v1development/profiles', 'application/x-protobuf', encodeOtlp(PROFILE));
    const answer = await fetch(`${viewer.url}/report?width=72`);
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(text).toContain('TOP ENDPOINTS');
    expect(text).not.toContain('\u001B');
    expect((await fetch(`${viewer.url}/report?width=-1e9`)).status).toBe(200);
    expect((await fetch(`${viewer.url}/report?width=nonsense`)).status).toBe(200);
  });

  it('answers HEAD without a body', async () => {
    const answer = await fetch(`${viewer.url}/report`, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(0);
  });
});

describe('life cycle', () => {
  it('names the port that is taken and how to change it', async () => {
    const error = await startViewer({ port: viewer.port }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ViewerError);
    expect(error).toMatchObject({ code: 'ERR_PORT_IN_USE' });
    expect((error as Error).message).toContain(`port ${viewer.port} on 127.0.0.1`);
    expect((error as Error).message).toContain('startViewer({ port })');
  });

  it('uses port 4318 where none is given, or says that it is taken', async () => {
    const url = await startViewer().then(async (started) => {
      await started.close();
      return started.url;
    }, (error: ViewerError) => error.message);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:4318$|^ERR_PORT_IN_USE: port 4318 on 127\.0\.0\.1/);
  });

  it('frees its port when it is closed, also with a connection open, and may be closed again', async () => {
    await fetch(viewer.url);
    await Promise.all([viewer.close(), viewer.close()]);
    await expect(fetch(viewer.url)).rejects.toThrow('fetch failed');
    const server = createServer().listen(viewer.port, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    expect((server.address() as AddressInfo).port).toBe(viewer.port);
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    [{ host: '0.0.0.0' }, 'host must be'],
    [{ port: 70_000 }, 'port must be'],
    [{ port: 1.5 }, 'port must be'],
    [{ maxBytes: 0 }, 'maxBytes must be'],
    [{ maxRequestBytes: NaN }, 'maxRequestBytes must be'],
    [{ requestTimeoutMillis: -1 }, 'requestTimeoutMillis must be'],
  ])('refuses %j', async (options, message) => {
    const error = await startViewer(options as never).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION' });
    expect((error as Error).message).toContain(message);
  });
});
