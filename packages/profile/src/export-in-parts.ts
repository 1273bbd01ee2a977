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

/** What was in the parts that were given up. */
export interface GivenUp {
  readonly samples: number;
  readonly heapSamples: number;
}

export type ExportInPartsOutcome =
  | { readonly status: 'delivered' }
  | { readonly status: 'failed'; readonly result: ExportResult }
  /** Something was too large in the smallest part; the rest was delivered. */
  | { readonly status: 'given-up'; readonly result: ExportResult; readonly givenUp: GivenUp }
  /** The server refused parts, some too large perhaps; at least one other was delivered. */
  | { readonly status: 'partly-refused'; readonly result: ExportResult; readonly givenUp: GivenUp };

/** How far the export of a profile has come. */
interface Progress {
  remaining: readonly Profile[];
  parts: number;
  /** The server takes profiles, so that a refusal is about what is in the part. */
  delivered: boolean;
  lost: Extract<ExportInPartsOutcome, { readonly givenUp: GivenUp }> | undefined;
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
        const mayBeSentAgain = outcome.result.retryable === true;
        if (mayBeSentAgain) interrupted.set(profile, progress);
        if (mayBeSentAgain || !progress.delivered) return outcome;
      }
      const others = progress.remaining.slice(1);
      if (outcome.status !== 'too-large') {
        if (outcome.status === 'delivered') progress.delivered = true;
        else progress.lost = addLost(progress.lost, part, 'partly-refused', outcome.result);
        progress.remaining = others;
        continue;
      }
      const smaller = await sender.run(splitProfileByTimeInSlices(part, smallerParts(progress.parts, outcome.times ?? 2)));
      if (smaller.length > 1) {
        progress.parts += smaller.length - 1;
        progress.remaining = [...smaller, ...others];
      } else {
        progress.lost = addLost(progress.lost, part, 'given-up', outcome.result);
        progress.remaining = others;
      }
    }
    return progress.lost ?? { status: 'delivered' };
  };
}

async function begin(profile: Profile, parts: number, sender: PartSender): Promise<Progress> {
  const remaining = parts > 1 ? await sender.run(splitProfileByTimeInSlices(profile, Math.min(parts, MOST_PARTS))) : [profile];
  return { remaining, parts: remaining.length, delivered: false, lost: undefined };
}

/** 1 when there may be no more parts. */
function smallerParts(parts: number, times: number): number {
  return Math.min(times > 2 ? Math.ceil(times) : 2, MOST_PARTS - parts + 1);
}

/** Of a refusal and a part that is too large, the refusal is what the result tells of. */
function addLost(before: Progress['lost'], part: Profile, status: NonNullable<Progress['lost']>['status'], result: ExportResult): Progress['lost'] {
  return {
    ...(before?.status === 'partly-refused' ? { status: before.status, result: before.result } : { status, result }),
    givenUp: {
      samples: (before?.givenUp.samples ?? 0) + part.samples.length,
      heapSamples: (before?.givenUp.heapSamples ?? 0) + part.heapSamples.length,
    },
  };
}
