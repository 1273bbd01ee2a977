import type { Context } from '@opentelemetry/api';
import { trace } from '@opentelemetry/api';
import type { ContextStorage } from './context-storage.ts';
import { LabelledContext } from './labelled-context.ts';
import { labelsOf } from './profile-labels.ts';
import { rpcMetadataOf } from './rpc-metadata.ts';
import type { SampleContext } from './sample-context.ts';
import { knownSampleContext, sampleContextOf } from './sample-context.ts';

/** What the native sampler notes with samples. */
export type SampleRecord = SampleContext | LabelledContext;

/** The record for samples taken while `context`, which is about to be entered, is the active one; undefined for none. */
export function recordOfContext(context: Context, storage: ContextStorage): SampleRecord | undefined {
  const span = trace.getSpan(context);
  const record = span === undefined ? undefined : (knownSampleContext(span) ?? sampleContextOf(span, activeSampleContext(storage)));
  if (record !== undefined) {
    const { root } = record;
    if (root === record && root.span !== undefined && root.rpcMetadata === undefined) root.rpcMetadata = rpcMetadataOf(context);
  }
  const labels = labelsOf(context);
  return labels === undefined ? record : new LabelledContext(record, labels);
}

function activeSampleContext(storage: ContextStorage): SampleContext | undefined {
  const context = storage.getStore();
  const span = context === undefined ? undefined : trace.getSpan(context);
  return span === undefined ? undefined : knownSampleContext(span);
}
