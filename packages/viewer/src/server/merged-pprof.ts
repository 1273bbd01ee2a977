import type { PprofPart, Profile } from '@flamespan/profile';
import { createProfileBuilder, encodePprof } from '@flamespan/profile';

/**
 * The profiles as one pprof message: of all processes, threads and windows. undefined if they have no sample of this part.
 * What differs between them is left to the labels of the samples; thread names are one only where all have the same.
 */
export function mergedPprof(profiles: readonly Profile[], part: PprofPart): Uint8Array | undefined {
  const merged = profiles.length === 1 ? profiles[0] : merge(profiles);
  return merged && encodePprof(merged, { part });
}

function merge(profiles: readonly Profile[]): Profile | undefined {
  const [first] = profiles;
  if (first === undefined) return undefined;
  const builder = createProfileBuilder();
  let start = first.startTimeUnixNano;
  let end = start;
  for (const profile of profiles) {
    add(profile, builder);
    if (profile.startTimeUnixNano < start) start = profile.startTimeUnixNano;
    const profileEnd = profile.startTimeUnixNano + profile.durationNanos;
    if (profileEnd > end) end = profileEnd;
  }
  const names = new Set(profiles.map(({ thread }) => thread.name));
  return builder.build({
    startTimeUnixNano: start,
    durationNanos: end - start,
    resource: first.resource,
    scope: first.scope,
    thread: { id: 0, name: names.size === 1 ? first.thread.name : '' },
    linkScope: first.linkScope,
    types: [...new Set(profiles.flatMap(({ types }) => types))],
    samplingIntervalNanos: first.samplingIntervalNanos,
    heapIntervalBytes: first.heapIntervalBytes,
  });
}

function add({ strings, functions, locations, stacks, spans, labelSets, samples, heapSamples }: Profile, builder: ReturnType<typeof createProfileBuilder>): void {
  const string = (index: number): number => builder.string(strings[index] ?? '');
  const functionAt = rows(functions.length, (i) => builder.function(string(functions.name[i]!), string(functions.filename[i]!), functions.startLine[i]!));
  const locationAt = rows(locations.length, (i) => builder.location(functionAt[locations.function[i]!]!, locations.line[i]!, locations.column[i]!, string(locations.frameType[i]!)));
  const stackAt = rows(stacks.length, (i, known) => builder.stack(known[stacks.parent[i]!]!, locationAt[stacks.location[i]!]!));
  const spanAt = rows(spans.length, (i) => builder.span({
    traceId: spans.traceId[i]!,
    spanId: spans.spanId[i]!,
    localRootSpanId: spans.localRootSpanId[i]!,
    sampled: spans.sampled[i] === 1,
    endpoint: strings[spans.endpoint[i]!] ?? '',
  }));
  const labelSetAt = rows(labelSets.length, (i) => builder.labelSet(labelSets[i]!));
  for (let i = 0; i < samples.length; i++) {
    builder.addSample(stackAt[samples.stack[i]!]!, spanAt[samples.span[i]!]!, samples.timeUnixNano[i]!, samples.wallNanos[i]!, samples.cpuNanos[i]!, labelSetAt[samples.labelSet[i]!]);
  }
  for (let i = 0; i < heapSamples.length; i++) {
    builder.addHeapSample(stackAt[heapSamples.stack[i]!]!, heapSamples.objects[i]!, heapSamples.bytes[i]!, heapSamples.allocatedObjects[i], heapSamples.allocatedBytes[i]);
  }
}

/** By old index, the new one; row 0 is the zero value on both sides. */
function rows(length: number, intern: (row: number, known: Int32Array) => number): Int32Array {
  const known = new Int32Array(length);
  for (let row = 1; row < length; row++) known[row] = intern(row, known);
  return known;
}
