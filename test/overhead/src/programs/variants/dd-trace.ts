import { createRequire } from 'node:module';
import type { ProcessSettings } from '../../child-protocol.ts';
import type { RunningVariant } from '../running-variant.ts';

const require = createRequire(import.meta.url);

/** The environment has the address and the time between uploads. */
export function startDdTrace({ variant }: ProcessSettings): RunningVariant {
  const tracer = require('dd-trace') as { init(options: object): void };
  tracer.init({ service: 'overhead', profiling: variant === 'dd-trace' });
  return {};
}
