import { context, trace } from '@opentelemetry/api';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFakeBinding } from './support/fake-binding.ts';
import { samplesOf } from './support/samples.ts';
import { setUp } from './support/set-up.ts';

type Step =
  | { readonly kind: 'sample' }
  | { readonly kind: 'await'; readonly how: 'microtask' | 'immediate' | 'tick' }
  | { readonly kind: 'throw' }
  | { readonly kind: 'with' | 'bind' | 'attach' | 'spawn' | 'root'; readonly inner: readonly Step[] };

const steps = fc.letrec<{ steps: readonly Step[]; step: Step }>((tie) => ({
  steps: fc.array(tie('step'), { maxLength: 5 }),
  step: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant<Step>({ kind: 'sample' }),
    fc.record({ kind: fc.constant('await' as const), how: fc.constantFrom('microtask', 'immediate', 'tick') }),
    fc.constant<Step>({ kind: 'throw' }),
    fc.record({ kind: fc.constantFrom('with', 'bind', 'attach', 'spawn', 'root'), inner: tie('steps') }),
  ),
})).steps;

test.each([
  ['found in frames', undefined], ['told', 'AsyncContextFrame is off'],
])('records %s: the sampled span is the active one in any interleaving of with, bind, attach, await and throw', async (_, labelsUnsupported) => {
  const faked = createFakeBinding();
  faked.labelsUnsupported = labelsUnsupported;
  await using scene = setUp({ binding: faked });
  const { tracer, binding, processor, exporter } = scene;
  let serial = 0;

  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 4 }), async (tasks) => {
      const expected = new Map<string, string>();
      const spawned: Promise<void>[] = [];

      /** The model: `active` is the span id that plain lexical reasoning says is current. */
      const run = async (program: readonly Step[], active: string): Promise<void> => {
        for (const step of program) {
          if (step.kind === 'sample') {
            const leaf = `s${serial++}`;
            expected.set(leaf, active);
            binding.sample(`main;${leaf}`);
          } else if (step.kind === 'await') {
            if (step.how === 'microtask') await Promise.resolve();
            else if (step.how === 'immediate') await new Promise((resolve) => { setImmediate(resolve); });
            else await new Promise<void>((resolve) => { process.nextTick(resolve); });
          } else if (step.kind === 'throw') {
            throw new Error('a step threw');
          } else if (step.kind === 'root') {
            await context.with(trace.deleteSpan(context.active()), () => run(step.inner, '').catch(() => {}));
          } else {
            const span = tracer.startSpan(step.kind);
            const id = span.spanContext().spanId;
            const spanContext = trace.setSpan(context.active(), span);
            const inside = (): Promise<void> => run(step.inner, id).catch(() => {}).finally(() => span.end());
            if (step.kind === 'with') await context.with(spanContext, inside);
            else if (step.kind === 'bind') await context.bind(spanContext, inside)();
            else if (step.kind === 'spawn') spawned.push(context.with(spanContext, inside));
            else {
              // Attached inside an async function of its own, as the API's documentation asks for.
              await (async () => {
                await Promise.resolve();
                const token = context.attach(spanContext);
                try {
                  await run(step.inner, id).catch(() => {});
                } finally {
                  token.dispose();
                  span.end();
                }
              })();
            }
          }
        }
      };
      await Promise.all(tasks.map((task) => run(task, '').catch(() => {})));
      await Promise.all(spawned);
      while (spawned.length > 0) await spawned.pop();

      exporter.profiles.length = 0;
      await processor.forceFlush();
      const sampled = new Map(samplesOf(exporter.profiles).map(({ leaf, spanId }) => [leaf, spanId]));
      expect(sampled).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});
