import { context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';
import { recordUnsampled } from '@flamespan/span-processor';
import type { Sampler } from '@opentelemetry/sdk-trace';
import { AlwaysOffSampler, ParentBasedSampler, SamplingDecision, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, test } from 'vitest';
import type { SetUp } from './support/set-up.ts';
import { samplesOf } from './support/samples.ts';
import { setUp } from './support/set-up.ts';

const recordOnly: Sampler = { shouldSample: () => ({ decision: SamplingDecision.RECORD }), toString: () => 'RecordOnly' };
const http = { 'http.request.method': 'GET', 'http.route': '/a/:id' };

function requestWithChild({ tracer, binding }: SetUp): void {
  tracer.startActiveSpan('GET', (root) => {
    binding.sample('main;handler');
    tracer.startActiveSpan('child', (child) => { binding.sample('main;inner'); child.end(); });
    root.setAttributes(http);
    root.end();
  });
}

describe('traces that are not sampled', () => {
  test('recorded but unsampled: the endpoint and the call, no trace that a Link could lead to', async () => {
    await using scene = setUp({ sampler: recordOnly });
    requestWithChild(scene);
    await scene.processor.forceFlush();
    expect(samplesOf(scene.exporter.profiles)).toMatchObject([
      { leaf: 'handler', sampled: false, endpoint: 'GET /a/:id' },
      { leaf: 'inner', sampled: false, endpoint: 'GET /a/:id' },
    ]);
    expect([...(scene.exporter.profiles[0]?.endpointCalls ?? [])]).toEqual([['GET /a/:id', 1]]);
  });

  test('not recorded: the route that the router noted is the endpoint, for children too', async () => {
    await using scene = setUp({ sampler: new AlwaysOffSampler() });
    const { tracer, binding, processor, exporter } = scene;
    const rpcMetadata = { route: '/a/:id' };
    const root = tracer.startSpan('GET');
    const rootContext = trace.setSpan(context.active(), root)
      .setValue(Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA'), rpcMetadata);
    context.with(rootContext, () => {
      binding.sample('main;handler');
      tracer.startActiveSpan('child', (child) => { binding.sample('main;inner'); child.end(); });
      root.end();
    });
    await processor.forceFlush();
    expect(samplesOf(exporter.profiles)).toMatchObject([
      { leaf: 'handler', sampled: false, endpoint: '/a/:id' }, { leaf: 'inner', sampled: false, endpoint: '/a/:id' },
    ]);
  });

  test('recordUnsampled: full endpoints and calls for requests that a head sampler drops', async () => {
    const sampler = recordUnsampled(new ParentBasedSampler({ root: new AlwaysOffSampler() }));
    expect(String(sampler)).toBe(`RecordUnsampled{${new ParentBasedSampler({ root: new AlwaysOffSampler() }).toString()}}`);
    await using scene = setUp({ sampler });
    requestWithChild(scene);
    await scene.processor.forceFlush();
    expect(samplesOf(scene.exporter.profiles)).toMatchObject([
      { leaf: 'handler', sampled: false, endpoint: 'GET /a/:id' }, { leaf: 'inner', sampled: false, endpoint: 'GET /a/:id' },
    ]);
    expect([...(scene.exporter.profiles[0]?.endpointCalls ?? [])]).toEqual([['GET /a/:id', 1]]);
  });

  test('recordUnsampled changes nothing for what is sampled, and records local roots only', () => {
    const decide = (decision: SamplingDecision, active = context.active()): number =>
      recordUnsampled({ shouldSample: () => ({ decision }), toString: () => '' })
        .shouldSample(active, 'a'.repeat(32), 'n', SpanKind.INTERNAL, {}, []).decision;
    expect(decide(SamplingDecision.RECORD_AND_SAMPLED)).toBe(SamplingDecision.RECORD_AND_SAMPLED);
    expect(decide(SamplingDecision.NOT_RECORD)).toBe(SamplingDecision.RECORD);
    const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0 };
    expect(decide(SamplingDecision.NOT_RECORD, trace.setSpanContext(context.active(), spanContext))).toBe(SamplingDecision.NOT_RECORD);
    const remote = trace.setSpanContext(context.active(), { ...spanContext, isRemote: true });
    expect(decide(SamplingDecision.NOT_RECORD, remote)).toBe(SamplingDecision.RECORD);
  });
});

describe('pyroscope.profile.id', () => {
  const idsOf = (scene: SetUp): unknown[] => {
    const ids: unknown[] = [];
    scene.tracer.startActiveSpan('root', (root) => {
      scene.tracer.startActiveSpan('child', (child) => {
        for (const span of [root, child]) {
          const { attributes } = span as unknown as { attributes: Record<string, unknown> };
          ids.push(attributes['pyroscope.profile.id'] === span.spanContext().spanId ? 'own id' : attributes['pyroscope.profile.id']);
        }
        child.end();
      });
      root.end();
    });
    return ids;
  };

  test.each([
    ['every span that Links name', {}, ['own id', 'own id']],
    ['the local root where Links name it', { linkScope: 'local-root' as const }, ['own id', undefined]],
    ['switched off', { profileIdAttribute: false }, [undefined, undefined]],
    ['unsampled', { sampler: recordOnly }, [undefined, undefined]],
  ])('%s', async (_, options, expected) => {
    await using scene = setUp(options);
    expect(idsOf(scene)).toEqual(expected);
  });

  test('not while sampling is off', async () => {
    await using scene = setUp();
    await scene.processor.stop();
    expect(idsOf(scene)).toEqual([undefined, undefined]);
  });

  test('takes no place of the attributes that a limit allows', async () => {
    await using scene = setUp();
    const provider = new TracerProvider({ spanProcessors: [scene.processor], spanLimits: { attributeCountLimit: 2 } });
    const span = provider.getTracer('limited').startSpan('root', { attributes: { first: 1 } });
    span.setAttribute('second', 2);
    expect((span as unknown as { attributes: object }).attributes)
      .toEqual({ first: 1, second: 2, 'pyroscope.profile.id': span.spanContext().spanId });
    span.end();
  });

  test.each(['copied', 'frozen', 'hidden'] as const)('on spans whose attributes are %s, by setAttribute', async (kind) => {
    await using scene = setUp();
    const set: Record<string, unknown> = {};
    const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    const span = {
      ...trace.wrapSpanContext(spanContext),
      spanContext: () => spanContext,
      setAttribute: (key: string, value: unknown) => (set[key] = value),
      get attributes() {
        return kind === 'hidden' ? undefined : kind === 'frozen' ? Object.freeze({}) : {};
      },
    };
    scene.processor.onStart(span as unknown as Span, ROOT_CONTEXT);
    expect(set).toEqual({ 'pyroscope.profile.id': spanContext.spanId });
    expect(scene.processor.stats.errors).toBe(0);
  });
});
