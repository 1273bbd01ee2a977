import { scryptSync, timingSafeEqual } from 'node:crypto';

/** Blocks the thread for some 20 ms: the synchronous variant is a mistake that this example makes on purpose. */
export function hashPassword(password: string, salt: string): string {
  return scryptSync(password, salt, 32, { N: 8192, r: 8, p: 1 }).toString('hex');
}

export function isPassword(password: string, salt: string, expectedHash: string): boolean {
  return timingSafeEqual(Buffer.from(hashPassword(password, salt), 'hex'), Buffer.from(expectedHash, 'hex'));
}
