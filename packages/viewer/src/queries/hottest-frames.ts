import type { Profile } from '@flamespan/profile';
import type { SampleTotals } from '../store/stored-profile.ts';
import { samplesOf } from '../store/stored-profile.ts';
import type { SelectedSamples } from './sample-selection.ts';
import type { SpanInProfile } from '../store/sample-index.ts';

/** A function as a sample saw it. */
export interface Frame {
  readonly name: string;
  readonly filename: string;
  /** 1-based; 0 = unknown. Where the profiler gives no more it is the line of the definition. */
  readonly line: number;
}

/** A frame with the self time of the samples that it stands for. */
export interface HotFrame extends Frame, Readonly<SampleTotals> {}

/**
 * The application's own frames nearest to the leaf, by self time (wall, then CPU) of the given samples, most first.
 * Time in Node.js, in dependencies and in the engine counts for the own frame that called them, and for the leaf
 * where no frame is the application's own.
 */
export function hottestFrames(places: readonly SpanInProfile[], limit: number): HotFrame[] {
  return hottestFramesOf(places.map(({ stored, span }) => ({ stored, samples: samplesOf(stored, span) })), limit);
}

/** {@link hottestFrames} of any samples. */
export function hottestFramesOf(selected: readonly Pick<SelectedSamples, 'stored' | 'samples'>[], limit: number): HotFrame[] {
  const frames = new Map<string, Frame & SampleTotals>();
  for (const { stored, samples } of selected) {
    const { profile, ownLocation, wallNanos, cpuNanos } = stored;
    const byLocation = new Map<number, SampleTotals>();
    for (const sample of samples) {
      const location = ownLocation[profile.samples.stack[sample]!]!;
      const totals = byLocation.get(location) ?? { samples: 0, wallNanos: 0, cpuNanos: 0 };
      byLocation.set(location, totals);
      add(totals, { samples: 1, wallNanos: wallNanos[sample]!, cpuNanos: cpuNanos[sample]! });
    }
    for (const [location, totals] of byLocation) {
      if (location === 0) continue;
      const frame = frameOf(profile, location);
      const key = `${frame.name}\u0000${frame.filename}\u0000${frame.line}`;
      const known = frames.get(key);
      if (known === undefined) frames.set(key, { ...frame, ...totals });
      else add(known, totals);
    }
  }
  return [...frames.values()]
    .sort((a, b) => b.wallNanos - a.wallNanos || b.cpuNanos - a.cpuNanos || (a.name < b.name ? -1 : 1))
    .slice(0, limit);
}

function frameOf({ strings, functions, locations }: Profile, location: number): Frame {
  const fn = locations.function[location]!;
  return {
    name: strings[functions.name[fn]!]!,
    filename: strings[functions.filename[fn]!]!,
    line: locations.line[location]! || functions.startLine[fn]!,
  };
}

function add(totals: SampleTotals, more: Readonly<SampleTotals>): void {
  totals.samples += more.samples;
  totals.wallNanos += more.wallNanos;
  totals.cpuNanos += more.cpuNanos;
}
