import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { encodeOtlp } from '@flamespan/profile';
import type { RunningViewer } from '@flamespan/viewer';
import { startViewer } from '@flamespan/viewer';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { drawProfile } from './drawing.ts';
import { jsonSpan, jsonTraces } from './json-traces.ts';
import type { Answer } from './requests.ts';
import { ask } from './requests.ts';

const MAX_REQUEST_BYTES = 100_000;
const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' };

let viewer: RunningViewer;
beforeEach(async () => {
  viewer = await startViewer({ port: 0, maxRequestBytes: MAX_REQUEST_BYTES });
  await send('POST', '/v1/traces', JSON_TYPE, jsonTraces([jsonSpan()]));
});
afterEach(() => viewer.close());

/** Only for those who are to be cut off: a busy machine makes the others slow, too. */
async function restartWithShortTimeout(): Promise<void> {
  await viewer.close();
  viewer = await startViewer({ port: 0, maxRequestBytes: MAX_REQUEST_BYTES, requestTimeoutMillis: 2_000 });
  await send('POST', '/v1/traces', JSON_TYPE, jsonTraces([jsonSpan()]));
}

function send(method: string, path: string, headers: Record<string, string> = {}, body: Uint8Array | string = ''): Promise<Answer> {
  return ask(viewer.port, method, path, headers, body);
}

function messageOf({ headers, body }: Answer): { code: number; message: string } {
  if (headers['content-type'] === 'application/json') return JSON.parse(body.toString()) as { code: number; message: string };
  const reader = new BinaryReader(body);
  const status = { code: 0, message: '' };
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    if (field === 1) status.code = reader.int32();
    else status.message = reader.string();
  }
  return status;
}

async function expectUnchanged(): Promise<void> {
  expect(viewer.store.stats()).toMatchObject({ traces: 1, spans: 1, profiles: 0 });
  const answer = await send('POST', '/v1/traces', JSON_TYPE, '{}');
  expect(answer.status).toBe(200);
}

const json = (value: unknown): string => JSON.stringify(value);

