import type { DiagLogger } from '@opentelemetry/api';
import { context, diag } from '@opentelemetry/api';
import { withProfileLabels } from '@flamespan/span-processor';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFakeBinding } from './support/fake-binding.ts';
import type { SetUp, SetUpOptions } from './support/set-up.ts';
import { setUp as setUpWith } from './support/set-up.ts';
import { samplesOf } from './support/samples.ts';

const warnings: string[] = [];
const silent = (): void => {};
const logger: DiagLogger = { error: silent, info: silent, debug: silent, verbose: silent, warn: (...args) => { warnings.push(args.join(' ')); } };

beforeEach(() => {
  warnings.length = 0;
  diag.setLogger(logger, { suppressOverrideMessage: true });
});
afterEach(() => diag.disable());

async function labelsByLeaf(scene: SetUp): Promise<Record<string, Record<string, string>>> {
  scene.exporter.profiles.length = 0;
  await scene.processor.forceFlush();
  return Object.fromEntries(samplesOf(scene.exporter.profiles).map(({ leaf, labels }) => [leaf, labels]));
}

describe.each(['frames', 'no frames'])('withProfileLabels with %s', (frames) => {
  const setUp = (options: SetUpOptions = {}): SetUp => {
    const binding = createFakeBinding();
    if (frames === 'no frames') binding.labelsUnsupported = 'AsyncContextFrame is off';
    return setUpWith({ binding, ...options });
  };

  test('labels are on samples of its work, in and outside of spans, merged, inherited and restored', async () => {
    await using scene = setUp();
    const { tracer, binding } = scene;
    const result = await withProfileLabels({ tenant: 'acme' }, async () => {
      binding.sample('main;outside');
      await tracer.startActiveSpan('work', async (span) => {
        binding.sample('main;inside');
        await sleep(1);
        binding.sample('main;later');
        withProfileLabels({ plan: 'pro', tenant: 'other' }, () => binding.sample('main;nested'));
        binding.sample('main;restored');
        span.end();
      });
      expect(() => withProfileLabels({ plan: 'pro' }, () => { throw new Error('expected'); })).toThrow('expected');
      binding.sample('main;after throw');
      return 7;
    });
    binding.sample('main;after');
    expect(result).toBe(7);
    expect(await labelsByLeaf(scene)).toEqual({
      'outside': { tenant: 'acme' }, 'inside': { tenant: 'acme' }, 'later': { tenant: 'acme' },
      'nested': { tenant: 'other', plan: 'pro' }, 'restored': { tenant: 'acme' }, 'after throw': { tenant: 'acme' }, 'after': {},
    });
  });

  test('a span inside keeps its span, trace and endpoint', async () => {
    await using scene = setUp();
    const spanId = scene.tracer.startActiveSpan('job', (span) => {
      withProfileLabels({ tenant: 'acme' }, () => scene.binding.sample('main;inside'));
      span.end();
      return span.spanContext().spanId;
    });
    await scene.processor.forceFlush();
    expect(samplesOf(scene.exporter.profiles)).toMatchObject([{ spanId, endpoint: 'job', labels: { tenant: 'acme' } }]);
  });

  test('values beyond the hundredth of a key are one', async () => {
    await using scene = setUp();
    const key = `many_${frames.replace(' ', '_')}`;
    for (let n = 0; n < 110; n++) withProfileLabels({ [key]: `v${n}` }, () => scene.binding.sample(`main;f${n}`));
    withProfileLabels({ [key]: 'v5' }, () => scene.binding.sample('main;known'));
    const labels = await labelsByLeaf(scene);
    expect(labels['f99']).toEqual({ [key]: 'v99' });
    expect(labels['f100']).toEqual({ [key]: '__other__' });
    expect(labels['f109']).toEqual({ [key]: '__other__' });
    expect(labels['known']).toEqual({ [key]: 'v5' });
  });
});

test.each([
  'service.name', 'span_id', 'trace_id', 'profile_id', 'span_name', 'endpoint', 'thread.id', 'thread.name', '', '7up', 'a-b', 'a b', '.a', 'ä',
])('the key %j is refused with one warning, the work runs', async (key) => {
  await using scene = setUpWith();
  for (let round = 0; round < 2; round++) {
    expect(withProfileLabels({ [key]: 'x', fine: 'y' }, () => { scene.binding.sample('main;work'); return 'done'; })).toBe('done');
  }
  expect(await labelsByLeaf(scene)).toEqual({ work: { fine: 'y' } });
  expect(warnings.filter((line) => line.includes(JSON.stringify(key)))).toHaveLength(1);
});

test('odd labels change nothing for the application', async () => {
  await using scene = setUpWith();
  const hostile = { get tenant(): string { throw new Error('no'); } };
  for (const labels of [null, undefined, 7, hostile, { long: 'x'.repeat(257), object: {} as never, number: 7, flag: true }]) {
    expect(withProfileLabels(labels as never, () => { scene.binding.sample('main;work'); return 'done'; })).toBe('done');
  }
  expect(await labelsByLeaf(scene)).toEqual({ work: { long: '__other__', number: '7', flag: 'true' } });
  context.disable();
  expect(withProfileLabels({ tenant: 'acme' }, () => 'without a manager')).toBe('without a manager');
});
