import { createStore } from '@flamespan/viewer';
import { describe, expect, it } from 'vitest';
import { drawProfile, drawSpans, TRACE } from './drawing.ts';

describe('the revision of a store', () => {
  it('grows once a batch, and tells those who listen', () => {
    const store = createStore();
    const seen: number[] = [];
    const stop = store.onChange(() => seen.push(store.revision));
    store.addSpans(drawSpans('1 - 0 1 a\n2 1 0 1 b'));
    store.addProfiles([drawProfile('10 10 9 1 GET_/ main'), drawProfile('20 10 9 1 GET_/ main')]);
    expect(seen).toEqual([1, 2]);
    stop();
    store.addSpans(drawSpans('3 - 0 1 c'));
    expect([seen.length, store.revision]).toEqual([2, 3]);
  });
});

describe('what the store keeps beside traces and profiles', () => {
  it('goes with them', () => {
    const store = createStore({ maxBytes: 40_000 });
    for (let n = 0; n < 200; n++) {
      const traceId = n.toString(16).padStart(32, '0');
      store.addSpans(drawSpans('1 - 0 1 a\n2 1 0 1 b', { traceId, service: `s${n}` }));
      store.addProfiles([drawProfile('10 10 9 1 GET_/ main\n20 10 9 2 GET_/ main', { traceId, service: `s${n}` })]);
    }
    const held = new Set([...store.traces()].map(({ traceId }) => traceId));
    const profiles = [...store.profiles()];
    expect(held.size).toBeLessThan(200);
    for (let n = 0; n < 200; n++) {
      const traceId = n.toString(16).padStart(32, '0');
      const stored = profiles.filter(({ service }) => service === `s${n}`);
      expect(store.samplesOfTrace(traceId)?.samples ?? 0).toBe(stored.length * 2);
      for (const profile of stored) expect([store.profile(profile.id), store.profilesOfProcess(profile.process)]).toEqual([profile, [profile]]);
      expect([...store.spanResources().keys()].filter(({ attributes }) => attributes['service.name'] === `s${n}`)).toHaveLength(held.has(traceId) ? 1 : 0);
    }
    expect([...store.endpointKeys()]).toHaveLength(held.size);
    expect([...store.spanResources().values()].reduce((sum, spans) => sum + spans, 0)).toBe(store.stats().spans);
  });

  it('adds up by trace over profiles, and gives back what it added', () => {
    const store = createStore();
    store.addProfiles([drawProfile('10 10 9 1 GET_/ main\n20 30 8 2 GET_/ main'), drawProfile('30 5 4 1 GET_/ main\n40 5 4 - - main')]);
    expect(store.samplesOfTrace(TRACE)).toMatchObject({ samples: 3, wallNanos: 45e6, cpuNanos: 21e6 });

    const small = createStore({ maxBytes: 20_000 });
    small.addSpans(drawSpans('1 - 0 1 a'));
    for (let n = 1; n <= 60; n++) small.addProfiles([drawProfile(`10 ${n} ${n} 1 GET_/ main\n20 1 1 2 GET_/ main`)]);
    const held = [...small.profiles()];
    expect(held.length).toBeLessThan(60);
    const wall = held.reduce((sum, { wallNanos }) => sum + wallNanos[0]! + wallNanos[1]!, 0);
    expect(small.samplesOfTrace(TRACE)).toMatchObject({ samples: held.length * 2, wallNanos: wall, cpuNanos: wall });
  });

  it('takes durations that cannot be', () => {
    const store = createStore();
    const profile = drawProfile('10 10 9 1 GET_/ main\n20 10 9 1 GET_/ main');
    const wallNanos = BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n);
    const timeUnixNano = BigUint64Array.of(0n, 2n ** 64n - 1n);
    store.addProfiles([{ ...profile, samples: { ...profile.samples, wallNanos, timeUnixNano } }]);
    expect(store.samplesOfTrace(TRACE)).toMatchObject({ samples: 2, wallNanos: Number.MAX_SAFE_INTEGER, cpuNanos: 18e6 });
  });
});
