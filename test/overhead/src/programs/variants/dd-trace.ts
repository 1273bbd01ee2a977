import { createRequire } from 'node:module';
import type { ProcessSettings } from '../../child-protocol.ts';
import type { RunningVariant } from '../running-variant.ts';

const require = createRequire(import.meta.url);

interface Tracer {
  init(options: object): void;
  trace(name: string, options: object, work: () => void): void;
}

/** The environment has the address and the time between uploads. */
export function startDdTrace({ variant }: ProcessSettings): RunningVariant {
  const tracer = require('dd-trace') as Tracer;
  tracer.init({ service: 'overhead', profiling: variant === 'dd-trace' });
  return {
    inServerSpan: (route, work) =>
      tracer.trace('web.request', { resource: `GET ${route}`, type: 'web', tags: { 'span.kind': 'server', 'http.method': 'GET', 'http.route': route } }, work),
  };
}
