import type { Context } from '@opentelemetry/api';
import { ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { hookAmbientActivation } from '../src/ambient-activation.ts';
import type { SampleRecord } from '../src/context-record.ts';

const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED };

/** Begins telling inside of a span that is active until the end of the callback; without frames `run` ends unseen, too. */
function start(told: (string | undefined)[]): () => void {
  const storage = new AsyncLocalStorage<Context>();
  const inSpan = trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext(spanContext));
  storage.enterWith(inSpan);
  return hookAmbientActivation(storage, (record: SampleRecord | undefined) => {
    told.push(record !== undefined && 'spanId' in record ? record.spanId : undefined);
  });
}

/** What was current before the callback that asks, when no code ran. */
const atRest = (told: readonly (string | undefined)[]): Promise<string | undefined> =>
  new Promise((resolve) => { setTimeout(() => resolve(told.at(-2)), 1); });

test.each<[string, (begin: () => void) => Promise<void>]>([
  ['an awaiting function', async (begin) => { await sleep(1); begin(); }],
  ['a timer', (begin) => new Promise((resolve) => { setTimeout(() => { begin(); resolve(); }, 1); })],
  ['an immediate', (begin) => new Promise((resolve) => { setImmediate(() => { begin(); resolve(); }); })],
  ['a microtask', (begin) => Promise.resolve().then(begin)],
])('a start in %s does not leave its span current for ever', async (_, startIn) => {
  const told: (string | undefined)[] = [];
  let stop = (): void => {};
  await startIn(() => { stop = start(told); });
  await sleep(5);
  expect(told).toContain(spanContext.spanId);
  const rests = [await atRest(told), await atRest(told)];
  stop();
  expect(rests).toEqual([undefined, undefined]);
});

test('the process need not stay for it', () => {
  const before = process.getActiveResourcesInfo();
  const stop = start([]);
  expect(process.getActiveResourcesInfo()).toEqual(before);
  stop();
});
