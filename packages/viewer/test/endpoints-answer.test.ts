import { createProfileBuilder } from '@flamespan/profile';
import type { Profile } from '@flamespan/profile';
import { createStore } from '@flamespan/viewer';
import { describe, expect, it } from 'vitest';
import { endpointsAnswer } from '../src/queries/endpoints-answer.ts';
import { profilesAnswer } from '../src/queries/profiles-answer.ts';
import { stateAnswer } from '../src/queries/state-answer.ts';
import { drawProfile, drawSpans, ORIGIN, resource } from './drawing.ts';
import { storeOf, sum } from './stacks.ts';

const MILLI = 1_000_000;
const MOMENT = Number(ORIGIN / 1_000n) / 1_000;
const VIEWER = { version: '1.2.3', endpoints: { http: 'http://127.0.0.1:4318', grpc: null } };
const versioned = (profile: Profile, version: string, host: string, thread = 0): Profile => ({ ...profile, resource: resource('shop', { 'service.version': version, 'host.name': host }), thread: { id: thread, name: `t${thread}` } });

const FIRST = versioned(drawProfile(`
  1000  10 8 1 GET_/a  main;a
  21000 10 8 1 GET_/a  main;a
  22000 10 4 2 POST_/b main;b
  40000 10 0 - -       main
`, { calls: { 'GET /a': 4, 'POST /b': 2 }, window: [0, 60_000] }), '1', 'x');
const SECOND = versioned(drawProfile('61000 30 20 1 GET_/a main;a', { calls: { 'GET /a': 2 }, window: [60_000, 120_000] }), '2', 'y', 1);

describe('endpoints', () => {
  const store = storeOf(FIRST, SECOND);

  it('are those of the report, with null where nothing is known', () => {
    const { endpoints } = endpointsAnswer(store);
    expect(endpoints.map(({ service, endpoint, calls, samples, wallNanos, cpuNanosPerCall }) => [service, endpoint, calls, samples, wallNanos / MILLI, cpuNanosPerCall === null ? null : cpuNanosPerCall / MILLI])).toEqual([
      ['shop', 'GET /a', 6, 3, 50, 6],
      ['shop', 'POST /b', 2, 1, 10, 2],
      ['shop', '', 0, 1, 10, null],
    ]);
    expect(sum(endpoints.map(({ cpuShare }) => cpuShare))).toBeCloseTo(1);
  });

  it('have a trend whose buckets add up', () => {
    const { endpoints, trendStartMoment, trendBucketNanos } = endpointsAnswer(store);
    expect(trendStartMoment).toBeLessThanOrEqual(MOMENT);
    for (const { cpuTrend, wallTrend, cpuNanos, wallNanos } of endpoints) {
      expect([sum(cpuTrend), sum(wallTrend)]).toEqual([cpuNanos, wallNanos]);
      expect(cpuTrend.length).toBeLessThanOrEqual(60);
      expect(trendStartMoment! + (cpuTrend.length * trendBucketNanos) / 1e6).toBeGreaterThanOrEqual(MOMENT + 61_000);
    }
    const bucketOf = (millis: number): number => Math.floor(((MOMENT + millis - trendStartMoment!) * 1e6) / trendBucketNanos);
    const trend = endpoints[0]!.cpuTrend;
    expect([1_000, 21_000, 61_000].map((millis) => trend[bucketOf(millis)]! / MILLI)).toEqual([8, 8, 20]);
  });

  it('are limited to a version and a time, with that part of the calls', () => {
    expect(endpointsAnswer(store, { version: '2' }).endpoints).toMatchObject([{ endpoint: 'GET /a', calls: 2, callsEstimated: false, samples: 1, cpuShare: 1 }]);
    const part = endpointsAnswer(store, { from: MOMENT, to: MOMENT + 30_000 });
    expect(part.endpoints).toMatchObject([{ endpoint: 'GET /a', calls: 2, callsEstimated: true, samples: 2, cpuNanos: 16 * MILLI }, { endpoint: 'POST /b', calls: 1, callsEstimated: true, samples: 1 }]);
    // With the traces of all calls the part is known: three of four.
    const traced = storeOf(FIRST);
    traced.addSpans([500, 20_000, 29_000, 31_000].flatMap((end, i) => drawSpans(`1 - 0 ${end} GET`, { traceId: `${i + 1}`.padStart(32, '0'), attributes: { 'http.route': '/a', 'http.request.method': 'GET' } })
      .map((span) => ({ ...span, resource: FIRST.resource }))));
    expect(endpointsAnswer(traced, { from: MOMENT, to: MOMENT + 30_000 }).endpoints).toMatchObject([{ endpoint: 'GET /a', calls: 3, callsEstimated: false }, { endpoint: 'POST /b', calls: 1, callsEstimated: true }]);
    for (const { cpuTrend, cpuNanos } of part.endpoints) expect(sum(cpuTrend)).toBe(cpuNanos);
    expect(endpointsAnswer(store, { from: MOMENT + 1e9 })).toEqual({ endpoints: [], trendStartMoment: null, trendBucketNanos: 0 });
    expect(endpointsAnswer(createStore())).toEqual({ endpoints: [], trendStartMoment: null, trendBucketNanos: 0 });
  });

  it('have few buckets even where a clock was centuries wrong', () => {
    const wrong = { ...drawProfile('10 10 9 1 GET_/a main'), startTimeUnixNano: 0n, durationNanos: 2n ** 64n - 1n };
    const { endpoints } = endpointsAnswer(storeOf(wrong, FIRST));
    expect(endpoints.every(({ cpuTrend }) => cpuTrend.length <= 60)).toBe(true);
    expect(sum(endpoints[0]!.cpuTrend)).toBe(endpoints[0]!.cpuNanos);
  });
});

