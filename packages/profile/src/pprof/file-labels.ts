/// <reference lib="es2024.string" />
import { ATTR_ENDPOINT, ATTR_THREAD_NAME } from '../otlp/conventions.ts';
import { isSpanId, isTraceId } from '../span-ids.ts';
import type { PprofLabel, PprofSampleContext } from './sample-labels.ts';

export const LABEL_TRACE_ID = 'trace_id';
export const LABEL_SPAN_ID = 'span_id';
/** A sample's time, nanoseconds since the Unix epoch, numeric. */
export const TIMESTAMP_LABEL = 'timestamp_ns';

/** Keys that are not the user's. pprof keeps those that begin with `pprof::` for itself. */
const OWN_KEYS: ReadonlySet<string> = new Set([LABEL_TRACE_ID, LABEL_SPAN_ID, ATTR_ENDPOINT, ATTR_THREAD_NAME, TIMESTAMP_LABEL]);

/** Whether a label with this key, as it is on the wire, is one of the user's own. */
export function isUserLabel(key: string): boolean {
  return key !== '' && !OWN_KEYS.has(key) && !key.startsWith('pprof::');
}

/**
 * The labels of pprof files, all strings: `trace_id` and `span_id` in lower-case hex, if the span is sampled and its ids
 * are valid; with link scope `'local-root'` those of the local root. Further `endpoint`, `thread.name`, and the user's own
 * labels under their own keys.
 */
export function* pprofFileLabels({ linkScope, traceId, spanId, localRootSpanId, sampled, endpoint, thread, labels }: PprofSampleContext): Generator<PprofLabel> {
  const linked = linkScope === 'local-root' ? localRootSpanId : spanId;
  if (sampled && isTraceId(traceId) && isSpanId(linked)) {
    yield { key: LABEL_TRACE_ID, value: traceId.toLowerCase() };
    yield { key: LABEL_SPAN_ID, value: linked.toLowerCase() };
  }
  yield { key: ATTR_ENDPOINT, value: endpoint };
  yield { key: ATTR_THREAD_NAME, value: thread.name };
  for (const [key, value] of labels) if (isUserLabel(key.toWellFormed())) yield { key, value };
}