describe('a request that is refused with 400', () => {
  it.each<[name: string, path: string, type: Record<string, string>, body: Uint8Array | string, reason: RegExp]>([
    ['no JSON', '/v1/traces', JSON_TYPE, '{"resourceSpans": [', /not JSON/],
    ['JSON that is no object', '/v1/traces', JSON_TYPE, '[]', /not an object/],
    ['JSON null', '/v1/traces', JSON_TYPE, 'null', /not an object/],
    ['JSON that is not UTF-8', '/v1/traces', JSON_TYPE, Buffer.from([0x7b, 0xff, 0x7d]), /not UTF-8/],
    ['an object where a list must be', '/v1/traces', JSON_TYPE, json({ resourceSpans: {} }), /resourceSpans is not an array/],
    ['a short trace id', '/v1/traces', JSON_TYPE, jsonTraces([jsonSpan({ traceId: 'ab' })]), /traceId that is not 16 bytes/],
    ['a trace id of zeros', '/v1/traces', JSON_TYPE, jsonTraces([jsonSpan({ traceId: '0'.repeat(32) })]), /all zeros/],
    ['a trace id that is not hex', '/v1/traces', JSON_TYPE, jsonTraces([jsonSpan({ traceId: 'z'.repeat(32) })]), /traceId/],
    ['a long span id', '/v1/traces', JSON_TYPE, jsonTraces([jsonSpan({ spanId: 'a'.repeat(18) })]), /spanId that is not 8 bytes/],
    ['a short parent', '/v1/traces', JSON_TYPE, jsonTraces([jsonSpan({ parentSpanId: 'aa' })]), /parentSpanId/],
    ['no ids', '/v1/traces', JSON_TYPE, jsonTraces([{}]), /traceId/],
    ['a negative time', '/v1/traces', JSON_TYPE, jsonTraces([jsonSpan({ startTimeUnixNano: '-5' })]), /startTimeUnixNano/],
    ['a time beyond 64 bits', '/v1/traces', JSON_TYPE, jsonTraces([jsonSpan({ endTimeUnixNano: '253402300799000000000' })]), /endTimeUnixNano/],
    ['a time of a thousand digits', '/v1/traces', JSON_TYPE, jsonTraces([jsonSpan({ endTimeUnixNano: '9'.repeat(1000) })]), /endTimeUnixNano/],
    ['a time that is text', '/v1/traces', JSON_TYPE, jsonTraces([jsonSpan({ endTimeUnixNano: '0x10' })]), /endTimeUnixNano/],
    ['attributes nested a thousand deep', '/v1/traces', JSON_TYPE, jsonTraces([jsonSpan({ attributes: `[${'{"key":"a","value":{"kvlistValue":{"values":['.repeat(1000)}${']}}}'.repeat(1000)}]` })]), /nested more than 32/],
    ['JSON nested a thousand deep', '/v1/traces', JSON_TYPE, '['.repeat(40_000), /not JSON/],
    ['random bytes', '/v1/traces', PROTOBUF_TYPE, Buffer.from('this is no protobuf at all'), /not an ExportTraceServiceRequest/],
    ['a length beyond the end', '/v1/traces', PROTOBUF_TYPE, Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x07]), /not an ExportTraceServiceRequest/],
    ['groups nested without end', '/v1/traces', PROTOBUF_TYPE, Buffer.alloc(50_000, 0x5b), /not an ExportTraceServiceRequest/],
    ['random bytes as a profile', '/v1development/profiles', PROTOBUF_TYPE, Buffer.from('this is no protobuf at all'), /ERR_/],
    ['no JSON as a profile', '/v1development/profiles', JSON_TYPE, '{', /ERR_INVALID_JSON/],
    ['half a profile', '/v1development/profiles', PROTOBUF_TYPE, encodeOtlp(drawProfile('10 10 9 1 GET_/a main;work')).subarray(0, 200), /ERR_/],
    ['no gzip', '/v1/traces', { ...JSON_TYPE, 'content-encoding': 'gzip' }, '{}', /not gzip/],
    ['half a gzip', '/v1/traces', { ...JSON_TYPE, 'content-encoding': 'gzip' }, gzipSync('{}').subarray(0, 12), /not gzip/],
    ['an empty gzip', '/v1development/profiles', { ...PROTOBUF_TYPE, 'content-encoding': 'gzip' }, '', /not gzip/],
  ])('%s', async (_name, path, headers, body, reason) => {
    const answer = await send('POST', path, headers, body);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe(headers['content-type']);
    expect(messageOf(answer)).toMatchObject({ code: 3, message: expect.stringMatching(reason) as string });
    expect(viewer.store.stats().rejectedRequests).toEqual({ malformed: 1 });
    await expectUnchanged();
  });

  it('one bad span among good ones, and none of them is kept', async () => {
    const answer = await send('POST', '/v1/traces', JSON_TYPE, jsonTraces([jsonSpan({ spanId: 'cc'.repeat(8) }), jsonSpan({ spanId: 'cc' })]));
    expect(answer.status).toBe(400);
    await expectUnchanged();
  });
});

