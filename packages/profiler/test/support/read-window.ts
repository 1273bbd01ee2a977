import type { Profile } from '@flamespan/profile';
import type { CollectedWindow } from '@flamespan/profiler';

export function profileOf(window: CollectedWindow): Profile {
  return window.builder.build({
    startTimeUnixNano: window.startTimeUnixNano,
    durationNanos: window.durationNanos,
    resource: { attributes: {} },
    scope: { name: 'test' },
    thread: { id: 0, name: 'main' },
    linkScope: 'span',
    types: ['wall', 'cpu', 'heap'],
    samplingIntervalNanos: 10_101_000n,
    heapIntervalBytes: 524_288n,
  });
}

/** The names of a stack's functions, outermost first: `main;handler`. */
export function stackText(profile: Profile, stack: number): string {
  const names: string[] = [];
  for (let at = stack; at !== 0; at = profile.stacks.parent[at] ?? 0) {
    const fn = profile.locations.function[profile.stacks.location[at] ?? 0] ?? 0;
    names.push(profile.strings[profile.functions.name[fn] ?? 0] ?? '');
  }
  return names.reverse().join(';');
}

export interface ReadSample {
  readonly stack: string;
  readonly spanId: string;
  readonly timeUnixNano: bigint;
  readonly wallNanos: bigint;
  readonly cpuNanos: bigint;
}

export function samplesOf(window: CollectedWindow): ReadSample[] {
  const profile = profileOf(window);
  const { samples, spans } = profile;
  return Array.from({ length: samples.length }, (_, row) => ({
    stack: stackText(profile, samples.stack[row] ?? 0),
    spanId: spans.spanId[samples.span[row] ?? 0] ?? '',
    timeUnixNano: samples.timeUnixNano[row] ?? 0n,
    wallNanos: samples.wallNanos[row] ?? 0n,
    cpuNanos: samples.cpuNanos[row] ?? 0n,
  }));
}

export function sumOf(values: Iterable<bigint>): bigint {
  let sum = 0n;
  for (const value of values) sum += value;
  return sum;
}
