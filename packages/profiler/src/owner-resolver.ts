import type { ProfileBuilder } from '@flamespan/profile';
import { recordInCell } from './current-record.ts';
import { NOBODY } from './time-profile-fold.ts';
import type { ProfilerOptions, SampleOwner } from './types.ts';

export interface OwnerResolverOptions {
  /** What samples noted are the records themselves, not cells that hold them. */
  readonly findsRecords: boolean;
  readonly resolveOwner: ProfilerOptions['resolveOwner'];
  readonly reportError: (message: string, cause: unknown) => void;
}

/** Whose a sample is, by what it noted. Asks for each record once, so it is for one collection. */
export function createOwnerResolver(builder: ProfileBuilder, options: OwnerResolverOptions): (noted: object) => SampleOwner {
  const known = new Map<object, SampleOwner>();
  return (noted) => {
    const record = options.findsRecords ? noted : recordInCell(noted);
    if (record === undefined) return NOBODY;
    let owner = known.get(record);
    if (owner !== undefined) return owner;
    try {
      owner = options.resolveOwner(record, builder);
    } catch (error) {
      options.reportError('The span of a sample is unknown', error);
      owner = NOBODY;
    }
    known.set(record, owner);
    return owner;
  };
}
