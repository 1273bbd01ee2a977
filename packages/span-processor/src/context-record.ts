import type { Context } from '@opentelemetry/api';
import { trace } from '@opentelemetry/api';
import type { ContextStorage } from './context-storage.ts';
import { rpcMetadataOf } from './rpc-metadata.ts';
import type { SampleContext } from './sample-context.ts';
import { knownSampleContext, sampleContextOf } from './sample-context.ts';

/** The record for samples taken while `context`, which is about to be entered, is the active one; undefined for none. */
export function recordOfContext(context: Context, storage: ContextStorage): SampleContext | undefined {
  const span = trace.getSpan(context);
  if (span === undefined) return undefined;
  const record = knownSampleContext(span) ?? sampleContextOf(span, activeSampleContext(storage));
  if (record?.running !== undefined) record.running.rpcMetadata ??= rpcMetadataOf(context);
  return record;
}

function activeSampleContext(storage: ContextStorage): SampleContext | undefined {
  const context = storage.getStore();
  const span = context === undefined ? undefined : trace.getSpan(context);
  return span === undefined ? undefined : knownSampleContext(span);
}
