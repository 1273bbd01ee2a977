import type { RunningViewer } from '@flamespan/viewer';
import { startViewer } from '@flamespan/viewer';
import { array, assert, asyncProperty, constantFrom, oneof, string, tuple } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StateAnswer } from '../src/api/answers.ts';
import { parseSampleSelection, parseTraceFilter } from '../src/api/parse-selection.ts';
import { QueryError } from '../src/api/query-error.ts';
import { QueryParameters } from '../src/api/query-parameters.ts';
import { VERSION } from '../src/version.ts';
import manifest from '../package.json' with { type: 'json' };
import { drawProfile, drawSpans, id, TRACE } from './drawing.ts';
import { ask } from './requests.ts';

let viewer: RunningViewer;
beforeAll(async () => {
  viewer = await startViewer({ port: 0 });
  viewer.store.addSpans(drawSpans('1 - 0 100 GET /a\n2 1 10 60 SELECT'));
  viewer.store.addProfiles([drawProfile('20 10 9 1 GET_/a main;work\n40 10 8 2 GET_/a main;query\n80 10 5 - - main')]);
});
afterAll(() => viewer.close());

async function api(path: string): Promise<{ status: number; answer: Record<string, unknown> }> {
  const { status, headers, body } = await ask(viewer.port, 'GET', `/api/${path}`);
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  return { status, answer: JSON.parse(body.toString()) as Record<string, unknown> };
}