describe('profiles', () => {
  const store = storeOf(FIRST, SECOND, drawProfile('', { service: 'stock', types: ['heap'] }));

  it('are listed newest first', () => {
    expect(profilesAnswer(store).profiles).toMatchObject([
      { id: 1, service: 'shop', version: '2', host: 'y', threadId: 1, threadName: 't1', samples: 1, linkedSamples: 1, durationNanos: 60_000 * MILLI, types: ['wall', 'cpu'] },
      { id: 2, service: 'stock', version: '', host: '', samples: 0, heapSamples: 0, types: ['heap'] },
      { id: 0, version: '1', samples: 4, linkedSamples: 3 },
    ]);
  });

  it.each([
    [{ service: 'stock' }, [2]], [{ version: '1' }, [0]], [{ host: 'y' }, [1]], [{ thread: 1 }, [1]],
    [{ from: MOMENT + 60_000 }, [1]], [{ to: MOMENT + 60_000 }, [2, 0]], [{ from: MOMENT + 59_999, to: MOMENT + 60_001 }, [1, 0]], [{ from: MOMENT + 500_000 }, []],
  ])('%j', (selection, expected) => {
    expect(profilesAnswer(store, selection).profiles.map(({ id }) => id)).toEqual(expected);
  });
});

it('profiles say where allocations were sampled', () => {
  const heap = (allocated: bigint): Profile => {
    const builder = createProfileBuilder();
    builder.addHeapSample(builder.stack(0, builder.location(builder.function(builder.string('parse'), 0, 0), 0, 0, 0)), 0n, 0n, allocated, allocated * 8n);
    return builder.build({
      startTimeUnixNano: ORIGIN, durationNanos: 1_000_000_000n, resource: resource('shop'), scope: { name: 'test' }, thread: { id: 0, name: 'main' },
      linkScope: 'span', types: ['heap'], samplingIntervalNanos: 0n, heapIntervalBytes: 524_288n,
    });
  };
  expect(profilesAnswer(storeOf(heap(3n), heap(0n))).profiles.map(({ types }) => types)).toEqual([['heap'], ['heap', 'alloc']]);
});

describe('the state', () => {
  it('is what is there, service by service', () => {
    const store = storeOf(FIRST, SECOND);
    store.addSpans(drawSpans('1 - -500 200 GET', { service: 'web', attributes: { 'http.route': '/w', 'http.request.method': 'GET' } }));
    store.countRejectedRequest('malformed');
    const state = stateAnswer(store, VIEWER);
    expect(state).toMatchObject({ ...VIEWER, revision: store.revision, traces: 1, spans: 1, profiles: 2, samples: 5, linkedSamples: 4, rejectedRequests: { malformed: 1 } });
    expect(state.services).toEqual([
      { service: 'shop', versions: ['1', '2'], hosts: ['x', 'y'], threads: [{ id: 0, name: 't0' }, { id: 1, name: 't1' }], endpoints: ['GET /a', 'POST /b'], spans: 0, profiles: 2, samples: 5, linkedSamples: 4, heapSamples: 0, samplingIntervalNanos: 10_101_000 },
      { service: 'web', versions: [], hosts: [], threads: [], endpoints: ['GET /w'], spans: 1, profiles: 0, samples: 0, linkedSamples: 0, heapSamples: 0, samplingIntervalNanos: null },
    ]);
    expect([Math.round(state.firstMoment! - MOMENT), Math.round(state.lastMoment! - MOMENT)]).toEqual([-500, 120_000]);
    expect(stateAnswer(createStore(), VIEWER)).toMatchObject({ revision: 0, services: [], firstMoment: null, lastMoment: null, bytes: 0 });
  });

  it('has versions as they were first seen, and last those that have spans only', () => {
    const profiles = ['f00d', '0b5e', 'f00d', ''].map((version) => versioned(FIRST, version, 'x'));
    const store = createStore();
    store.addSpans(drawSpans('1 - 0 1 GET').map((span) => ({ ...span, resource: resource('shop', { 'service.version': '1dea' }) })));
    store.addProfiles(profiles);
    expect(stateAnswer(store, VIEWER).services.map(({ versions }) => versions)).toEqual([['f00d', '0b5e', '1dea']]);
  });

  it('names a bounded number of endpoints', () => {
    const store = createStore();
    store.addSpans(Array.from({ length: 2_000 }, (_, i) => drawSpans(`${i} - 0 1 name${i}`)[0]!));
    expect(stateAnswer(store, VIEWER).services[0]!.endpoints).toHaveLength(500);
  });
});
