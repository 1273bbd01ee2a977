import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProfileBuilder } from '@flamespan/profile';
import type { Profile } from '@flamespan/profile';
import { profileFromStacks, spanIdFor } from '@flamespan/profile/testing';
import { createExporter, DELIVERED, exportOnce, profile } from './support/exports.ts';
import { readPprof, readUpload, uploadOf, uploadsOf } from './support/uploads.ts';
import { startServer } from '../../exporter-otlp-http/test/support/servers.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
const id = (span: string): bigint => BigInt(`0x${spanIdFor(span)}`);

describe('the request', () => {
  it('is a form with the event and the pprof files', async () => {
    const { request, event, files } = await uploadOf({}, profileFromStacks('main;sort 3\nmain;parse 4 objects 2048 bytes'));
    expect(request).toMatchObject({ method: 'POST', path: '/profiling/v1/input' });
    expect(request.headers).toMatchObject({
      'content-type': expect.stringMatching(/^multipart\/form-data; boundary=\S+$/) as string,
      'content-length': String(request.body.length),
      'dd-evp-origin': 'flamespan',
      'dd-evp-origin-version': version,
    });
    expect(request.headers).not.toHaveProperty('dd-api-key');
    expect([...files.keys()]).toEqual(['wall.pprof', 'space.pprof']);
    expect(event.attachments).toEqual(['wall.pprof', 'space.pprof']);
  });

  it('has parts as RFC 7578 prescribes, byte by byte', async () => {
    const { request, files } = await uploadOf({ compression: 'none' });
    const boundary = /boundary=(.*)$/.exec(request.headers['content-type'] ?? '')?.[1] ?? '';
    const [before, event, wall, after] = request.body.toString('latin1').split(`--${boundary}`);
    expect(before).toBe('');
    expect(event).toMatch(/^\r\nContent-Disposition: form-data; name="event"; filename="event\.json"\r\nContent-Type: application\/json\r\n\r\n\{.*\}\r\n$/);
    expect(wall).toBe(`\r\nContent-Disposition: form-data; name="wall.pprof"; filename="wall.pprof"\r\nContent-Type: application/octet-stream\r\n\r\n${files.get('wall.pprof')?.toString('latin1') ?? ''}\r\n`);
    expect(after).toBe('--\r\n');
  });

  it('has only the files that have samples', async () => {
    expect((await uploadOf({}, profileFromStacks('main;parse 4 objects 2048 bytes'))).event.attachments).toEqual(['space.pprof']);
    expect((await uploadOf({}, profileFromStacks('main;sort 3'))).event.attachments).toEqual(['wall.pprof']);
  });

  it.each([
    ['gzip', [0x1f, 0x8b]],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ] as const)('has files compressed with %s', async (compression, magic) => {
    const plain = await uploadOf({ compression: 'none' });
    const { files } = await uploadOf({ compression });
    const content = files.get('wall.pprof') ?? Buffer.alloc(0);
    expect([...content.subarray(0, magic.length)]).toEqual(magic);
    expect(readPprof(content)).toEqual(readPprof(plain.files.get('wall.pprof')));
  });

  it('is compressed with gzip by default', async () => {
    expect((await uploadOf()).files.get('wall.pprof')?.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  });
});

describe('event.json', () => {
  it('describes the window, and what is attached', async () => {
    const { event } = await uploadOf({}, profileFromStacks('main;sort 3', { endpointCalls: { 'GET /users': 5, 'GET /orders/:id': 1 } }));
    expect(event).toMatchObject({
      start: '2026-01-01T00:00:00.000Z',
      end: '2026-01-01T00:01:00.000Z',
      family: 'node',
      version: '4',
      endpoint_counts: { 'GET /users': 5, 'GET /orders/:id': 1 },
    });
    expect(event).not.toHaveProperty('custom_attributes');
    expect(Object.keys(event)).toEqual(['attachments', 'start', 'end', 'family', 'version', 'tags_profiler', 'endpoint_counts', 'info']);
  });

  it('names the application, platform, profiler and runtime', async () => {
    const { event } = await uploadOf({ service: 'shop', env: 'prod', version: '7', hostname: 'node-1' }, profileFromStacks('main 1', { types: ['wall', 'heap'] }));
    expect(event.info).toEqual({
      application: { service: 'shop', env: 'prod', version: '7', start_time: new Date(performance.timeOrigin).toISOString() },
      platform: { hostname: 'node-1', kernel_name: expect.any(String) as string, kernel_release: expect.any(String) as string, kernel_version: expect.any(String) as string },
      profiler: {
        activation: 'manual',
        ssi: { mechanism: 'none' },
        version,
        settings: { codeHotspotsEnabled: true, cpuProfilingEnabled: false, endpointCollectionEnabled: true, heapSamplingInterval: 524_288, profilerTypes: ['space', 'wall'], uploadCompression: { method: 'gzip' } },
      },
      runtime: { available_processors: expect.any(Number) as number, engine: 'nodejs', version: process.versions.node },
    });
  });

  it('names the keys of the user\'s labels that are in the profile, without those that are Datadog\'s', async () => {
    const { event } = await uploadOf({}, profileFromStacks('main;a 1 {tenant=acme,plan=pro}\nmain;b 1 {tenant=other,span id=7}'));
    expect(event.custom_attributes).toEqual(['plan', 'tenant']);
  });

  it('counts profiles, so that a missing one shows', async () => {
    const uploads = await uploadsOf({}, profile, profileFromStacks('other 1'), profileFromStacks('third 1'));
    expect(uploads.map(({ tags }) => tags['profile_seq'])).toEqual(['0', '1', '2']);
  });

  it('counts a profile that is sent again once', async () => {
    let status = 503;
    const { url, requests } = await startServer((response) => response.writeHead(status).end());
    const exporter = createExporter({ agentUrl: url });
    expect(await exportOnce(exporter)).toMatchObject({ code: 1, retryable: true });
    status = 200;
    await exportOnce(exporter);
    await exportOnce(exporter, profileFromStacks('other 1'));
    expect((await Promise.all(requests.map(readUpload))).map(({ tags }) => tags['profile_seq'])).toEqual(['0', '0', '1']);
  });
});

describe('calls of a window without samples', () => {
  const empty = (endpointCalls: Record<string, number>): Profile => profileFromStacks('', { endpointCalls });

  it('go with the next profile', async () => {
    const uploads = await uploadsOf({}, empty({ 'GET /a': 2, 'GET /b': 1 }), empty({ 'GET /a': 1 }), profileFromStacks('main 1', { endpointCalls: { 'GET /a': 4 } }), profile);
    expect(uploads.map(({ event }) => event.endpoint_counts)).toEqual([{ 'GET /a': 7, 'GET /b': 1 }, {}]);
  });

  it('are kept until they are delivered', async () => {
    let status = 500;
    const { url, requests } = await startServer((response) => response.writeHead(status).end());
    const exporter = createExporter({ agentUrl: url });
    expect(await exportOnce(exporter, empty({ 'GET /a': 2 }))).toEqual(DELIVERED);
    expect(await exportOnce(exporter)).toMatchObject({ code: 1 });
    status = 200;
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect((await Promise.all(requests.map(readUpload))).map(({ event }) => event.endpoint_counts)).toEqual([{ 'GET /a': 2 }, { 'GET /a': 2 }]);
  });
});

describe('wall.pprof', () => {
  it('has counts, wall and CPU time of each sample, and its time', async () => {
    const { files } = await uploadOf({}, profileFromStacks('main;sort 2\nmain;read 1 wall'));
    const { sampleTypes, period, timeNanos, durationNanos, samples } = readPprof(files.get('wall.pprof'));
    expect({ sampleTypes, period, timeNanos, durationNanos }).toEqual({
      sampleTypes: ['sample/count', 'wall/nanoseconds', 'cpu/nanoseconds'],
      period: '10101000 wall/nanoseconds',
      timeNanos: 1_767_225_600_000_000_000n,
      durationNanos: 60_000_000_000n,
    });
    expect(samples.map(({ stack, values, labels }) => [stack, values, labels['end_timestamp_ns']])).toEqual([
      [['sort', 'main'], [1, 10_101_000, 10_101_000], 1_767_225_600_000_000_000n],
      [['sort', 'main'], [1, 10_101_000, 10_101_000], 1_767_225_600_010_101_000n],
      [['read', 'main'], [1, 10_101_000, 0], 1_767_225_600_020_202_000n],
    ]);
  });

  it('names span, local root and endpoint of each sample', async () => {
    const { files } = await uploadOf({}, profileFromStacks('main;a 1 @query<list GET /users\nmain;b 1\nmain;c 1 @!dark GET /dark'));
    const labels = readPprof(files.get('wall.pprof')).samples.map((sample) => {
      const { 'span id': span, 'local root span id': root, 'trace endpoint': endpoint } = sample.labels;
      return { span, root, endpoint };
    });
    expect(labels).toEqual([
      { span: id('query'), root: id('list'), endpoint: 'GET /users' },
      {},
      // Nobody sees the span of a trace that is not sampled.
      { endpoint: 'GET /dark' },
    ]);
  });

  it.each([
    [0, { 'thread name': 'Main Event Loop', 'thread id': '0', ...(process.platform === 'linux' ? { 'os thread id': String(process.pid) } : {}) }],
    [3, { 'thread name': 'Worker #3 Event Loop', 'thread id': '3' }],
  ])('names thread %i', async (threadId, expected) => {
    const { files } = await uploadOf({}, profileFromStacks('main 1', { thread: { id: threadId, name: 'any' } }));
    const { end_timestamp_ns: _, ...labels } = readPprof(files.get('wall.pprof')).samples[0]?.labels ?? {};
    expect(labels).toEqual(expected);
  });

  it('has the user\'s labels, which do not stand in the place of Datadog\'s', async () => {
    const { files } = await uploadOf({}, profileFromStacks('main;a 1 {tenant=acme,trace endpoint=mine,thread name=mine} @list GET /users\nmain;b 1 {span id=mine,local root span id=mine,end_timestamp_ns=mine}'));
    const [a, b] = readPprof(files.get('wall.pprof')).samples;
    expect(a?.labels).toMatchObject({ tenant: 'acme', 'trace endpoint': 'GET /users', 'thread name': 'Main Event Loop' });
    expect(b?.labels).not.toHaveProperty('span id');
    expect(b?.labels).not.toHaveProperty('local root span id');
    expect(b?.labels['end_timestamp_ns']).toEqual(expect.any(BigInt));
  });

  it('has every id as the unsigned number that it is', async () => {
    const { url, requests } = await startServer((response) => response.end());
    const exporter = createExporter({ agentUrl: url, compression: 'none' });
    const hexId = fc.oneof(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), fc.constantFrom(1n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n));
    await fc.assert(
      fc.asyncProperty(hexId, hexId, async (span, root) => {
        const hex = (value: bigint): string => value.toString(16).padStart(16, '0');
        const builder = createProfileBuilder();
        const stack = builder.stack(0, builder.location(builder.function(builder.string('f'), 0, 0), 1, 1, 0));
        builder.addSample(stack, builder.span({ traceId: 'f'.repeat(32), spanId: hex(span), localRootSpanId: hex(root), sampled: true }), profile.startTimeUnixNano, 1n, 1n);
        expect(await exportOnce(exporter, builder.build(profile))).toEqual(DELIVERED);
        const { files } = await readUpload(requests.at(-1) as never);
        expect(readPprof(files.get('wall.pprof')).samples[0]?.labels).toMatchObject({ 'span id': span, 'local root span id': root });
      }),
      { numRuns: 50 },
    );
  });

  it.each(['', '0000000000000000', 'not hexadecimal!', '123'])('has no span with the id %j', async (spanId) => {
    const builder = createProfileBuilder();
    const stack = builder.stack(0, builder.location(builder.function(builder.string('f'), 0, 0), 1, 1, 0));
    builder.addSample(stack, builder.span({ traceId: 'f'.repeat(32), spanId, localRootSpanId: spanId, sampled: true, endpoint: 'GET /' }), profile.startTimeUnixNano, 1n, 1n);
    const { files } = await uploadOf({}, builder.build(profile));
    const { labels } = readPprof(files.get('wall.pprof')).samples[0] ?? {};
    expect(labels).toMatchObject({ 'trace endpoint': 'GET /' });
    expect(labels).not.toHaveProperty('span id');
    expect(labels).not.toHaveProperty('local root span id');
  });
});

describe('space.pprof', () => {
  it('has the objects alive', async () => {
    const { files } = await uploadOf({}, profileFromStacks('main;parse 4 objects 2048 bytes'));
    const { sampleTypes, period, samples } = readPprof(files.get('space.pprof'));
    expect(sampleTypes.map((type) => type.split('/')[1])).toEqual(['count', 'bytes']);
    expect(period).toBe('524288 space/bytes');
    expect(samples).toMatchObject([{ stack: ['parse', 'main'], values: [4, 2048], labels: { 'thread name': 'Main Event Loop', 'thread id': '0' } }]);
    expect(samples[0]?.labels).not.toHaveProperty('end_timestamp_ns');
  });
});
