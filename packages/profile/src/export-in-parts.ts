import type { ExportResult } from './exporter.ts';
import type { Profile } from './profile.ts';
import type { SlicedWork } from './sliced-work.ts';
import { splitProfileByTimeInSlices } from './split-profile-by-time.ts';

/** A profile is divided into no more parts than this; a part that is then too large is given up. */
const MOST_PARTS = 64;

/** What became of one part. */
export type PartOutcome =
  | { readonly status: 'delivered' }
  | { readonly status: 'failed'; readonly result: ExportResult }
  | {
      readonly status: 'too-large';
      /** The result if it cannot be made smaller. */
      readonly result: ExportResult;
      /** How many times as large as what fits. @defaultValue 2 */
      readonly times?: number;
    };

/** What was too large in the smallest part. */
export interface GivenUp {
  readonly samples: number;
  readonly heapSamples: number;
}

export type ExportInPartsOutcome =
  | { readonly status: 'delivered' }
  | { readonly status: 'failed'; readonly result: ExportResult }
  /** The rest was delivered. */
  | { readonly status: 'given-up'; readonly result: ExportResult; readonly givenUp: GivenUp };

/** How far the export of a profile has come. */
interface Progress {
  remaining: readonly Profile[];
  parts: number;
  givenUp: (GivenUp & { readonly result: ExportResult }) | undefined;
}

/** What one export needs of its exporter. */
export interface PartSender {
  /** Sends one part. */
  send(part: Profile): Promise<PartOutcome>;
  /** Does work in slices. */
  run<T>(work: SlicedWork<T>): Promise<T>;
}

/** Sends a profile, in parts where it is too large. Never rejects unless `send` or `run` does. */
export interface PartwiseExport {
  /** @param parts - how many parts to begin with. @defaultValue 1 */
  (profile: Profile, sender: PartSender, parts?: number): Promise<ExportInPartsOutcome>;
}

/**
 * Makes the sending of one exporter. A profile that failed half-way and is given again goes on with the part that
 * failed: what was delivered is not sent again.
 */
export function createPartwiseExport(): PartwiseExport {
  const interrupted = new WeakMap<Profile, Progress>();

  return async (profile, sender, parts = 1) => {
    const progress = interrupted.get(profile) ?? (await begin(profile, parts, sender));
    interrupted.delete(profile);
    for (let part = progress.remaining[0]; part !== undefined; part = progress.remaining[0]) {
      const outcome = await sender.send(part);
      if (outcome.status === 'failed') {
        if (outcome.result.retryable === true) interrupted.set(profile, progress);
        return outcome;
      }
      const others = progress.remaining.slice(1);
      if (outcome.status === 'delivered') {
        progress.remaining = others;
        continue;
      }
      const smaller = await sender.run(splitProfileByTimeInSlices(part, smallerParts(progress.parts, outcome.times ?? 2)));
      if (smaller.length > 1) {
        progress.parts += smaller.length - 1;
        progress.remaining = [...smaller, ...others];
      } else {
        progress.givenUp = addGivenUp(progress.givenUp, part, outcome.result);
        progress.remaining = others;
      }
    }
    if (progress.givenUp === undefined) return { status: 'delivered' };
    const { result, ...givenUp } = progress.givenUp;
    return { status: 'given-up', result, givenUp };
  };
}

async function begin(profile: Profile, parts: number, sender: PartSender): Promise<Progress> {
  const remaining = parts > 1 ? await sender.run(splitProfileByTimeInSlices(profile, Math.min(parts, MOST_PARTS))) : [profile];
  return { remaining, parts: remaining.length, givenUp: undefined };
}

/** 1 when there may be no more parts. */
function smallerParts(parts: number, times: number): number {
  return Math.min(times > 2 ? Math.ceil(times) : 2, MOST_PARTS - parts + 1);
}

function addGivenUp(before: Progress['givenUp'], part: Profile, result: ExportResult): Progress['givenUp'] {
  return {
    samples: (before?.samples ?? 0) + part.samples.length,
    heapSamples: (before?.heapSamples ?? 0) + part.heapSamples.length,
    result,
  };
}
