import { shownRevision } from './live-state.ts';
import { useThrottled } from './use-throttled.ts';

/** Often enough to follow what arrives, rarely enough to read and to point at. */
const REFRESH_MILLIS = 2_000;

/** For answers that are expensive, or that readers point into. */
export function useShownRevision(): number | undefined {
  return useThrottled(shownRevision.value, REFRESH_MILLIS);
}
