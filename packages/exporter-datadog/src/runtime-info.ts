import { availableParallelism, release, type, version as kernelVersion } from 'node:os';
import type { Profile } from '@flamespan/profile';
import type { DatadogConfiguration } from './configuration.ts';
import { VERSION } from './version.ts';

/** `info` of the event: what Datadog shows beside a profile of application, platform, profiler and runtime. */
export function runtimeInfo(profile: Profile, tags: ReadonlyMap<string, string>, compression: DatadogConfiguration['compression']): Readonly<Record<string, unknown>> {
  const { types } = profile;
  const timed = types.includes('wall') || types.includes('cpu');
  return {
    application: {
      env: tags.get('env'),
      service: tags.get('service'),
      start_time: new Date(performance.timeOrigin).toISOString(),
      version: tags.get('version'),
    },
    platform: {
      hostname: tags.get('host'),
      kernel_name: type(),
      kernel_release: release(),
      kernel_version: kernelVersion(),
    },
    profiler: {
      activation: 'manual',
      ssi: { mechanism: 'none' },
      version: VERSION,
      settings: {
        codeHotspotsEnabled: timed,
        cpuProfilingEnabled: types.includes('cpu'),
        endpointCollectionEnabled: timed,
        heapSamplingInterval: Number(profile.heapIntervalBytes),
        profilerTypes: [...(types.includes('heap') ? ['space'] : []), ...(timed ? ['wall'] : [])],
        uploadCompression: { method: compression === 'none' ? 'off' : compression },
      },
    },
    runtime: {
      available_processors: availableParallelism(),
      engine: 'nodejs',
      libuv_threadpool_size: threadPoolSize(process.env['UV_THREADPOOL_SIZE']),
      version: process.versions.node,
    },
  };
}

/** As libuv reads it; undefined = libuv's default. */
function threadPoolSize(variable: string | undefined): number | undefined {
  if (variable === undefined) return undefined;
  const size = Number.parseInt(variable, 10);
  return Number.isNaN(size) ? 0 : size;
}
