/** Loaded before a measured program: starts tracing and profiling as an application of the variant would. */
import type { ProcessSettings } from '../child-protocol.ts';
import type { VariantName } from '../variants.ts';
import { publishVariant } from './running-variant.ts';
import type { StartVariant } from './running-variant.ts';

/** Imported one by one: no variant pays for the packages of another. */
const STARTS: Readonly<Record<VariantName, () => Promise<StartVariant>>> = {
  plain: async () => (await import('./variants/plain.ts')).startPlain,
  ours: async () => (await import('./variants/ours.ts')).startOurs,
  'dd-trace': async () => (await import('./variants/dd-trace.ts')).startDdTrace,
  'dd-trace-tracing': async () => (await import('./variants/dd-trace.ts')).startDdTrace,
  splunk: async () => (await import('./variants/splunk.ts')).startSplunk,
  'splunk-tracing': async () => (await import('./variants/splunk.ts')).startSplunk,
  pyroscope: async () => (await import('./variants/pyroscope.ts')).startPyroscope,
  // The program starts it.
  '@datadog/pprof': () => Promise.resolve(() => ({})),
};

const settings = JSON.parse(process.env['OVERHEAD_PROCESS'] ?? '{}') as ProcessSettings;
const start = await STARTS[settings.variant as VariantName]();
publishVariant(await start(settings));
