import { OTLPProfileExporter } from '@flamespan/exporter-otlp-http';
import type { ProfileExporter } from '@flamespan/profile';
import { ProfilingSpanProcessor } from '@flamespan/span-processor';
import type { ProcessSettings } from '../../child-protocol.ts';
import type { RunningVariant } from '../running-variant.ts';
import { startNodeSdk } from './node-sdk.ts';

export async function startOurs({ uploadSeconds, profileDirectory }: ProcessSettings): Promise<RunningVariant> {
  const processor = new ProfilingSpanProcessor({
    exporter: await exporterFor(profileDirectory),
    ...(uploadSeconds === undefined ? {} : { exportIntervalMillis: uploadSeconds * 1_000 }),
  });
  startNodeSdk(processor);
  return {
    flush: () => processor.forceFlush(),
    stats: () => {
      const { sampling, overhead, errors } = processor.stats;
      const { collections, pauseMillisTotal, pauseMillisMax, samples, samplesLost } = sampling;
      return { collections, pauseMillisTotal, pauseMillisMax, samples, samplesLost, samplingIntervalMicros: overhead.samplingIntervalMicros, errors };
    },
  };
}

async function exporterFor(directory: string | undefined): Promise<ProfileExporter> {
  if (directory === undefined) return new OTLPProfileExporter();
  const { FileProfileExporter } = await import('@flamespan/exporter-file');
  return new FileProfileExporter({ directory, formats: ['pprof'] });
}
