import { SpanKind, trace } from '@opentelemetry/api';
import { runningVariant } from './running-variant.ts';

const ROUTES = Array.from({ length: 20 }, (_, index) => `/load/${index}/:id`);

/** Returns a function that runs work as that of a request, each time of the next route. */
export function createServerSpans(): (work: () => void) => void {
  const { inServerSpan = inOtelSpan } = runningVariant();
  let count = 0;
  return (work) => inServerSpan(ROUTES[count++ % ROUTES.length] as string, work);
}

function inOtelSpan(route: string, work: () => void): void {
  const attributes = { 'http.request.method': 'GET', 'http.route': route };
  trace.getTracer('overhead').startActiveSpan(`GET ${route}`, { kind: SpanKind.SERVER, attributes }, (span) => {
    work();
    span.end();
  });
}
