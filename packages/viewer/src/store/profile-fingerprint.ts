import type { Profile } from '@flamespan/profile';
import { createHash } from 'node:crypto';
import { serialize } from 'node:v8';

/** The text, and its place in a set. */
export const FINGERPRINT_BYTES = 130;

/**
 * A hash (SHA-256) of all that a profile says, down to each sample: equal only for profiles that are the same. What is
 * sent again is the same, bytes and order.
 */
export function profileFingerprint(profile: Profile): string {
  return createHash('sha256').update(serialize(profile)).digest('base64');
}
