import type { ProfileDecodeError } from '@flamespan/profile';
import { TraceDecodeError } from './trace-decode-error.ts';

/** Whether a decoder of traces or profiles gave up because of a limit; what it read may be right. */
export function isTooLarge(error: TraceDecodeError | ProfileDecodeError): boolean {
  return error instanceof TraceDecodeError ? error.failure === 'too-large' : error.code === 'ERR_TOO_LARGE';
}
