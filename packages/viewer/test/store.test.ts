import type { Profile } from '@flamespan/profile';
import { decodeOtlp, encodeOtlp } from '@flamespan/profile';
import { createStore } from '@flamespan/viewer';
import { describe, expect, it } from 'vitest';
import { drawProfile, drawSpans, id, TRACE } from './drawing.ts';

const traceId = (n: number): string => n.toString(16).padStart(32, '0');
const spansOf = (n: number): ReturnType<typeof drawSpans> => drawSpans('1 - 0 100 GET /a\n2 1 10 90 work', { traceId: traceId(n) });
const profileOf = (n: number): ReturnType<typeof drawProfile> => drawProfile('20 10 9 1 GET_/a main;work\n30 10 9 - - main', { traceId: traceId(n) });

describe('the store', () => {
  it('counts what it holds', () => {
    const store = createStore();
    store.addSpans(spansOf(1));
    store.addProfiles([profileOf(1), profileOf(2)]);
    store.countRejectedRequest('malformed');
    store.countRejectedRequest('malformed');
    expect(store.stats()).toEqual({
      traces: 1, spans: 2, profiles: 2, samples: 4, linkedSamples: 2, bytes: expect.any(Number) as number, maxBytes: 268_435_456,
      evictedTraces: 0, evictedProfiles: 0, duplicateSpans: 0, duplicateProfiles: 0, rejectedRequests: { malformed: 2 },
    });
  });

  it('finds the samples of a span, whichever came first, over all profiles', () => {
    const store = createStore();
    store.addProfiles([profileOf(1)]);
    store.addSpans(spansOf(1));
    // Not the first one again: that would be left out.
    store.addProfiles([drawProfile('1020 10 9 1 GET_/a main;work', { traceId: traceId(1), window: [1_000, 2_000] }), profileOf(2)]);
    expect(store.samplesOfSpan(traceId(1), id('1'))).toHaveLength(2);
    expect(store.samplesOfSpan(traceId(2), id('1'))).toHaveLength(1);
    expect(store.samplesOfSpan(traceId(1), id('2'))).toEqual([]);
    expect(store.samplesOfSpan(traceId(3), id('1'))).toEqual([]);
  });

  it('leaves out a span that it has, and keeps the first', () => {
    const store = createStore();
    store.addSpans(drawSpans('1 - 0 100 first'));
    store.addSpans(drawSpans('1 - 0 200 second\n2 1 0 10 child'));
    expect([...store.trace(TRACE)!.spans.values()].map(({ name }) => name)).toEqual(['first', 'child']);
    expect(store.stats()).toMatchObject({ spans: 2, duplicateSpans: 1 });
  });

  it('takes a profile once, however often it is sent', () => {
    const store = createStore();
    const sent = encodeOtlp(profileOf(1));
    store.addProfiles(decodeOtlp(sent).profiles);
    const { bytes } = store.stats();
    store.addProfiles(decodeOtlp(sent).profiles);
    // Also in one request with another one, whose names take two bytes a character.
    store.addProfiles(decodeOtlp(encodeOtlp([drawProfile('20 10 9 - - работа', { service: 'лавка' }), profileOf(1)])).profiles);
    expect(store.stats()).toMatchObject({ profiles: 2, samples: 3, duplicateProfiles: 2, evictedProfiles: 0 });
    expect(store.samplesOfSpan(traceId(1), id('1'))).toHaveLength(1);
    expect(store.samplesOfTrace(traceId(1))).toMatchObject({ samples: 1, wallNanos: 10_000_000 });
    expect([...store.profiles()][0]!.bytes).toBeLessThan(bytes);
  });

  it.each<[string, (profile: Profile) => Profile]>([
    ['one value of one sample', (profile) => ({ ...profile, samples: { ...profile.samples, cpuNanos: profile.samples.cpuNanos.map((nanos, i) => nanos + (i === 1 ? 1n : 0n)) } })],
    ['the time of one sample', (profile) => ({ ...profile, samples: { ...profile.samples, timeUnixNano: profile.samples.timeUnixNano.map((time, i) => time + (i === 1 ? 1n : 0n)) } })],
    ['the stack of one sample', (profile) => ({ ...profile, samples: { ...profile.samples, stack: profile.samples.stack.map((stack, i) => (i === 1 ? 0 : stack)) } })],
    ['the name of a function', (profile) => ({ ...profile, strings: profile.strings.map((text) => (text === 'work' ? 'walk' : text)) })],
    ['the span', (profile) => ({ ...profile, spans: { ...profile.spans, spanId: profile.spans.spanId.map((spanId) => (spanId === '' ? '' : id('2'))) } })],
    ['the thread', (profile) => ({ ...profile, thread: { id: 1, name: 'main' } })],
    ['the process', (profile) => ({ ...profile, resource: { attributes: { ...profile.resource.attributes, 'process.pid': 8 } } })],
    ['the window', (profile) => ({ ...profile, startTimeUnixNano: profile.startTimeUnixNano - 1n })],
    ['the calls', (profile) => ({ ...profile, endpointCalls: new Map([['GET /a', 2]]) })],
  ])('takes two profiles that differ in no more than %s', (_what, change) => {
    const store = createStore();
    store.addProfiles([profileOf(1), change(profileOf(1))]);
    expect(store.stats()).toMatchObject({ profiles: 2, samples: 4, duplicateProfiles: 0 });
  });

  it('takes a profile again that it has dropped', () => {
    const store = createStore({ maxBytes: 12_000 });
    for (let n = 1; n <= 20; n++) store.addProfiles([profileOf(n)]);
    const { profiles, evictedProfiles } = store.stats();
    expect(profiles).toBeLessThan(20);
    store.addProfiles([profileOf(1)]);
    expect(store.stats()).toMatchObject({ profiles, duplicateProfiles: 0, evictedProfiles: evictedProfiles + 1 });
    expect(store.samplesOfSpan(traceId(1), id('1'))).toHaveLength(1);
    store.addProfiles([profileOf(20)]);
    expect(store.stats()).toMatchObject({ profiles, duplicateProfiles: 1 });
  });

  it('drops the oldest traces and profiles, in the order of their arrival, and all that belongs to them', () => {
    const sizes = createStore();
    sizes.addSpans(spansOf(1));
    sizes.addProfiles([profileOf(1)]);
    const store = createStore({ maxBytes: sizes.stats().bytes * 3 });
    for (let n = 1; n <= 50; n++) {
      store.addSpans(spansOf(n));
      store.addProfiles([profileOf(n)]);
      expect(store.stats().bytes).toBeLessThanOrEqual(store.stats().maxBytes);
    }
    const { traces, profiles, spans, samples, linkedSamples, evictedTraces, evictedProfiles } = store.stats();
    expect(traces).toBeGreaterThanOrEqual(2);
    expect(profiles).toBeGreaterThanOrEqual(2);
    expect([spans, samples, linkedSamples]).toEqual([traces * 2, profiles * 2, profiles]);
    expect([evictedTraces, evictedProfiles]).toEqual([50 - traces, 50 - profiles]);
    expect([...store.traces()].map((trace) => trace.traceId)).toEqual(Array.from({ length: traces }, (_n, i) => traceId(51 - traces + i)));
    for (let n = 1; n <= 50; n++) {
      expect(store.samplesOfSpan(traceId(n), id('1'))).toHaveLength(n > 50 - profiles ? 1 : 0);
    }
  });

  it('drops of a span that runs through many profiles the samples of the oldest ones', () => {
    const store = createStore({ maxBytes: 12_000 });
    for (let n = 0; n < 40; n++) store.addProfiles([drawProfile(`${n * 10} ${n + 1} 9 1 GET_/a main;work`)]);
    const { profiles } = store.stats();
    expect(profiles).toBeGreaterThan(1);
    expect(profiles).toBeLessThan(40);
    expect(store.samplesOfSpan(TRACE, id('1')).map(({ stored }) => stored.wallNanos[0])).toEqual([...store.profiles()].map(({ wallNanos }) => wallNanos[0]));
    expect(store.samplesOfSpan(TRACE, id('1'))).toHaveLength(profiles);
  });

  it('gives back all memory it counted', () => {
    const empty = createStore({ maxBytes: 1_000_000 });
    for (let n = 1; n <= 3_000; n++) {
      empty.addSpans(spansOf(n));
      empty.addProfiles([profileOf(n)]);
    }
    const before = empty.stats();
    // Twice as much again: what is counted must not creep up.
    for (let n = 3_001; n <= 9_000; n++) {
      empty.addSpans(spansOf(n));
      empty.addProfiles([profileOf(n)]);
    }
    expect(empty.stats()).toMatchObject({ traces: before.traces, profiles: before.profiles, bytes: before.bytes });
  });

  it('does not drop everything else for a trace or a profile that is too large by itself', () => {
    const store = createStore({ maxBytes: 60_000 });
    store.addSpans(spansOf(1));
    store.addProfiles([profileOf(1)]);
    store.addSpans(drawSpans(Array.from({ length: 200 }, (_n, i) => `${i + 1} - 0 1 x`).join('\n'), { traceId: traceId(2) }));
    store.addProfiles([drawProfile(Array.from({ length: 2_000 }, (_n, i) => `${i} 10 9 1 GET_/a main;work`).join('\n'))]);
    expect(store.trace(traceId(1))).toBeDefined();
    expect(store.samplesOfSpan(traceId(1), id('1'))).toHaveLength(1);
    expect(store.stats().bytes).toBeLessThanOrEqual(60_000);
    expect(store.stats().evictedProfiles).toBe(1);
    expect(store.stats().evictedTraces).toBeGreaterThan(0);
  });

  it('counts long texts', () => {
    const store = createStore();
    store.addSpans(drawSpans('1 - 0 1 x', { attributes: { 'db.statement': 'x'.repeat(100_000), 'wide': 'ж'.repeat(100_000), list: ['y'.repeat(50_000)], map: { a: new Uint8Array(50_000) } } }));
    expect(store.stats().bytes).toBeGreaterThan(400_000);
    expect(store.stats().bytes).toBeLessThan(410_000);
  });

  it('counts a resource once for the requests that share it, and each one that differs', () => {
    const big = 'x'.repeat(10_000);
    const spans = (n: number, pid: number): ReturnType<typeof drawSpans> => drawSpans('1 - 0 1 x', { traceId: traceId(n) })
      .map((span) => ({ ...span, resource: { attributes: { 'service.name': 'shop', big, pid } } }));
    const store = createStore();
    for (let n = 1; n <= 20; n++) store.addSpans(spans(n, 1));
    expect(store.stats().bytes).toBeLessThan(50_000);
    for (let n = 21; n <= 40; n++) store.addSpans(spans(n, n));
    expect(store.stats().bytes).toBeGreaterThan(200_000);
    const [first, second] = [store.trace(traceId(1))!, store.trace(traceId(2))!];
    expect(first.spans.get(id('1'))!.resource).toBe(second.spans.get(id('1'))!.resource);
  });
});
