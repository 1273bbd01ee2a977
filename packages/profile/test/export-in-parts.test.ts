import { createPartwiseExport, runAtOnce } from '@flamespan/profile';
import type { ExportResult, PartOutcome, PartSender, Profile } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import { describe, expect, it } from 'vitest';

const HUNDRED = profileFromStacks('main;handler 100\nmain;cache 7 objects 70 bytes');
const REFUSED: ExportResult = { code: 1, retryable: false, error: new Error('too large') };
const AWAY: ExportResult = { code: 1, retryable: true, error: new Error('away') };

/** Sends with a function, and does all work at once. */
const by = (send: PartSender['send']): PartSender => ({ send, run: async (work) => runAtOnce(work) });

/** A server that takes so many samples in a request, of any kind. */
function serverTaking(most: number, details: { readonly times?: (count: number) => number } = {}): { send: (part: Profile) => Promise<PartOutcome>; got: number[]; requests: () => number } {
  const got: number[] = [];
  let requests = 0;
  return {
    got,
    requests: () => requests,
    send: async (part) => {
      requests += 1;
      const count = part.samples.length + part.heapSamples.length;
      if (count > most) return { status: 'too-large', result: REFUSED, ...(details.times === undefined ? {} : { times: details.times(count) }) };
      got.push(count);
      return { status: 'delivered' };
    },
  };
}

