import { Session } from 'node:inspector/promises';
import { createRequire } from 'node:module';
import type { AppSettings, OtherName } from './messages.ts';

type Setting = Omit<NonNullable<AppSettings['other']>, 'when'>;

/** Takes what the other profiler sampled, where it can be asked. */
export type TakeSamples = () => number | Promise<number>;

const require = createRequire(import.meta.url);

interface Pprof {
  readonly time: {
    start(options: object): void;
    stop(restart: boolean): { sample: readonly { value: readonly (number | bigint)[] }[] };
  };
  readonly heap: { start(intervalBytes: number, stackDepth: number): void; profile(): unknown };
}

function pprofCopy(name: string, profiling: boolean): TakeSamples {
  const { time, heap } = require(name) as Pprof;
  if (!profiling) return () => 0;
  time.start({ withContexts: true, intervalMicros: 10_101 });
  heap.start(524_288, 64);
  return () => {
    // Throws when somebody has stopped the sampler, of which there is one.
    heap.profile();
    return time.stop(true).sample.reduce((sum, { value }) => sum + Number(value[0]), 0);
  };
}

/** The environment has the addresses, see `running-app.ts`. Where they deliver to servers there is nothing to ask. */
const OTHERS: Record<OtherName, (setting: Setting) => Promise<TakeSamples | undefined>> = {
  'dd-trace': async ({ profiling }) => {
    const tracer = require('dd-trace') as { init(options: object): void };
    tracer.init(profiling ? { profiling: true } : {});
    return undefined;
  },
  newrelic: async ({ profiling }) => {
    require('newrelic');
    if (!profiling) return undefined;
    interface Agent { profilingData: { collectData(): Promise<void>; sendTimer: unknown } }
    const { agent } = (require.cache as unknown as { __NR_cache: { agent: Agent } }).__NR_cache;
    // Its period is a fixed minute. It samples once it is connected.
    return async () => {
      if (agent.profilingData.sendTimer === null) return 0;
      await agent.profilingData.collectData();
      return 1;
    };
  },
  '@pyroscope/nodejs': async ({ profiling, esm = false }) => {
    interface Pyroscope { init(options: object): void; start(): void }
    const { default: pyroscope } = (esm ? await import('@pyroscope/nodejs') : require('@pyroscope/nodejs')) as { default: Pyroscope };
    pyroscope.init({ appName: 'other', serverAddress: process.env['OTHER_SERVER'], flushIntervalMs: 1_000 });
    if (profiling) pyroscope.start();
    return undefined;
  },
  'second-copy': async ({ profiling }) => pprofCopy('pprof-519', profiling),
  'same-copy': async ({ profiling }) => pprofCopy('@datadog/pprof', profiling),
  inspector: async () => {
    const session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    return async () => {
      const { profile } = await session.post('Profiler.stop');
      await session.post('Profiler.start');
      return profile.nodes.filter(({ callFrame }) => callFrame.functionName.startsWith('burn')).length;
    };
  },
};

export function startOther(setting: Setting): Promise<TakeSamples | undefined> {
  return OTHERS[setting.name](setting);
}
