import type { Profile } from '@flamespan/profile';
import { readPprof } from '../../../packages/exporter-datadog/test/support/uploads.ts';
import type { Upload } from '../../../packages/exporter-datadog/test/support/uploads.ts';

export interface Time {
  readonly wallNanos: bigint;
  readonly cpuNanos: bigint;
}

/** Time on the thread, by what it was spent for. */
export interface Sums {
  /** By span id in hex; of traces that are sampled. */
  readonly bySpan: ReadonlyMap<string, Time>;
  readonly byEndpoint: ReadonlyMap<string, Time>;
}

/** What the profiles hold, without what no destination is sent: the ids of traces that are not sampled. */
export function sumsOfProfiles(profiles: readonly Profile[]): Sums {
  const bySpan = new Map<string, Time>();
  const byEndpoint = new Map<string, Time>();
  for (const { samples, spans, strings, types } of profiles) {
    for (let i = 0; i < samples.length; i++) {
      const span = samples.span[i] as number;
      const time = {
        wallNanos: types.includes('wall') ? (samples.wallNanos[i] as bigint) : 0n,
        cpuNanos: types.includes('cpu') ? (samples.cpuNanos[i] as bigint) : 0n,
      };
      if (spans.sampled[span] === 1) add(bySpan, spans.spanId[span] as string, time);
      add(byEndpoint, strings[spans.endpoint[span] as number] as string, time);
    }
  }
  return { bySpan, byEndpoint };
}

/** What Datadog is sent. */
export function sumsOfDatadog(uploads: readonly Upload[]): Sums {
  const bySpan = new Map<string, Time>();
  const byEndpoint = new Map<string, Time>();
  for (const { files } of uploads) {
    const content = files.get('wall.pprof');
    if (content === undefined) continue;
    const { sampleTypes, samples } = readPprof(content);
    const column = (type: string): number => sampleTypes.indexOf(`${type}/nanoseconds`);
    for (const { values, labels } of samples) {
      const time = { wallNanos: BigInt(values[column('wall')] ?? 0), cpuNanos: BigInt(values[column('cpu')] ?? 0) };
      const span = labels['span id'];
      if (typeof span === 'bigint') add(bySpan, span.toString(16).padStart(16, '0'), time);
      add(byEndpoint, String(labels['trace endpoint'] ?? ''), time);
    }
  }
  return { bySpan, byEndpoint };
}

function add(sums: Map<string, Time>, key: string, { wallNanos, cpuNanos }: Time): void {
  if (key === '' || (wallNanos === 0n && cpuNanos === 0n)) return;
  const sum = sums.get(key);
  sums.set(key, { wallNanos: wallNanos + (sum?.wallNanos ?? 0n), cpuNanos: cpuNanos + (sum?.cpuNanos ?? 0n) });
}