describe('createPartwiseExport', () => {
  it('sends what fits as it is', async () => {
    const sent: Profile[] = [];
    const outcome = await createPartwiseExport()(HUNDRED, by(async (part) => {
      sent.push(part);
      return { status: 'delivered' };
    }));
    expect(outcome).toEqual({ status: 'delivered' });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toBe(HUNDRED);
  });

  it('divides what is too large until it fits', async () => {
    const { send, got } = serverTaking(30);
    expect(await createPartwiseExport()(HUNDRED, by(send))).toEqual({ status: 'delivered' });
    expect(got).toEqual([25, 25, 25, 25, 1]);
  });

  it('divides by as much as it is told', async () => {
    const { send, got, requests } = serverTaking(30, { times: (count) => (count / 30) * 1.25 });
    expect(await createPartwiseExport()(HUNDRED, by(send))).toEqual({ status: 'delivered' });
    expect(got).toEqual([25, 25, 25, 25, 1]);
    expect(requests()).toBe(6);
  });

  it('begins with several parts when asked to', async () => {
    const { send, got, requests } = serverTaking(50);
    expect(await createPartwiseExport()(HUNDRED, by(send), 3)).toEqual({ status: 'delivered' });
    expect([got, requests()]).toEqual([[50, 50, 1], 3]);
  });

  it('counts what does not fit in the smallest part, and delivers the rest', async () => {
    const profile = profileFromStacks('main 4\nmain 1 objects 1 bytes\nbig 1 objects 1 bytes');
    const { send, got } = serverTaking(1);
    expect(await createPartwiseExport()(profile, by(send))).toEqual({ status: 'given-up', result: REFUSED, givenUp: { samples: 0, heapSamples: 2 } });
    expect(got).toEqual([1, 1, 1, 1]);
  });

  it('ends within a bounded number of requests when nothing fits', async () => {
    const profile = profileFromStacks('main 6000');
    for (const times of [undefined, () => 1e12, () => Number.NaN, () => Infinity, () => -1]) {
      const { send, requests } = serverTaking(0, times === undefined ? {} : { times });
      expect(await createPartwiseExport()(profile, by(send))).toEqual({ status: 'given-up', result: REFUSED, givenUp: { samples: 6000, heapSamples: 0 } });
      expect(requests()).toBeLessThan(130);
    }
  });

  it('goes on where a try that may be made again has stopped, and delivers nothing twice', async () => {
    const exportInParts = createPartwiseExport();
    const { send, got } = serverTaking(30);
    let tries = 0;
    const flaky = async (part: Profile): Promise<PartOutcome> => {
      tries += 1;
      return tries % 3 === 0 ? { status: 'failed', result: AWAY } : send(part);
    };
    let outcome = await exportInParts(HUNDRED, by(flaky));
    let calls = 1;
    for (; outcome.status === 'failed' && calls < 50; calls++) outcome = await exportInParts(HUNDRED, by(flaky));
    expect(outcome).toEqual({ status: 'delivered' });
    expect(calls).toBeGreaterThan(2);
    expect(got).toEqual([25, 25, 25, 25, 1]);
  });

  it('remembers over tries what it had to give up', async () => {
    const exportInParts = createPartwiseExport();
    const profile = profileFromStacks('main 2\nmain 1 objects 1 bytes');
    const outcomes: PartOutcome[] = [
      { status: 'too-large', result: REFUSED },
      { status: 'too-large', result: REFUSED },
      { status: 'too-large', result: REFUSED },
      { status: 'failed', result: AWAY },
      { status: 'delivered' },
      { status: 'delivered' },
    ];
    const send = async (): Promise<PartOutcome> => outcomes.shift() as PartOutcome;
    expect(await exportInParts(profile, by(send))).toEqual({ status: 'failed', result: AWAY });
    expect(await exportInParts(profile, by(send))).toEqual({ status: 'given-up', result: REFUSED, givenUp: { samples: 1, heapSamples: 0 } });
    expect(outcomes).toEqual([]);
  });

  it('gives up one part that is refused when another was delivered, and goes on', async () => {
    const refused: ExportResult = { code: 1, retryable: false, error: new Error('sample too old') };
    const got: number[] = [];
    const send = async (part: Profile): Promise<PartOutcome> => {
      if (part.samples.length > 25) return { status: 'too-large', result: REFUSED };
      if (got.push(part.samples.length) === 2) return { status: 'failed', result: refused };
      return { status: 'delivered' };
    };
    expect(await createPartwiseExport()(HUNDRED, by(send))).toEqual({ status: 'partly-refused', result: refused, givenUp: { samples: 25, heapSamples: 0 } });
    expect(got).toEqual([25, 25, 25, 25, 0]);
  });

  it('tells of a refusal rather than of a part that is too large, and counts both', async () => {
    const refused: ExportResult = { code: 1, retryable: false, error: new Error('sample too old') };
    const profile = profileFromStacks('main 3\nmain 1 objects 1 bytes');
    const outcomes: PartOutcome[] = [
      { status: 'too-large', result: REFUSED, times: 4 },
      { status: 'delivered' },
      { status: 'failed', result: refused },
      { status: 'failed', result: AWAY },
      { status: 'too-large', result: REFUSED },
      { status: 'failed', result: { code: 1, error: new Error('another') } },
    ];
    const exportInParts = createPartwiseExport();
    const send = async (): Promise<PartOutcome> => outcomes.shift() as PartOutcome;
    expect(await exportInParts(profile, by(send))).toEqual({ status: 'failed', result: AWAY });
    expect(await exportInParts(profile, by(send))).toEqual({ status: 'partly-refused', result: refused, givenUp: { samples: 2, heapSamples: 1 } });
    expect(outcomes).toEqual([]);
  });

  it('stops at the first refusal when nothing was delivered', async () => {
    let requests = 0;
    const send = async (part: Profile): Promise<PartOutcome> => {
      requests += 1;
      return part === HUNDRED ? { status: 'too-large', result: REFUSED, times: 4 } : { status: 'failed', result: REFUSED };
    };
    expect(await createPartwiseExport()(HUNDRED, by(send))).toEqual({ status: 'failed', result: REFUSED });
    expect(requests).toBe(2);
  });

  it('forgets a profile that was refused for good, or delivered', async () => {
    const exportInParts = createPartwiseExport();
    const { send } = serverTaking(30);
    expect(await exportInParts(HUNDRED, by(async (part) => (part.samples.length === 25 ? { status: 'failed', result: REFUSED } : send(part))))).toEqual({ status: 'failed', result: REFUSED });
    const again = serverTaking(1000);
    expect(await exportInParts(HUNDRED, by(again.send))).toEqual({ status: 'delivered' });
    expect(await exportInParts(HUNDRED, by(again.send))).toEqual({ status: 'delivered' });
    expect(again.got).toEqual([101, 101]);
  });

  it('keeps profiles apart', async () => {
    const exportInParts = createPartwiseExport();
    const other = profileFromStacks('other 3');
    expect((await exportInParts(HUNDRED, by(async () => ({ status: 'failed', result: AWAY })))).status).toBe('failed');
    const { send, got } = serverTaking(1000);
    await exportInParts(other, by(send));
    await exportInParts(HUNDRED, by(send));
    expect(got).toEqual([3, 101]);
  });
});