describe('a request that is refused otherwise', () => {
  it.each<[name: string, method: string, path: string, headers: Record<string, string>, body: Uint8Array | string, status: number, reason: string]>([
    ['a large body', 'POST', '/v1/traces', JSON_TYPE, Buffer.alloc(MAX_REQUEST_BYTES + 1, 0x20), 413, 'body-too-large'],
    ['a large body in chunks', 'POST', '/v1/traces', { ...JSON_TYPE, 'transfer-encoding': 'chunked' }, Buffer.alloc(MAX_REQUEST_BYTES * 5), 413, 'body-too-large'],
    ['a gzip bomb', 'POST', '/v1development/profiles', { ...PROTOBUF_TYPE, 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(50_000_000)), 413, 'body-too-large'],
    ['deflate', 'POST', '/v1/traces', { ...JSON_TYPE, 'content-encoding': 'deflate' }, deflateSync('{}'), 415, 'unsupported-content-encoding'],
    ['gzip in gzip', 'POST', '/v1/traces', { ...JSON_TYPE, 'content-encoding': 'gzip, gzip' }, gzipSync(gzipSync('{}')), 415, 'unsupported-content-encoding'],
    // Where nothing is kept the same holds.
    ['a large body of metrics', 'POST', '/v1/metrics', PROTOBUF_TYPE, Buffer.alloc(MAX_REQUEST_BYTES + 1), 413, 'body-too-large'],
    ['a gzip bomb of logs', 'POST', '/v1/logs', { ...PROTOBUF_TYPE, 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(50_000_000)), 413, 'body-too-large'],
    ['metrics as text', 'POST', '/v1/metrics', { 'content-type': 'text/plain' }, '{}', 415, 'unsupported-content-type'],
    ['GET of metrics', 'GET', '/v1/metrics', {}, '', 405, 'method-not-allowed'],
    ['metrics for another host', 'POST', '/v1/metrics', { ...JSON_TYPE, host: 'evil.example' }, '{}', 403, 'forbidden-host'],
    ['logs of another origin', 'POST', '/v1/logs', { ...JSON_TYPE, origin: 'https://evil.example' }, '{}', 403, 'forbidden-origin'],
    ['text', 'POST', '/v1/traces', { 'content-type': 'text/plain' }, '{}', 415, 'unsupported-content-type'],
    ['something like JSON', 'POST', '/v1/traces', { 'content-type': 'application/jsonx' }, '{}', 415, 'unsupported-content-type'],
    ['no content type', 'POST', '/v1development/profiles', {}, '{}', 415, 'unsupported-content-type'],
    ['GET of a path to post to', 'GET', '/v1/traces', {}, '', 405, 'method-not-allowed'],
    ['POST of a page', 'POST', '/report', JSON_TYPE, '{}', 405, 'method-not-allowed'],
    ['a preflight of a web page', 'OPTIONS', '/v1/traces', {}, '', 405, 'method-not-allowed'],
    ['an unknown path', 'POST', '/v1/none', JSON_TYPE, '{}', 404, 'not-found'],
    ['a path with dots', 'POST', '/v1/../v1/traces', JSON_TYPE, '{}', 404, 'not-found'],
    ['another host (DNS rebinding)', 'POST', '/v1/traces', { ...JSON_TYPE, host: 'evil.example' }, '{}', 403, 'forbidden-host'],
    ['another port', 'GET', '/report', { host: '127.0.0.1:1' }, '', 403, 'forbidden-host'],
    ['a host without a port', 'GET', '/report', { host: 'localhost' }, '', 403, 'forbidden-host'],
    ['another origin', 'POST', '/v1/traces', { ...JSON_TYPE, origin: 'https://evil.example' }, '{}', 403, 'forbidden-origin'],
    ['an opaque origin', 'POST', '/v1/traces', { ...JSON_TYPE, origin: 'null' }, '{}', 403, 'forbidden-origin'],
  ])('%s', async (_name, method, path, headers, body, status, reason) => {
    const answer = await send(method, path, headers, body);
    expect(answer.status).toBe(status);
    expect(viewer.store.stats().rejectedRequests).toEqual({ [reason]: 1 });
    expect(answer.body.length).toBeGreaterThan(10);
    await expectUnchanged();
  });

  it('says which methods and which paths there are', async () => {
    expect((await send('GET', '/v1/traces')).headers['allow']).toBe('POST');
    expect((await send('DELETE', '/')).headers['allow']).toBe('GET, HEAD');
    expect((await send('GET', '/nothing')).body.toString()).toContain('POST /v1/traces, POST /v1development/profiles, GET /, GET /report');
    expect((await send('POST', '/v1/traces', { ...JSON_TYPE, 'content-encoding': 'br' })).headers['accept-encoding']).toBe('gzip, identity');
  });

  it('many small spans that would take much memory', async () => {
    await viewer.close();
    viewer = await startViewer({ port: 0, maxBytes: 100_000 });
    const answer = await send('POST', '/v1/traces', JSON_TYPE, jsonTraces(Array.from({ length: 1_000 }, () => jsonSpan())));
    expect([answer.status, messageOf(answer).code]).toEqual([413, 8]);
    expect(viewer.store.stats()).toMatchObject({ spans: 0, evictedTraces: 0 });
  });
});

describe('what is allowed', () => {
  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('Host %s', async (host) => {
    expect((await send('GET', '/report', { host: `${host}:${viewer.port}` })).status).toBe(200);
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])('Content-Type %s', async (type) => {
    expect((await send('POST', '/v1/traces', { 'content-type': type }, '{}')).status).toBe(200);
  });

  it('its own origin', async () => {
    expect((await send('POST', '/v1/traces', { ...JSON_TYPE, origin: viewer.url }, '{}')).status).toBe(200);
  });

  it.each<[string, Record<string, unknown>]>([
    ['an end before the start', { startTimeUnixNano: '1700000000000000000', endTimeUnixNano: '1600000000000000000' }],
    ['the last time that 64 bits hold', { startTimeUnixNano: '0', endTimeUnixNano: '18446744073709551615' }],
    ['times as numbers', { startTimeUnixNano: 1_700_000_000, endTimeUnixNano: 1_800_000_000 }],
    ['itself as parent', { parentSpanId: 'dd'.repeat(8) }],
    ['a parent of zeros', { parentSpanId: '0'.repeat(16) }],
    ['ids in upper case', { traceId: 'AB'.repeat(16) }],
    ['an unknown kind and status', { kind: 99, status: { code: 77 } }],
    ['null for what is absent', { attributes: null, events: null, status: null, name: null }],
    ['unknown fields', { surprise: [{ a: 1 }], traceState: 'x=y', flags: 257 }],
    ['keys that objects have', { attributes: [{ key: '__proto__', value: { stringValue: 'x' } }, { key: 'constructor', value: { intValue: '9007199254740993' } }] }],
  ])('a span with %s', async (_name, fields) => {
    const answer = await send('POST', '/v1/traces', JSON_TYPE, jsonTraces([jsonSpan({ spanId: 'dd'.repeat(8), ...fields })]));
    expect(answer.status).toBe(200);
    expect(viewer.store.stats().spans).toBe(2);
    expect((await send('GET', '/report')).status).toBe(200);
  });
});

