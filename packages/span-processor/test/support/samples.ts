import type { Profile } from '@flamespan/profile';

export interface ReadableSample {
  /** Leaf function. */
  readonly leaf: string;
  readonly spanId: string;
  readonly traceId: string;
  readonly localRootSpanId: string;
  readonly sampled: boolean;
  readonly endpoint: string;
  readonly labels: Record<string, string>;
}

/** The timed samples of profiles as rows that a test can compare. */
export function samplesOf(profiles: readonly Profile[]): ReadableSample[] {
  return profiles.flatMap((profile) =>
    Array.from({ length: profile.samples.length }, (_, row) => {
      const span = profile.samples.span[row] ?? 0;
      const location = profile.stacks.location[profile.samples.stack[row] ?? 0] ?? 0;
      const fn = profile.locations.function[location] ?? 0;
      return {
        leaf: profile.strings[profile.functions.name[fn] ?? 0] ?? '',
        spanId: profile.spans.spanId[span] ?? '',
        traceId: profile.spans.traceId[span] ?? '',
        localRootSpanId: profile.spans.localRootSpanId[span] ?? '',
        sampled: profile.spans.sampled[span] === 1,
        endpoint: profile.strings[profile.spans.endpoint[span] ?? 0] ?? '',
        labels: Object.fromEntries(profile.labelSets[profile.samples.labelSet[row] ?? 0] ?? []),
      };
    }),
  );
}

export function spanIdOfLeaf(profiles: readonly Profile[], leaf: string): string | undefined {
  return samplesOf(profiles).find((sample) => sample.leaf === leaf)?.spanId;
}
