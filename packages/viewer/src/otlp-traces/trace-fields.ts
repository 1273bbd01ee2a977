import type { InstrumentationScope } from '@flamespan/profile';
import type { SpanStatus } from '../store/span.ts';
import { TraceDecodeError } from './trace-decode-error.ts';

export const NO_SCOPE: InstrumentationScope = { name: '' };
export const UNSET_STATUS: SpanStatus = { code: 0 };

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;

/** A valid trace id in lower-case hex, as it was given. */
export function checkTraceId(id: string): string {
  if (!TRACE_ID.test(id)) throw new TraceDecodeError('a span has a traceId that is not 16 bytes, or all zeros');
  return id;
}

/** A valid span id in lower-case hex, as it was given. A parent may also be absent, which is `''`. */
export function checkSpanId(id: string, field: 'spanId' | 'parentSpanId' = 'spanId'): string {
  if (SPAN_ID.test(id)) return id;
  // Some SDKs write an absent parent as zeros.
  if (field === 'parentSpanId' && (id === '' || id === '0000000000000000')) return '';
  throw new TraceDecodeError(`a span has a ${field} that is not 8 bytes${field === 'spanId' ? ', or all zeros' : ''}`);
}