describe('a slow or broken client', () => {
  it('that does not finish its request is cut off', async () => {
    await restartWithShortTimeout();
    const answer = await rawExchange(`POST /v1/traces HTTP/1.1\r\nHost: localhost:${viewer.port}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"resource`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    await expectUnchanged();
  });

  it('that does not finish its headers is cut off', async () => {
    await restartWithShortTimeout();
    expect(await rawExchange('POST /v1/traces HTTP/1.1\r\nHost: local')).toMatch(/^HTTP\/1\.1 408 /);
    await expectUnchanged();
  });

  it('that does not read its answer is cut off, one that listens for events is not', async () => {
    await restartWithShortTimeout();
    const large = jsonTraces([jsonSpan({ spanId: 'ee'.repeat(8), attributes: [{ key: 'text', value: { stringValue: 'x'.repeat(90_000) } }] })]);
    expect((await send('POST', '/v1/traces', JSON_TYPE, large)).status).toBe(200);
    const open = (path: string, times: number): Socket => {
      const socket = connect(viewer.port, '127.0.0.1').on('error', () => {});
      onTestFinished(() => void socket.destroy());
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost:${viewer.port}\r\n\r\n`.repeat(times));
      return socket;
    };
    const listening = open('/api/events', 1).resume();
    await once(listening, 'data');
    // Together more than the system keeps for who does not read. That it was cut off is only seen by who writes.
    const silent = open(`/api/span?trace=${'ab'.repeat(16)}&span=${'ee'.repeat(8)}`, 200).pause();
    const look = setInterval(() => silent.write('\r\n'), 200);
    await new Promise((resolve) => silent.on('close', resolve));
    clearInterval(look);
    expect(listening.closed).toBe(false);
  });

  it('that hangs up in the middle of a body leaves nothing behind', async () => {
    for (let i = 0; i < 5; i++) {
      const socket = connect(viewer.port, '127.0.0.1');
      await new Promise<void>((resolve) => socket.write(`POST /v1/traces HTTP/1.1\r\nHost: localhost:${viewer.port}\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n${' '.repeat(80_000)}`, () => resolve()));
      socket.destroy();
    }
    await expectUnchanged();
    // The memory for bodies (twice the largest) is free again, once it was seen that they are gone.
    const twoBodies = async (): Promise<number[]> =>
      (await Promise.all([1, 2].map(() => send('POST', '/v1/traces', JSON_TYPE, `{}${' '.repeat(90_000)}`)))).map(({ status }) => status);
    await expect.poll(twoBodies, { timeout: 20_000 }).toEqual([200, 200]);
  });

  it('is told to come again while others fill the memory for bodies', async () => {
    const open = [1, 2].map(() => {
      const socket = connect(viewer.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(`POST /v1/traces HTTP/1.1\r\nHost: localhost:${viewer.port}\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n${' '.repeat(99_000)}`);
      return socket;
    });
    // The others' bytes may not have been read yet.
    await expect.poll(async () => {
      const { status, headers } = await send('POST', '/v1/traces', JSON_TYPE, ' '.repeat(50_000));
      return [status, headers['retry-after']];
    }, { timeout: 20_000 }).toEqual([503, '1']);
    for (const socket of open) socket.destroy();
  });

  it('that speaks no HTTP gets 400', async () => {
    expect(await rawExchange('\u0016\u0003\u0001 hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    await expectUnchanged();
  });
});

function rawExchange(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(viewer.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
    socket.write(text);
  });
}