describe('the API', () => {
  it.each<[string, Record<string, unknown>]>([
    ['traces', { total: 1, matched: 1 }],
    ['traces?endpoint=GET%20%2Fa&endpoint=x&minDurationNanos=1e8&order=slowest&limit=10', { matched: 1 }],
    ['traces?service=other', { total: 1, matched: 0 }],
    [`trace?trace=${TRACE}`, { traceId: TRACE, samples: 2 }],
    [`trace?trace=${TRACE.toUpperCase()}`, { traceId: TRACE }],
    [`span?trace=${TRACE}&span=${id('2')}`, { span: expect.objectContaining({ spanId: id('2'), name: 'SELECT' }) }],
    [`timeline?trace=${TRACE}&span=${id('1')}`, { durationNanos: 1e8 }],
    ['call-tree', { samples: 3, total: 3e7 }],
    ['call-tree?type=cpu', { samples: 3, total: 2.2e7 }],
    [`call-tree?trace=${TRACE}&span=${id('1')}&scope=span`, { samples: 1, total: 1e7 }],
    [`call-tree?trace=${TRACE}&span=${id('1')}`, { samples: 2, total: 2e7 }],
    ['call-tree?endpoint=', { samples: 1 }],
    [`diff?type=cpu&base.endpoint=GET%20%2Fa&other.trace=${TRACE}&other.span=${id('2')}&other.scope=span`, { base: expect.objectContaining({ samples: 2, total: 1.7e7 }), other: expect.objectContaining({ samples: 1, total: 8e6 }) }],
    ['endpoints?service=shop', { endpoints: expect.arrayContaining([expect.objectContaining({ endpoint: 'GET /a', samples: 2 })]) }],
    ['profiles?thread=0', { profiles: [expect.objectContaining({ service: 'shop', samples: 3 })] }],
    [`findings?trace=${TRACE}`, { findings: expect.any(Array) }],
    ['findings?service=shop&version=1&host=a&thread=0&from=1&to=2', { findings: [] }],
  ])('answers %s', async (path, expected) => {
    const { status, answer } = await api(path);
    expect(answer).toMatchObject(expected);
    expect(status).toBe(200);
  });

  it('answers state with its version and where to send', async () => {
    const { answer } = await api('state');
    expect(answer).toMatchObject({ version: manifest.version, endpoints: { http: viewer.url, grpc: null }, traces: 1, spans: 2, profiles: 1, samples: 3, linkedSamples: 2 } satisfies Partial<StateAnswer>);
    expect(VERSION).toBe(manifest.version);
  });

  it.each([
    ['traces?servce=shop', 'there is no parameter "servce"; there is service, endpoint'],
    ['traces?service=a&service=b', 'service is given 2 times; it takes one value'],
    ['traces?minDurationNanos=-1', 'minDurationNanos must be a number from 0, not "-1"'],
    ['traces?minDurationNanos=2&maxDurationNanos=1', 'minDurationNanos is more than maxDurationNanos'],
    ['traces?from=NaN', 'from must be a number from 0, not "NaN"'],
    ['traces?from=2&to=1', 'from lies after to'],
    ['traces?limit=1001', 'limit must be a whole number from 0 to 1000, not "1001"'],
    ['traces?offset=1.5', 'offset must be a whole number'],
    ['traces?order=fastest', 'order must be one of newest, slowest, cpu, spans, not "fastest"'],
    ['traces?status=', 'status must be one of ok, error, not ""'],
    [`traces?search=${'x'.repeat(2_001)}`, 'search is longer than 2000 characters'],
    ['trace', 'the parameter trace is missing'],
    ['trace?trace=xyz', 'trace must be 32 hex digits, not "xyz"'],
    [`span?trace=${TRACE}`, 'the parameter span is missing'],
    ['state?a=1', 'there is no parameter "a"; there are none'],
    ['call-tree?type=time', 'type must be one of wall, cpu, inuse_space'],
    ['call-tree?span=00f067aa0ba902b7', 'span needs trace'],
    [`call-tree?trace=${TRACE}&scope=span`, 'scope needs span'],
    ['call-tree?thread=main', 'thread must be a whole number'],
    ['diff?base.span=00f067aa0ba902b7', 'span needs trace'],
    ['diff?other.to=soon', 'other.to must be a number from 0, not "soon"'],
    ['diff?service=shop', 'there is no parameter "service"; there is type, base.service'],
    ['diff?base.type=cpu', 'there is no parameter "base.type"'],
    ['download?format=zip', 'format must be one of pprof, otlp, json, speedscope, not "zip"'],
    ['download', 'the parameter format is missing; it is one of pprof, otlp, json, speedscope'],
  ])('refuses %s in words', async (path, message) => {
    const { status, answer } = await api(path);
    expect(answer['error']).toContain(message);
    expect(status).toBe(400);
  });

  it.each([
    [`trace?trace=${'0'.repeat(31)}1`, 'is not held'],
    [`span?trace=${TRACE}&span=${'0'.repeat(15)}9`, 'is not held'],
    [`timeline?trace=${TRACE}&span=${'0'.repeat(15)}9`, 'is not held'],
    ['download?format=pprof&service=other', 'no sample is selected'],
    ['nothing', 'there is nothing at this path'],
  ])('answers %s with 404', async (path, message) => {
    const { status, answer } = await api(path);
    expect(answer['error']).toContain(message);
    expect(status).toBe(404);
  });

  it('counts wrong questions not as refused telemetry', async () => {
    const before = viewer.store.stats().rejectedRequests;
    await api('trace');
    await api(`trace?trace=${'0'.repeat(31)}1`);
    expect(viewer.store.stats().rejectedRequests).toEqual(before);
  });

  it('takes GET and HEAD only', async () => {
    expect(await ask(viewer.port, 'POST', '/api/state')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    expect(await ask(viewer.port, 'HEAD', '/api/state')).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  });

  it('answers every query string with a JSON object, 200, 400 or 404', async () => {
    const name = constantFrom('type', 'trace', 'span', 'scope', 'from', 'to', 'endpoint', 'service', 'thread', 'profile', 'format', 'base.trace', 'limit', '__proto__');
    const value = oneof(constantFrom(TRACE, id('1'), 'span', 'wall', 'heap', '-1', '1e999', '0', '1700000000123'), string({ unit: 'binary' }));
    await assert(asyncProperty(constantFrom('traces', 'trace', 'span', 'timeline', 'call-tree', 'diff', 'endpoints', 'profiles', 'findings'), array(tuple(name, value), { maxLength: 4 }), async (path, query) => {
      const { status, answer } = await api(`${path}?${new URLSearchParams(query.map(([key, text]): [string, string] => [key, text.toWellFormed()])).toString()}`);
      expect([200, 400, 404]).toContain(status);
      expect(status === 200 || typeof answer['error'] === 'string').toBe(true);
    }), { numRuns: 200 });
  });
});

describe('what a query string means', () => {
  const selection = (query: string) => parseSampleSelection(new QueryParameters(new URLSearchParams(query)));

  it('is nothing more than is given', () => {
    expect(selection('')).toEqual({});
    expect(selection('endpoint=&endpoint=GET+%2Fa&from=1700000000123.5&to=1700000000124&thread=0&profile=7&process=p')).toEqual({
      endpoint: ['', 'GET /a'], from: 1_700_000_000_123.5, to: 1_700_000_000_124, thread: 0, profile: 7, process: 'p',
    });
    expect(selection(`type=inuse_space&trace=${TRACE.toUpperCase()}&span=${id('A')}&scope=full-profile`)).toEqual({ type: 'inuse_space', trace: TRACE, span: id('a'), scope: 'full-profile' });
    expect(parseTraceFilter(new QueryParameters(new URLSearchParams('status=error&search=&limit=0')))).toEqual({ status: 'error', search: '', limit: 0 });
  });

  it('is never more than 1 000 values', () => {
    expect(() => selection(Array.from({ length: 1_001 }, () => 'endpoint=a').join('&'))).toThrow(QueryError);
  });
});
