import { createSlicedEncoding } from '@flamespan/otlp-exporter-base';
import type { SlicedWork } from '@flamespan/profile';
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** Moved by the tests alone: a machine that stands still between two turns would make a slice longer. */
let nowMillis = 0;

beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => nowMillis);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Longer than any slice: one step fills it. */
const STEP_MILLIS = 10;

function* busySteps(steps: number, note: () => void = () => {}): SlicedWork<number> {
  for (let step = 0; step < steps; step++) {
    nowMillis += STEP_MILLIS;
    note();
    yield;
  }
  return steps;
}

/** Counts turns of the event loop while something is under way. */
async function countingTurns<T>(work: (turn: () => number) => Promise<T>): Promise<T> {
  let turn = 0;
  let counting = true;
  const count = (): void => {
    turn++;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  try {
    return await work(() => turn);
  } finally {
    counting = false;
  }
}

describe('createSlicedEncoding', () => {
  it('begins after this turn of the event loop, and ends with what the work returns', async () => {
    const steps: string[] = [];
    const running = createSlicedEncoding().run(busySteps(1, () => steps.push('step')));
    await Promise.resolve();
    steps.push('caller');
    expect(await running).toBe(1);
    expect(steps).toEqual(['caller', 'step']);
  });

  it('lets the event loop turn whenever a slice is used up', async () => {
    const turns: number[] = [];
    await countingTurns((turn) => createSlicedEncoding().run(busySteps(4, () => turns.push(turn()))));
    expect(new Set(turns).size).toBe(4);
  });

  it('does much short work in one slice', async () => {
    function* shortSteps(): SlicedWork<void> {
      for (let step = 0; step < 100; step++) yield;
    }
    const turns = await countingTurns(async (turn) => {
      await createSlicedEncoding().run(shortSteps());
      return turn();
    });
    expect(turns).toBeLessThan(50);
  });

  it.each([
    { blockedMillis: 0, expected: 10 },
    { blockedMillis: 1_000, expected: 2 },
    { blockedMillis: 3_600_000, expected: 1 },
  ])('needs $expected turns where the application takes $blockedMillis ms of each', async ({ blockedMillis, expected }) => {
    const turns: number[] = [];
    let turn = 0;
    let blocking = true;
    const block = (): void => {
      if (!blocking) return;
      turn++;
      nowMillis += blockedMillis;
      setImmediate(block);
    };
    setImmediate(block);
    await createSlicedEncoding().run((function* tenSteps(): SlicedWork<void> {
      for (let step = 0; step < 10; step++) {
        nowMillis += 10;
        turns.push(turn);
        yield;
      }
    })());
    blocking = false;
    expect(new Set(turns).size).toBe(expected);
  });

  it('gives a turn to one export only, and each its share', async () => {
    const seen: { readonly name: string; readonly turn: number }[] = [];
    await countingTurns((turn) =>
      Promise.all(['a', 'b', 'c'].map((name) => createSlicedEncoding().run(busySteps(3, () => seen.push({ name, turn: turn() }))))),
    );
    expect(new Set(seen.map(({ turn }) => turn)).size).toBe(9);
    expect(seen.slice(0, 3).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('works in the context that it was called in', async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: Record<string, Set<string | undefined>> = { a: new Set(), b: new Set() };
    const run = (name: string): Promise<number> =>
      context.run(name, () => createSlicedEncoding().run(busySteps(3, () => seen[name]?.add(context.getStore()))));
    await Promise.all([run('a'), run('b')]);
    expect(seen).toEqual({ a: new Set(['a']), b: new Set(['b']) });
  });

  it('rejects with what the work throws, and goes on with the others', async () => {
    function* broken(): SlicedWork<never> {
      yield;
      throw new Error('broken');
    }
    const [first, second] = await Promise.allSettled([createSlicedEncoding().run(broken()), createSlicedEncoding().run(busySteps(2))]);
    expect(first).toMatchObject({ status: 'rejected', reason: new Error('broken') });
    expect(second).toEqual({ status: 'fulfilled', value: 2 });
  });

  it('counts the time of its own slices', async () => {
    const encoding = createSlicedEncoding();
    expect(encoding.withMillis({ code: 0 })).toEqual({ code: 0, encodeMillis: 0 });
    await Promise.all([encoding.run(busySteps(2)), createSlicedEncoding().run(busySteps(5))]);
    // What others do in between is not counted.
    nowMillis += 100;
    await encoding.run(busySteps(1));
    const { encodeMillis = 0, ...rest } = encoding.withMillis({ code: 1, retryable: true });
    expect(rest).toEqual({ code: 1, retryable: true });
    expect(encodeMillis).toBe(3 * STEP_MILLIS);
  });
});
