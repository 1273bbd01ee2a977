import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api';
import { trace } from '@opentelemetry/api';

/** An SDK's `SamplingDecision`: do not record. */
const NOT_RECORD = 0;
/** Record, but do not sample: the span reaches processors and no exporter. */
const RECORD = 1;

/** What is read of an SDK's SamplingResult (SDK 2.x and 3.x). */
interface SamplingResultLike {
  readonly decision: number;
}

/** An SDK's Sampler, structurally (SDK 2.x and 3.x). */
export interface SamplerLike<Result extends SamplingResultLike = SamplingResultLike> {
  shouldSample(
    context: Context, traceId: string, spanName: string, spanKind: SpanKind, attributes: Attributes, links: Link[],
  ): Result;
  toString(): string;
}

/**
 * Lets a head sampler drop traces without skewing endpoint figures: local roots that `sampler` would not record are
 * recorded, unsampled, so that their endpoint and their call are known. They are not exported, and neither are the
 * spans below them, which stay unrecorded.
 *
 * @example new NodeSDK({ sampler: recordUnsampled(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.01) })), … })
 */
export function recordUnsampled<Result extends SamplingResultLike>(sampler: SamplerLike<Result>): SamplerLike<Result> {
  return {
    shouldSample(context, traceId, spanName, spanKind, attributes, links) {
      const result = sampler.shouldSample(context, traceId, spanName, spanKind, attributes, links);
      return result.decision === NOT_RECORD && isLocalRoot(context) ? { ...result, decision: RECORD } : result;
    },
    toString: () => `RecordUnsampled{${sampler.toString()}}`,
  };
}

function isLocalRoot(context: Context): boolean {
  const parent = trace.getSpanContext(context);
  return parent === undefined || parent.isRemote === true;
}
