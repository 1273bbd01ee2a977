import { createRequire } from 'node:module';
import type { ProcessSettings } from '../../child-protocol.ts';
import type { RunningVariant } from '../running-variant.ts';

const require = createRequire(import.meta.url);

export function startSplunk({ variant, serverUrl, uploadSeconds }: ProcessSettings): RunningVariant {
  const { start } = require('@splunk/otel') as { readonly start: (options: object) => void };
  start({
    serviceName: 'overhead',
    endpoint: serverUrl,
    metrics: false,
    logging: false,
    profiling: variant === 'splunk' && {
      memoryProfilingEnabled: true,
      ...(uploadSeconds === undefined ? {} : { collectionDuration: uploadSeconds * 1_000 }),
    },
  });
  return {};
}
