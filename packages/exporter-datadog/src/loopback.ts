import { isIPv4 } from 'node:net';

/** Whether a host name of a URL is this machine, so that what is sent there does not leave it. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (hostname.startsWith('127.') && isIPv4(hostname));
}
