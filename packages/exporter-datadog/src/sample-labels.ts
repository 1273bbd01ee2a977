import type { PprofLabel, PprofSampleContext, Profile } from '@flamespan/profile';

/** Numeric: a sample's time, nanoseconds since the Unix epoch. */
export const TIMESTAMP_LABEL = 'end_timestamp_ns';

const THREAD_NAME = 'thread name';
const THREAD_ID = 'thread id';
const OS_THREAD_ID = 'os thread id';
const SPAN_ID = 'span id';
const LOCAL_ROOT_SPAN_ID = 'local root span id';
const TRACE_ENDPOINT = 'trace endpoint';
/** Datadog reads these keys, so a user's label must not stand in their place. */
const OWN_KEYS: ReadonlySet<string> = new Set([TIMESTAMP_LABEL, THREAD_NAME, THREAD_ID, OS_THREAD_ID, SPAN_ID, LOCAL_ROOT_SPAN_ID, TRACE_ENDPOINT]);
const HEX_ID = /^(?!0+$)[0-9a-f]{16}$/i;

/**
 * The labels of a sample in Datadog's spelling. Span ids are unsigned 64-bit numbers, and are there only if the trace is
 * sampled, since otherwise Datadog never sees the span; the endpoint is there all the same.
 */
export function* datadogLabels({ part, spanId, localRootSpanId, sampled, endpoint, thread, labels }: PprofSampleContext): Generator<PprofLabel> {
  yield { key: THREAD_NAME, value: thread.id === 0 ? 'Main Event Loop' : `Worker #${thread.id} Event Loop` };
  yield { key: THREAD_ID, value: String(thread.id) };
  // Linux gives a process's main thread the process's own id; others are not known here.
  if (thread.id === 0 && process.platform === 'linux') yield { key: OS_THREAD_ID, value: String(process.pid) };
  if (part === 'heap') return;
  if (sampled) {
    if (HEX_ID.test(spanId)) yield { key: SPAN_ID, value: BigInt(`0x${spanId}`) };
    if (HEX_ID.test(localRootSpanId)) yield { key: LOCAL_ROOT_SPAN_ID, value: BigInt(`0x${localRootSpanId}`) };
  }
  if (endpoint !== '') yield { key: TRACE_ENDPOINT, value: endpoint };
  for (const [key, value] of labels) if (!OWN_KEYS.has(key)) yield { key, value };
}

/** Keys of the user's own labels in this profile. */
export function customAttributes({ labelSets }: Profile): string[] {
  const keys = new Set<string>();
  for (const labels of labelSets) for (const key of labels.keys()) if (key !== '' && !OWN_KEYS.has(key)) keys.add(key);
  return [...keys].sort();
}
