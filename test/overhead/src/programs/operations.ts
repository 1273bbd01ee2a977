import type { Context, Span } from '@opentelemetry/api';
import type * as openTelemetryApi from '@opentelemetry/api';

export type OpenTelemetryApi = typeof openTelemetryApi;

/** Something that applications with OpenTelemetry do over and over. Each has a loop of its own, in which V8 sees only it. */
export interface Operation {
  /** Operations in one run, a few milliseconds of work. */
  readonly times: number;
  run(times: number): void | Promise<void>;
}

function endSpan(span: Span): void {
  span.end();
}

/** As OpenTelemetry's HTTP instrumentation with a router's. */
function serveSpan(span: Span): void {
  span.setAttribute('http.response.status_code', 200);
  span.setAttribute('http.route', '/users/:id');
  span.updateName('GET /users/:id');
  span.end();
}

export const OPERATION_NAMES = [
  'active', 'withSame', 'withFresh', 'childSpan', 'nestedSpans', 'rootSpan', 'serverSpan', 'unsampledSpan', 'await', 'asyncSpan',
] as const;
export type OperationName = (typeof OPERATION_NAMES)[number];

/** With the API that the variant registered itself with: its copies give no-ops to newer ones. */
export function createOperations({ context, createContextKey, ROOT_CONTEXT, SpanKind, trace, TraceFlags }: OpenTelemetryApi): Readonly<Record<OperationName, Operation>> {
  const tracer = trace.getTracer('operations');
  const settled = Promise.resolve();
  const key = createContextKey('operations.key');
  const serverOptions = {
    kind: SpanKind.SERVER,
    attributes: { 'http.request.method': 'GET', 'url.path': '/users/17', 'url.scheme': 'http', 'server.address': 'localhost' },
  } as const;

  function remoteParent(traceFlags: openTelemetryApi.TraceFlags): Context {
    const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags, isRemote: true };
    return trace.setSpanContext(ROOT_CONTEXT, spanContext);
  }

  /** Inside of a request, whose server span is active. */
  function inRequest(work: (request: Context) => void): void {
    tracer.startActiveSpan('GET', serverOptions, ROOT_CONTEXT, (span) => {
      work(context.active());
      span.end();
    });
  }

  function inRequestAsync(work: () => Promise<void>): Promise<void> {
    return tracer.startActiveSpan('GET', serverOptions, ROOT_CONTEXT, async (span) => {
      await work();
      span.end();
    });
  }

  function serverSpans(times: number, parent: Context): void {
    for (let n = 0; n < times; n++) tracer.startActiveSpan('GET', serverOptions, parent, serveSpan);
  }

  function nothing(): void {
    // Only entering and leaving is measured.
  }

  return {
    active: {
      times: 200_000,
      run: (times) => inRequest(() => {
        for (let n = 0; n < times; n++) context.active();
      }),
    },
    withSame: {
      times: 20_000,
      run: (times) => inRequest((request) => {
        const same = request.setValue(key, 0);
        for (let n = 0; n < times; n++) context.with(same, nothing);
      }),
    },
    withFresh: {
      times: 10_000,
      run: (times) => inRequest((request) => {
        for (let n = 0; n < times; n++) context.with(request.setValue(key, n), nothing);
      }),
    },
    childSpan: {
      times: 2_500,
      run: (times) => inRequest(() => {
        for (let n = 0; n < times; n++) tracer.startActiveSpan('work', endSpan);
      }),
    },
    nestedSpans: {
      times: 1_000,
      run: (times) => inRequest(() => {
        for (let n = 0; n < times; n++) {
          tracer.startActiveSpan('outer', (outer) => {
            tracer.startActiveSpan('middle', (middle) => {
              tracer.startActiveSpan('inner', endSpan);
              middle.end();
            });
            outer.end();
          });
        }
      }),
    },
    rootSpan: {
      times: 2_500,
      run(times) {
        for (let n = 0; n < times; n++) tracer.startActiveSpan('job', {}, ROOT_CONTEXT, endSpan);
      },
    },
    serverSpan: { times: 1_500, run: (times) => serverSpans(times, remoteParent(TraceFlags.SAMPLED)) },
    unsampledSpan: { times: 2_500, run: (times) => serverSpans(times, remoteParent(TraceFlags.NONE)) },
    await: {
      times: 50_000,
      run: (times) => inRequestAsync(async () => {
        for (let n = 0; n < times; n++) await settled;
      }),
    },
    asyncSpan: {
      times: 1_500,
      run: (times) => inRequestAsync(async () => {
        for (let n = 0; n < times; n++) {
          await tracer.startActiveSpan('query', async (span) => {
            for (let step = 0; step < 6; step++) await settled;
            span.end();
          });
        }
      }),
    },
  };
}
